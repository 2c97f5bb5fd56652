"""What a forecast is made from, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Background:
    """What later forecasts need of an announced paper: its chance by text alone, as a logit, and who it is by.

    `authors` are names in plain letters, `owners` the accounts and hosts of what it links.
    """

    paper_id: str
    announced_on: date
    text_logit: float
    authors: tuple[str, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The chance, from 0 to 1, that a paper will be picked up, by a model trained on the days before `trained_until`.

    `picks` is the number of earlier picks that the authors' track records rest on; without enough of them it is 0, and
    the chance is by the text alone. `lifts` says by how much each group of features moves the logit away from the
    day's middle.
    """

    paper_id: str
    chance: float
    picks: int
    trained_until: date
    lifts: Mapping[str, float]
