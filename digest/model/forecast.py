"""What a forecast is made from, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Announced:
    """A paper as it was announced, primary category first: all of it that a forecast may look at."""

    paper_id: str
    announced_on: date
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper that people took up: when it was first seen there, and with how many upvotes."""

    paper_id: str
    seen_at: datetime
    upvotes: int
