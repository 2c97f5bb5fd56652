"""Decides how much of a day is here, and whether that is enough for an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.errors import IncompleteDayError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model.announcement import Batch
    from digest.pipeline.candidates import Candidates

# The share of a day's papers that may be missing from its edition, which then says so.
_MOST_MISSING = 0.05


def check_whole(on: date, batches: Sequence[Batch], categories: Sequence[str], candidates: Candidates) -> None:
    """IncompleteDayError when half of the categories or more are unread, or more than 5% of the papers are missing.

    One category that can't be read doesn't stop the day: the edition names it.
    """
    read = {batch.category for batch in batches}
    unread = [category for category in categories if category not in read]
    missing = count_missing(batches, candidates)
    known = len(candidates.types) + missing
    lacks = [f"nothing of {', '.join(unread)} was read"] if 2 * len(unread) >= len(categories) else []
    if missing > _MOST_MISSING * known:
        lacks.append(f"{missing:,} of {known:,} papers are missing")
    if lacks:
        raise IncompleteDayError(
            f"Publishing the edition of {on}: {' and '.join(lacks)}. Run digest daily again later, or freeze what "
            "there is with: digest publish --as-is"
        )


def count_missing(batches: Sequence[Batch], candidates: Candidates) -> int:
    """How many papers arXiv announced as news of which nothing is known, and that no other category told of.

    Entries that a page counts and doesn't show are among them, as nobody knows what they are.
    """
    named = {one.paper_id for batch in batches for one in batch.missing if one.announce_type.is_news}
    return len(named - candidates.types.keys()) + sum(map(_count_unnamed, batches))


def _count_unnamed(batch: Batch) -> int:
    return max(0, (batch.expected or 0) - batch.seen - len(batch.missing))


def find_unproven(batches: Sequence[Batch], categories: Sequence[str]) -> tuple[str, ...]:
    """The categories whose count nobody could read, so that nothing proves that all of them is here."""
    counted = {batch.category for batch in batches if batch.expected is not None}
    return tuple(category for category in categories if category not in counted)
