"""What arXiv announces: the listing of papers in one category on one day."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from digest.model.paper import Paper


class AnnounceType(StrEnum):
    """Why a paper is listed in a category that day."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def is_replacement(self) -> bool:
        """Whether it is a newer version of a paper announced earlier."""
        return self in (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS)

    @property
    def is_news(self) -> bool:
        """Whether the category hasn't listed the paper before."""
        return not self.is_replacement


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was wrong with one item and did not stop the rest."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One paper in a feed."""

    paper: Paper
    announce_type: AnnounceType


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom document of arXiv.

    `categories` are those of its query; `dated_on` is the day it was asked for, whatever batch it carries.
    """

    categories: tuple[str, ...]
    dated_on: date | None
    items: tuple[FeedItem, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """One line of the listing page; `announce_type` is `replace` for both kinds of replacement."""

    paper_id: str
    announce_type: AnnounceType


@dataclass(frozen=True, slots=True)
class StatedCounts:
    """How many entries the listing page says it has, by section."""

    new: int = 0
    cross: int = 0
    replace: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.new + self.cross + self.replace


@dataclass(frozen=True, slots=True)
class Listing:
    """The page `/list/<category>/new`: the one document that states its own date and counts."""

    category: str
    announced_on: date
    stated: StatedCounts
    papers: tuple[ListedPaper, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Announcement:
    """arXiv's listing of one paper in one category on one day."""

    paper_id: str
    version: int
    category: str
    announced_on: date
    announce_type: AnnounceType


class Provenance(StrEnum):
    """By what an announcement came here.

    A feed tells the paper itself; of one that only the listing page names, the query API told it or another category
    had done so before; of a day that nobody read, the archive of records.
    """

    FEED = "feed"
    QUERY = "query"
    STORE = "store"
    ARCHIVE = "archive"


class DayKind(StrEnum):
    """Whether arXiv announces anything at all on a day."""

    ANNOUNCEMENT = "announcement"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"


class BatchState(StrEnum):
    """What is known of a batch: its line's state in the ledger."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    STALE = "stale"
    BROKEN = "broken"
    QUIET = "quiet"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    PENDING = "pending"

    @property
    def is_settled(self) -> bool:
        """Whether there is no more of the batch than what is here, by arXiv's own word."""
        return self in (BatchState.COMPLETE, BatchState.QUIET, BatchState.HOLIDAY, BatchState.WEEKEND)


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything announced in one category on one day.

    `stated` is what the listing page counts, None when it could not be read, so that nothing proves the batch complete.
    `missing` are the listed papers of which nothing else is known yet.
    """

    category: str
    announced_on: date
    stated: StatedCounts | None
    seen: int
    missing: tuple[ListedPaper, ...] = ()

    @property
    def expected(self) -> int | None:
        """How many entries the listing page states in all."""
        return self.stated.total if self.stated else None

    @property
    def state(self) -> BatchState:
        """What its own numbers say: complete, incomplete, quiet, or pending while nothing is stated."""
        if self.stated is None:
            return BatchState.PENDING
        if not self.stated.total and not self.seen:
            return BatchState.QUIET
        is_short = bool(self.missing) or self.seen < self.stated.total
        return BatchState.INCOMPLETE if is_short else BatchState.COMPLETE

    @property
    def is_proven(self) -> bool:
        """Whether all of it is here, by arXiv's own count."""
        return self.state.is_settled
