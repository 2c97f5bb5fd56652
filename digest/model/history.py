"""What an archive tells of the past: papers with all their versions, and how far it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.model.announcement import Problem
    from digest.model.paper import Paper


@dataclass(frozen=True, slots=True)
class PaperHistory:
    """A paper as it stands now, and when each of its versions was submitted, as (version, time) from the first on."""

    paper: Paper
    versions: tuple[tuple[int, datetime], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """What is asked for at once: the records of a set that last changed from one day to another, both included.

    A record's datestamp is the day of its last change: of a new version, a journal reference, a mass correction. It
    says nothing about when the paper was announced.
    """

    set_name: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of a window. `place` is where the next one begins, empty after the last.

    `is_expired` says that the service forgot the place that was asked for: the window must be begun again.
    """

    histories: tuple[PaperHistory, ...]
    place: str = ""
    deleted: int = 0
    problems: tuple[Problem, ...] = ()
    is_expired: bool = False


@dataclass(frozen=True, slots=True)
class WindowRead:
    """How far a window was read: where its next page begins, and the day (US Eastern) on which it was finished."""

    window: Window
    place: str
    papers: int
    finished_on: date | None = None


@dataclass(frozen=True, slots=True)
class LaterVersion:
    """A version after the first, in one of its paper's categories."""

    paper_id: str
    version: int
    submitted_at: datetime
    category: str
    is_primary: bool
