"""How good the ranking was on days of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """A paper of an edition as it was ranked, and whether it was picked up since; `chance` None without a forecast."""

    paper_id: str
    score: float
    chance: float | None
    authors: int
    is_picked: bool


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """What came of one day's ranking.

    `figures` are precision_at_10, recall_at_20, ndcg_at_20 and auc by method: the score that readers saw, the forecast
    alone, and simple orders; empty where no paper was picked up. `ranked_by` names the weights and the forecast that
    were in force, so that a change of them shows.
    """

    announced_on: date
    papers: int
    picked: int
    figures: Mapping[str, Mapping[str, float]]
    ranked_by: str
    measured_at: datetime
