"""How good one edition's order was, next to simple orders that it has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digest.forecast.measures import measure_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.ranking import RankedPaper

SCORE, FORECAST, RANDOM, AUTHOR_COUNT, NEWEST = "score", "forecast", "random", "author count", "newest first"
METHODS = (SCORE, FORECAST, AUTHOR_COUNT, NEWEST, RANDOM)
_SHUFFLES = 50


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


def _at_random(picked: np.ndarray) -> dict[str, float]:
    """The mean over fifty shuffles, the same ones each time."""
    rng = np.random.default_rng(0)
    shuffled = [measure_day(rng.random(len(picked)), picked) for _ in range(_SHUFFLES)]
    return {name: float(np.mean([one[name] for one in shuffled])) for name in shuffled[0]}
