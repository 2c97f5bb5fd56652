"""The forecast next to simple orders, on the days from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digest.forecast.baselines import score_baselines
from digest.forecast.measures import Calibration, Measured, calibrate, measure_days

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.forecast.history import History
    from digest.forecast.numbers import Forecaster

FORECAST, BY_TEXT = "forecast", "forecast by text alone"


@dataclass(frozen=True, slots=True)
class Method:
    """One way to order papers: its measures over days, and its calibration where it gives chances."""

    measures: Mapping[str, Measured]
    calibration: Calibration | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """Methods by name, best known first; the days with a pick, and the papers and picks of all days."""

    methods: Mapping[str, Method]
    days: int
    papers: int
    picked: int


def compare(  # noqa: PLR0913 -- what there is, and which days of it
    history: History, features: np.ndarray, forecaster: Forecaster, *, since: date, until: date, begins: date
) -> Compared:
    """How each method orders the papers from `since` to `until`, both counted, by the forecaster's features of them."""
    among = (history.days >= since.toordinal()) & (history.days <= until.toordinal())
    scores = {
        FORECAST: forecaster.stack.logits(features[among]),
        BY_TEXT: features[among][:, 0],
    }
    chances = {
        FORECAST: forecaster.platt.chances(scores[FORECAST]),
        BY_TEXT: forecaster.text_platt.chances(scores[BY_TEXT]),
    }
    baselines = score_baselines(history, since=since.toordinal(), begins=begins.toordinal())
    scores |= {name: score[among] for name, score in baselines.items()}
    days, picked = history.days[among], history.is_picked[among]
    places = [np.flatnonzero(days == day) for day in np.unique(days)]
    return Compared(
        methods={
            name: Method(
                measure_days(places, score, picked), calibrate(chances[name], picked) if name in chances else None
            )
            for name, score in scores.items()
        },
        days=sum(bool(picked[day].any()) for day in places),
        papers=len(days),
        picked=int(picked.sum()),
    )
