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


class BatchState(StrEnum):
    """What is known of a batch."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    STALE = "stale"
    BROKEN = "broken"
    QUIET = "quiet"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything announced in one category on one day: its line in the ledger.

    `expected` is None when the listing page could not be read, so that nothing proves the batch complete.
    `missing` are the listed papers of which nothing else is known yet.
    """

    category: str
    announced_on: date
    state: BatchState
    expected: int | None
    seen: int
    missing: tuple[ListedPaper, ...] = ()
