from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digest.forecast.history import NEVER, find_owners, make_history
from digest.model.forecast import Announced, Pick

PAPER = Announced("2601.00001", date(2026, 1, 8), "Tides", "We measure tides.", ("Ada Northmere",), ("cs.CL",))
DAY = PAPER.announced_on.toordinal()


@pytest.mark.parametrize(
    ("seen", "is_picked"),
    [
        ("2026-01-05T23:59", False),
        ("2026-01-06T00:01", True),
        ("2026-01-08T12:00", True),
        ("2026-01-15T23:59", True),
        ("2026-01-16T00:01", False),
    ],
)
def test_a_paper_counts_as_picked_up_from_two_days_before_to_seven_days_after(seen: str, is_picked: bool) -> None:
    at = datetime.fromisoformat(seen).replace(tzinfo=UTC)
    history = make_history([PAPER], [Pick(PAPER.paper_id, at, 3)])
    assert history.is_picked.tolist() == [is_picked]
    assert history.known_on.tolist() == [at.date().toordinal() + 1]


def test_of_several_sightings_the_first_counts_and_without_one_nothing_is_known() -> None:
    late, early = (Pick(PAPER.paper_id, datetime(2026, 1, day, tzinfo=UTC), day) for day in (12, 9))
    history = make_history([PAPER, replace(PAPER, paper_id="2601.00002")], [late, early])
    assert history.known_on.tolist() == [date(2026, 1, 10).toordinal(), NEVER]
    assert history.upvotes.tolist() == [9, 0]


def test_papers_are_ordered_by_day_and_each_counts_once() -> None:
    older = replace(PAPER, paper_id="2601.00000", announced_on=date(2026, 1, 7))
    history = make_history([PAPER, older, PAPER], [])
    assert [paper.paper_id for paper in history.papers] == ["2601.00000", "2601.00001"]
    assert [(day, span.start, span.stop) for day, span in history] == [(DAY - 1, 0, 1), (DAY, 1, 2)]


def test_spellings_of_a_name_meet_and_other_names_do_not() -> None:
    other = replace(PAPER, paper_id="2601.00002", authors=("Ada  Nörthmere", "Áda Northmere", "Bo Fell"))
    first, second = make_history([PAPER, other], []).authors
    assert second[0] == first[0]
    assert len(second) == 2


def test_who_owns_what_is_linked_is_found() -> None:
    linked = replace(
        PAPER,
        abstract="Code: https://github.com/Fell-Lab/tides. Weights at huggingface.co/datasets/northmere/waves",
        comment="https://winds.github.io and https://www.fell.example/page",
    )
    assert find_owners(linked) == (
        "account:fell-lab",
        "account:northmere",
        "account:winds",
        "host:fell.example",
    )
