from __future__ import annotations

from datetime import timedelta

import pytest
from factories import THURSDAY, make_feed, make_item, make_listing, make_paper

from digest.model.announcement import BatchState, DayKind
from digest.pipeline.follow import Pauses, judge_absence
from digest.pipeline.reconcile import Documents

FEED = make_feed(make_item(make_paper()))
OLD_PAGE = make_listing(on=THURSDAY)


def test_pauses_grow_up_to_the_longest() -> None:
    pauses = Pauses(timedelta(minutes=5), timedelta(minutes=60))
    assert [pauses.after(tries).total_seconds() / 60 for tries in range(1, 8)] == [5, 10, 20, 40, 60, 60, 60]
    assert pauses.after(10_000) == timedelta(hours=1)
    assert Pauses(timedelta(hours=2), timedelta(hours=1)).after(1) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("documents", "kind", "begun", "state"),
    [
        (Documents("cs.CL", None, None, None), DayKind.ANNOUNCEMENT, True, BatchState.BROKEN),
        (Documents("cs.CL", None, FEED, None), DayKind.ANNOUNCEMENT, True, BatchState.STALE),
        (Documents("cs.CL", OLD_PAGE, FEED, None), DayKind.ANNOUNCEMENT, False, BatchState.PENDING),
        (Documents("cs.CL", OLD_PAGE, FEED, None), DayKind.ANNOUNCEMENT, True, BatchState.STALE),
        (Documents("cs.CL", OLD_PAGE, FEED, None), DayKind.HOLIDAY, True, BatchState.HOLIDAY),
        (Documents("cs.CL", None, FEED, None), DayKind.HOLIDAY, True, BatchState.STALE),
        (Documents("cs.CL", None, None, None), DayKind.HOLIDAY, True, BatchState.BROKEN),
    ],
)
def test_what_it_means_that_nothing_of_a_day_is_there(
    documents: Documents, kind: DayKind, begun: bool, state: BatchState
) -> None:
    assert judge_absence(documents, kind, begun=begun) is state
