"""Which days to measure, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `since` to `until`, both counted; with `train` by a forecast trained before them and again `every`
    so many days, and `with_latest` by one more trained on all of them."""

    since: date
    until: date
    train: bool
    every: int
    with_latest: bool
