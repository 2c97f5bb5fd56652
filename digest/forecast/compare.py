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
    from digest.forecast.rolling import Scores

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


def compare(history: History, given: Scores, *, since: date, until: date, begins: date) -> Compared:
    """How each method orders the papers from `since` to `until`, both counted, by the scores given to all papers."""
    among = (history.days >= since.toordinal()) & (history.days <= until.toordinal())
    own = given.at(among)
    scores = {FORECAST: own.logits, BY_TEXT: own.text_logits}
    chances = {FORECAST: own.chances, BY_TEXT: own.text_chances}
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
