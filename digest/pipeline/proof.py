"""Decides whether a day may become an edition: when all of it is proven to be here, or at its deadline."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from digest.edition.announcement_days import announced_at
from digest.errors import IncompleteDayError
from digest.model.announcement import BatchState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime, timedelta

    from digest.model.announcement import Batch
    from digest.model.ledger import LedgerDay
    from digest.pipeline.candidates import Candidates


class Verdict(StrEnum):
    """What is to be done with a day."""

    PUBLISH = "publish"
    PUBLISH_SHORT = "publish short"
    NOTE = "note"
    NOTHING = "nothing"
    WAIT = "wait"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Policy:
    """How long after arXiv's announcement an edition waits for proof, and on which days without papers readers get a
    note: of the states quiet, holiday and weekend."""

    wait: timedelta
    notes: frozenset[BatchState] = frozenset()

    def deadline(self, on: date) -> datetime:
        """When the edition of a day comes out with what there is, in UTC."""
        return announced_at(on) + self.wait


def decide(day: LedgerDay, policy: Policy, *, now: datetime) -> Verdict:
    """What is to be done with a day that has no edition.

    A failure is never taken for a day without papers: those are what arXiv itself says, or its calendar together with
    its page.
    """
    if day.is_proven:
        has_papers = any(line.state is BatchState.COMPLETE for line in day.lines)
        wants_note = day.state in policy.notes and not day.is_past
        return Verdict.PUBLISH if has_papers else Verdict.NOTE if wants_note else Verdict.NOTHING
    if not day.is_past and now < policy.deadline(day.announced_on):
        return Verdict.WAIT
    return Verdict.PUBLISH_SHORT if any(line.batch.seen for line in day.lines) else Verdict.FAIL


def check_proven(day: LedgerDay, policy: Policy, *, now: datetime) -> None:
    """IncompleteDayError where an edition of the day has to wait."""
    if decide(day, policy, now=now) is Verdict.WAIT:
        raise IncompleteDayError(explain_wait(day, policy))


def explain_wait(day: LedgerDay, policy: Policy) -> str:
    """Why the edition of a day isn't out, when it comes, and what to do about it."""
    return (
        f"The edition of {day.announced_on} waits: {describe_lack(day)}. It comes when all is here, or at "
        f"{policy.deadline(day.announced_on):%Y-%m-%d %H:%M} UTC with what there is. Run digest daily again later, or "
        "now and let it wait: digest daily --wait; freeze what there is with --as-is"
    )


def describe_lack(day: LedgerDay) -> str:
    """What a day lacks, in words."""
    missing = {one.paper_id for line in day.lines for one in line.batch.missing}
    unnamed = sum(count_unnamed(line.batch) for line in day.lines)
    stale = [line.batch.category for line in day.lines if line.state is BatchState.STALE]
    unread = [
        line.batch.category
        for line in day.lines
        if line.batch.stated is None and not line.is_proven and line.state is not BatchState.STALE
    ]
    lacks = [f"{len(missing):,} listed {'paper is' if len(missing) == 1 else 'papers are'} missing"] if missing else []
    lacks += [f"{unnamed:,} that arXiv counts are not shown by its page"] if unnamed else []
    lacks += [f"arXiv still gives an earlier day for {', '.join(stale)}"] if stale else []
    lacks += [f"arXiv's count could not be read for {', '.join(unread)}"] if unread else []
    return " and ".join(lacks) or "nothing is known of it"


def count_missing(batches: Sequence[Batch], candidates: Candidates) -> int:
    """How many papers arXiv announced as news of which nothing is known, and that no other category told of.

    Entries that a page counts and doesn't show are among them, as nobody knows what they are.
    """
    named = {one.paper_id for batch in batches for one in batch.missing if one.announce_type.is_news}
    return len(named - candidates.types.keys()) + sum(map(count_unnamed, batches))


def count_unnamed(batch: Batch) -> int:
    """How many entries the page counts and doesn't show."""
    return max(0, (batch.expected or 0) - batch.seen - len(batch.missing))


def find_unproven(batches: Sequence[Batch], categories: Sequence[str]) -> tuple[str, ...]:
    """The categories whose count nobody could read, so that nothing proves that all of them is here."""
    counted = {batch.category for batch in batches if batch.stated}
    return tuple(category for category in categories if category not in counted)
