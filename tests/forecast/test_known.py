from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import numpy as np
from invented_days import FIRST, invent

from digest.forecast.history import History, make_history
from digest.forecast.known import USUALLY_KNOWN, measure_known, share_known, share_known_of
from digest.model.forecast import Pick

PAPERS, _ = invent(120, papers=10)
BEGINS = FIRST.toordinal()


def picked_after(days: int, *, from_day: int = 0) -> History:
    """A history in which every paper is seen so many days after its announcement, from a day on."""
    late = [paper for paper in PAPERS if (paper.announced_on - FIRST).days >= from_day]
    seen = [
        Pick(one.paper_id, datetime.combine(one.announced_on + timedelta(days=days), time(9), UTC), 5) for one in late
    ]
    return make_history(PAPERS, seen)


def test_the_share_known_is_that_of_the_picks_so_far() -> None:
    known = measure_known(picked_after(3), begins=BEGINS, until=BEGINS + 120)
    assert known[3] < 0.05
    assert known[4] > 0.95
    assert (np.diff(known) >= 0).all()
    assert known[-1] == 1


def test_without_old_picks_the_usual_share_holds() -> None:
    history = picked_after(3, from_day=100)
    assert np.allclose(measure_known(history, begins=BEGINS, until=BEGINS + 120), USUALLY_KNOWN)


def test_picks_of_later_days_do_not_count() -> None:
    until = BEGINS + 60
    early, late = picked_after(1, from_day=0), picked_after(40, from_day=0)
    assert not np.allclose(measure_known(early, begins=BEGINS, until=until), USUALLY_KNOWN)
    assert measure_known(late, begins=BEGINS, until=BEGINS + 35).tolist() == USUALLY_KNOWN.tolist()


def test_nothing_is_known_of_papers_before_picks_began_and_the_last_age_holds_for_older_ones() -> None:
    known = np.array([0.0, 0.5, 0.9])
    ages, days = np.array([1, 1, 90]), np.array([BEGINS - 1, BEGINS, BEGINS])
    assert share_known(ages, days, begins=BEGINS, known=known).tolist() == [0, 0.5, 0.9]
    one_by_one = [
        share_known_of(int(age), int(day), begins=BEGINS, known=known.tolist())
        for age, day in zip(ages, days, strict=True)
    ]
    assert one_by_one == [0, 0.5, 0.9]
