"""What an operator is told by mail of a day that could not be read in time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.model.announcement import BatchState


class AlertKind(StrEnum):
    """The news: the day's deadline passed and not all of it is here, or all of such a day is here now."""

    OVERDUE = "overdue"
    HEALED = "healed"


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One category of the day: entries `seen`, and `expected` by arXiv's own count, None when that isn't known.

    `problem` says in one line what hinders, or is empty.
    """

    category: str
    state: BatchState
    seen: int
    expected: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A day's news for the operator.

    `announced` counts the day's papers that are here, `missing` those that arXiv lists besides, each once over all
    categories. `is_published` says whether the day has an edition; `ask_again_at` is when arXiv is asked next, None
    when it isn't asked about that day any more.
    """

    kind: AlertKind
    announced_on: date
    deadline_at: datetime
    is_published: bool
    announced: int
    missing: int
    lines: tuple[AlertLine, ...]
    ask_again_at: datetime | None
