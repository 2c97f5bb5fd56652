from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from factories import THURSDAY

from digest.errors import IncompleteDayError
from digest.model.announcement import AnnounceType, Batch, BatchState, DayKind, ListedPaper, StatedCounts
from digest.model.ledger import LedgerDay, Line
from digest.pipeline.proof import Policy, Verdict, check_proven, decide, describe_lack

COMPLETE, INCOMPLETE, STALE, BROKEN, QUIET, HOLIDAY, WEEKEND, PENDING = BatchState
POLICY = Policy(timedelta(hours=12))
EARLY, LATE = datetime(2026, 11, 19, 9, tzinfo=UTC), datetime(2026, 11, 19, 13, tzinfo=UTC)


def day(*states: BatchState, kind: DayKind = DayKind.ANNOUNCEMENT, seen: int = 0, is_past: bool = False) -> LedgerDay:
    lines = (
        Line(Batch(f"cs.{number}", THURSDAY, None, 3 if state is COMPLETE else seen), state)
        for number, state in enumerate(states)
    )
    return LedgerDay(THURSDAY, kind, tuple(lines), is_past)


@pytest.mark.parametrize(
    ("found", "now", "verdict"),
    [
        (day(COMPLETE, QUIET), EARLY, Verdict.PUBLISH),
        (day(COMPLETE, PENDING), EARLY, Verdict.WAIT),
        (day(COMPLETE, BROKEN), EARLY, Verdict.WAIT),
        (day(COMPLETE, BROKEN), LATE, Verdict.PUBLISH_SHORT),
        (day(INCOMPLETE, seen=1), LATE, Verdict.PUBLISH_SHORT),
        (day(STALE, STALE), EARLY, Verdict.WAIT),
        (day(STALE, BROKEN), LATE, Verdict.FAIL),
        (day(QUIET, QUIET), EARLY, Verdict.NOTHING),
        (day(QUIET, BROKEN), LATE, Verdict.FAIL),
        (day(HOLIDAY, kind=DayKind.HOLIDAY), EARLY, Verdict.NOTHING),
        (day(HOLIDAY, BROKEN, kind=DayKind.HOLIDAY), EARLY, Verdict.WAIT),
        (day(HOLIDAY, BROKEN, kind=DayKind.HOLIDAY), LATE, Verdict.FAIL),
        (day(COMPLETE, kind=DayKind.HOLIDAY), EARLY, Verdict.PUBLISH),
        (day(WEEKEND, kind=DayKind.WEEKEND), LATE, Verdict.NOTHING),
    ],
)
def test_what_becomes_of_a_day(found: LedgerDay, now: datetime, verdict: Verdict) -> None:
    assert decide(found, POLICY, now=now) is verdict


@pytest.mark.parametrize("state", [QUIET, HOLIDAY, WEEKEND])
def test_a_note_comes_on_the_days_of_the_operators_choice_and_never_afterwards(state: BatchState) -> None:
    kind = DayKind.ANNOUNCEMENT if state is QUIET else DayKind(state.value)
    wanted = Policy(timedelta(hours=12), frozenset({state}))
    assert decide(day(state, kind=kind), wanted, now=EARLY) is Verdict.NOTE
    assert decide(day(state, kind=kind, is_past=True), wanted, now=EARLY) is Verdict.NOTHING
    assert decide(day(state, kind=kind), POLICY, now=EARLY) is Verdict.NOTHING


def test_a_day_is_not_waited_for_once_arxiv_lists_a_later_one() -> None:
    assert decide(day(COMPLETE, BROKEN, is_past=True), POLICY, now=EARLY) is Verdict.PUBLISH_SHORT


def test_the_deadline_counts_from_the_announcement() -> None:
    assert POLICY.deadline(THURSDAY) == LATE  # eight in the evening in New York, and twelve hours


def test_a_day_that_has_to_wait_is_explained() -> None:
    with pytest.raises(IncompleteDayError, match=r"count could not be read for cs\.1.*2026-11-19 13:00 UTC.*--wait"):
        check_proven(day(COMPLETE, BROKEN), POLICY, now=EARLY)
    check_proven(day(COMPLETE, BROKEN), POLICY, now=LATE)


def test_what_is_lacking_is_told_in_words() -> None:
    missing = (ListedPaper("2611.90001", AnnounceType.NEW),)
    short = Line(Batch("cs.CL", THURSDAY, StatedCounts(new=5), 2, missing), INCOMPLETE)
    found = LedgerDay(THURSDAY, DayKind.ANNOUNCEMENT, (short, Line(Batch("cs.LG", THURSDAY, None, 0), BROKEN)))
    assert describe_lack(found) == (
        "1 listed paper is missing and 2 that arXiv counts are not shown by its page and "
        "arXiv's count could not be read for cs.LG"
    )
