"""How good one edition's order was, next to simple orders that it has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digest.forecast.measures import NAMES, Measured, mean_over_days, measure_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from digest.model.ranking import MeasuredDay, RankedPaper

SCORE, FORECAST, RANDOM, AUTHOR_COUNT, NEWEST = "score", "forecast", "random", "author count", "newest first"
METHODS = (SCORE, FORECAST, AUTHOR_COUNT, NEWEST, RANDOM)
_SHUFFLES = 50


@dataclass(frozen=True, slots=True)
class OwnDays:
    """How good the ranking was over several days: the means by method and measure, over `days` days with a pick.

    `papers` and `picked` count those of all days; `changes` are the first day and each on which something else was
    ranked by, with what.
    """

    methods: Mapping[str, Mapping[str, Measured]]
    days: int
    papers: int
    picked: int
    changes: tuple[tuple[date, str], ...]


def measure_ranking(papers: Sequence[RankedPaper]) -> dict[str, dict[str, float]]:
    """The measures of each method by name; none where nothing was picked up, and no forecast where one lacks."""
    picked = np.array([one.is_picked for one in papers], dtype=bool)
    if not picked.any():
        return {}
    by_id = np.argsort(np.argsort([one.paper_id for one in papers]))
    orders: dict[str, np.ndarray] = {
        SCORE: np.array([one.score for one in papers]),
        AUTHOR_COUNT: np.array([float(one.authors) for one in papers]),
        NEWEST: by_id.astype(float),
    }
    chances = [one.chance for one in papers if one.chance is not None]
    if len(chances) == len(papers):
        orders[FORECAST] = np.array(chances)
    measured = {name: dict(measure_day(order, picked)) for name, order in orders.items()}
    return {**measured, RANDOM: _at_random(picked)}


def is_change(before: str, after: str) -> bool:
    """Whether a weight or the forecast changed; a signal that had nothing to say on one of the days didn't."""
    weights, later = _parts(before), _parts(after)
    return any(weights[name] != later[name] for name in weights.keys() & later.keys())


def _parts(ranked_by: str) -> dict[str, str]:
    parts = (part.rpartition(" ") for part in ranked_by.split(", "))
    trained = {"trained": ranked_by.partition("trained until ")[2]}
    return {name: value for name, _, value in parts if not name.startswith("trained")} | trained


def summarise(days: Sequence[MeasuredDay]) -> OwnDays:
    """The whole of some measured days, given oldest first."""
    told = [one.figures for one in days if one.figures]
    methods = {
        method: {
            name: mean_over_days(values)
            for name in NAMES
            if (values := [figures[method][name] for figures in told if name in figures.get(method, {})])
        }
        for method in METHODS
        if any(method in figures for figures in told)
    }
    changes = tuple(
        (one.announced_on, one.ranked_by)
        for before, one in zip((None, *days), days, strict=False)
        if before is None or is_change(before.ranked_by, one.ranked_by)
    )
    return OwnDays(methods, len(told), sum(one.papers for one in days), sum(one.picked for one in days), changes)


def _at_random(picked: np.ndarray) -> dict[str, float]:
    """The mean over fifty shuffles, the same ones each time."""
    rng = np.random.default_rng(0)
    shuffled = [measure_day(rng.random(len(picked)), picked) for _ in range(_SHUFFLES)]
    return {name: float(np.mean([one[name] for one in shuffled])) for name in shuffled[0]}
