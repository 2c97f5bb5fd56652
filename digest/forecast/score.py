"""The features of papers for a forecast that was trained before."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from digest.forecast.effects import measure_effects
from digest.forecast.history import by_day
from digest.forecast.logits import chance
from digest.forecast.record import measure_record
from digest.forecast.style import measure_style

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.forecast.history import History
    from digest.forecast.numbers import Forecaster

# Papers × `digest.forecast.model.NAMES`, float32.
Features: TypeAlias = np.ndarray


def measure_features(
    forecaster: Forecaster,
    history: History,
    *,
    begins: int,
    since: int,
    told: Callable[[str], None] = lambda _: None,
) -> Features:
    """The features of every paper; track records only for the days from `since` on (an ordinal).

    `begins` is the first day of which picks are known at all.
    """
    told("looking at papers")
    styles = np.concatenate([measure_style(papers) for _, papers in by_day(history.papers)])
    text_logits = forecaster.text.logits(history.papers, styles)
    told("reading track records")
    days = [day for day, _ in history if day >= since]
    record = measure_record(history, chance(text_logits), begins=begins, days=days, known=forecaster.known)
    effects = measure_effects(history, text_logits, begins=begins, days=days, known=forecaster.known)
    return np.concatenate([text_logits[:, None], record, effects, styles], axis=1).astype(np.float32)
