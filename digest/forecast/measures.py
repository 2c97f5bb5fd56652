"""How good an order of a day's papers is, against which of them were picked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TOP, _LONG_TOP = 10, 20
_BINS = 10
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over days, with its 95% interval by resampling days (percentile bootstrap; Efron, 1979)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Papers whose chance was given as between two tenths: how many, the mean chance, and the share picked up."""

    papers: int
    given: float
    came: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The bins that have papers, and the mean gap between given and came in them, weighted by papers (Naeini, 2015)."""

    error: float
    bins: tuple[Bin, ...]


def measure_days(days: Sequence[np.ndarray], scores: np.ndarray, picked: np.ndarray) -> dict[str, Measured]:
    """precision@10, recall@20, nDCG@20 (gain 1 for a picked paper) and AUC, means over days.

    `days` holds the places of each day's papers in `scores` and `picked`; a day without a picked paper says nothing and
    is left out. Among equal scores the earlier place goes first.
    """
    told = [measure_day(scores[day], picked[day]) for day in days if picked[day].any()]
    return {name: mean_over_days([one[name] for one in told if name in one]) for name in NAMES}


def calibrate(chances: np.ndarray, picked: np.ndarray) -> Calibration:
    """How the chances given compare with what came, in ten bins of equal width."""
    places = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    bins = tuple(
        Bin(int(here.sum()), float(chances[here].mean()), float(picked[here].mean()))
        for number in range(_BINS)
        if (here := places == number).any()
    )
    error = sum(one.papers * abs(one.given - one.came) for one in bins) / max(1, len(chances))
    return Calibration(float(error), bins)


NAMES = ("precision_at_10", "recall_at_20", "ndcg_at_20", "auc")


def measure_day(scores: np.ndarray, picked: np.ndarray) -> Mapping[str, float]:
    """precision@10, recall@20, nDCG@20 and AUC of one day with a picked paper; no AUC where all were picked."""
    in_order = picked[np.argsort(-scores, kind="stable")].astype(float)
    found, top = in_order.sum(), in_order[:_LONG_TOP]
    discounts = 1 / np.log2(np.arange(2, _LONG_TOP + 2))
    ideal = discounts[: int(min(found, _LONG_TOP))].sum()
    measured = {
        "precision_at_10": float(in_order[:_TOP].sum() / _TOP),
        "recall_at_20": float(top.sum() / found),
        "ndcg_at_20": float((top * discounts[: len(top)]).sum() / ideal),
    }
    if found < len(picked):
        measured["auc"] = _auc(scores, picked)
    return measured


def _auc(scores: np.ndarray, picked: np.ndarray) -> float:
    """The chance that a picked paper scores above one that wasn't (Mann and Whitney, 1947); a tie counts half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    wins, losses = int(picked.sum()), int((~picked).sum())
    return float((ranks[picked].sum() - wins * (wins + 1) / 2) / (wins * losses))


def mean_over_days(values: Sequence[float]) -> Measured:
    """The mean of one value a day; not a number without a day."""
    if not values:
        return Measured(float("nan"), float("nan"), float("nan"))
    known = np.array(values)
    drawn = np.random.default_rng(0).integers(0, len(known), size=(_RESAMPLES, len(known)))
    low, high = np.quantile(known[drawn].mean(axis=1), (0.025, 0.975))
    return Measured(float(known.mean()), float(low), float(high))
