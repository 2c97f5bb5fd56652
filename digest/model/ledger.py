"""The ledger: for each category and day what arXiv announced, what of it is here, and how it came."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from digest.model.announcement import BatchState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from digest.model.announcement import AnnounceType, Batch, DayKind, Provenance

# In place of a category: asking arXiv's archive of records for a day that nobody read.
ARCHIVE = "(archive)"
# And asking the query API for what feeds don't tell of a week's papers.
DETAILS = "(details)"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """How often a category was asked for what it announced on a day, in what state the last answer left it, and why.

    `ask_again_at` is None when there is nothing more to ask for.
    """

    category: str
    announced_on: date
    tries: int
    state: BatchState
    problem: str
    asked_at: datetime
    ask_again_at: datetime | None


@dataclass(frozen=True, slots=True)
class Origin:
    """How many of a batch's announcements came by one way, and when the first and the last of them came."""

    source: Provenance
    announcements: int
    first_read_at: datetime
    last_read_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """One announcement that is here: by which way it came and when, None for what came before that was written down."""

    paper_id: str
    announce_type: AnnounceType
    version: int
    source: Provenance | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One category on one day.

    `seen` counts what is here by announce type; `late` are the papers among it that came after the day's edition was
    frozen.
    """

    batch: Batch
    state: BatchState
    seen: Mapping[AnnounceType, int] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    inquiry: Inquiry | None = None

    @property
    def is_proven(self) -> bool:
        """Whether arXiv itself says that there is no more of it than what is here."""
        return self.state.is_settled


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """All categories on one day, by category.

    One that `is_past` can't be read any more, as arXiv lists a later one; `archive` tells how asking arXiv's archive of
    records for it went, None where that was never done.
    """

    announced_on: date
    kind: DayKind
    lines: tuple[Line, ...]
    is_past: bool = False
    archive: Inquiry | None = None

    def only(self, categories: Collection[str]) -> LedgerDay:
        """The day in these categories alone."""
        return replace(self, lines=tuple(line for line in self.lines if line.batch.category in categories))

    @property
    def is_proven(self) -> bool:
        """Whether nothing of it is missing, by arXiv's own word."""
        return all(line.is_proven for line in self.lines)

    @property
    def ask_again_at(self) -> datetime | None:
        """When the first of its categories is asked for again."""
        again = [line.inquiry.ask_again_at for line in self.lines if line.inquiry and line.inquiry.ask_again_at]
        return min(again, default=None)

    @property
    def state(self) -> BatchState:
        """The worst state of its lines; quiet only when every category is."""
        states = {line.state for line in self.lines}
        return next((state for state in _WORST_FIRST if state in states), BatchState.PENDING)


_WORST_FIRST = (
    BatchState.BROKEN,
    BatchState.STALE,
    BatchState.INCOMPLETE,
    BatchState.PENDING,
    BatchState.COMPLETE,
    BatchState.QUIET,
    BatchState.HOLIDAY,
    BatchState.WEEKEND,
)
