"""What is measured of a paper, and the score made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One signal's raw value for one paper; a value of None means that the signal abstains.

    `note` is a phrase that a reader understands after "Why:", or empty when the value says nothing by itself.
    """

    signal: str
    paper_id: str
    value: float | None
    source: str
    observed_at: datetime
    sample_size: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one reading adds to a score: `points` of 100, from its percentile (0 to 1) in its field that day."""

    signal: str
    value: float
    percentile: float
    field: str
    field_size: int
    weight: float
    points: float
    source: str
    observed_at: datetime
    sample_size: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A paper's score from 0 to 100: the sum of its contributions' points."""

    paper_id: str
    total: float
    contributions: tuple[Contribution, ...]
