"""Training: from recorded days to a forecast, as it would have been made at the beginning of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from digest.forecast.effects import measure_effects
from digest.forecast.history import SETTLED, by_day
from digest.forecast.logits import chance
from digest.forecast.model import Line, Platt, Stack, TextModel, line_columns, style_columns
from digest.forecast.record import measure_record
from digest.forecast.style import measure_style
from digest.forecast.trees import Trees
from digest.forecast.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.forecast.history import History

_FOLDS = 10
_SEEDS = 2
# For so long authors have no record worth learning from.
_WARM_UP = 17
_CALIBRATION_DAYS = 45
# Fewer days than that since picks began leave nothing to learn from.
FEWEST_DAYS = _WARM_UP + 2 * SETTLED + _CALIBRATION_DAYS + 30
_TINY = 1e-6
_GROWTH = {
    "max_iter": 400,
    "learning_rate": 0.03,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 60,
    "l2_regularization": 5,
    "max_features": 0.4,
    "early_stopping": False,
}


@dataclass(frozen=True, slots=True)
class Trained:
    """A forecast's parts, and the features of every paper of the history that they were trained on and with."""

    text: TextModel
    stack: Stack
    platt: Platt
    text_platt: Platt
    text_logits: np.ndarray
    features: np.ndarray


def train(history: History, *, until: int, begins: int, told: Callable[[str], None] = lambda _: None) -> Trained:
    """What can be learned at the beginning of the day `until` (an ordinal): nothing later counts for anything.

    `begins` is the first day of which picks are known at all, at least `FEWEST_DAYS` before `until`. Papers of the last
    days before `until` are left out: what they will be is not known yet.
    """
    told("looking at papers")
    styles = np.concatenate([measure_style(papers) for _, papers in by_day(history.papers)])
    told("learning words")
    text, text_logits = _learn_text(history, styles, until=until, begins=begins)
    told("reading track records")
    record = measure_record(history, chance(text_logits), begins=begins)
    effects = measure_effects(history, text_logits, begins=begins)
    features = np.concatenate([text_logits[:, None], record, effects, styles], axis=1).astype(np.float32)
    told("growing trees")
    known = (history.days >= begins + _WARM_UP) & (history.days <= until - SETTLED)
    late = known & (history.days > until - SETTLED - _CALIBRATION_DAYS)
    early = known & (history.days <= until - 2 * SETTLED - _CALIBRATION_DAYS)
    stack = _grow(features[known], history.is_picked[known], seeds=_SEEDS)
    rehearsal = _grow(features[early], history.is_picked[early], seeds=1)
    return Trained(
        text=text,
        stack=stack,
        platt=_fit_platt(rehearsal.logits(features[late]), history.is_picked[late]),
        text_platt=_fit_platt(text_logits[late], history.is_picked[late]),
        text_logits=text_logits,
        features=features,
    )


def _learn_text(history: History, styles: np.ndarray, *, until: int, begins: int) -> tuple[TextModel, np.ndarray]:
    """The text model, and every paper's logit by a model that hasn't seen it: before `until`, folds of whole days."""
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415

    past = history.days < until
    words = Words.learn([paper for paper, is_past in zip(history.papers, past, strict=True) if is_past])
    mean, spread = styles[past].mean(axis=0), styles[past].std(axis=0) + _TINY
    matrix = hstack([words.vectors(history.papers), csr_matrix(style_columns(styles, mean, spread))]).tocsr()
    labelled = (history.days >= begins) & (history.days <= until - SETTLED)
    logits = np.zeros(len(history.papers))
    for fold in np.array_split(np.unique(history.days[past]), _FOLDS):
        here = (history.days >= fold[0]) & (history.days <= fold[-1])
        others = _regress(matrix, history.is_picked, labelled & ~here, strength=1.0)
        logits[here] = others.decision_function(matrix[here])
    last = _regress(matrix, history.is_picked, labelled, strength=1.0)
    if not past.all():
        logits[~past] = last.decision_function(matrix[~past])
    weights = last.coef_[0]
    size = len(words.terms)
    return TextModel(words, weights[:size], mean, spread, weights[size:], float(last.intercept_[0])), logits


def _regress(matrix: Any, picked: np.ndarray, among: np.ndarray, *, strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    return LogisticRegression(C=strength, solver="liblinear").fit(matrix[among], picked[among])


def _grow(features: np.ndarray, picked: np.ndarray, *, seeds: int) -> Stack:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    grown = [
        HistGradientBoostingClassifier(random_state=seed, **_GROWTH).fit(features, picked) for seed in range(seeds)
    ]
    columns = line_columns(features)
    mean, spread = columns.mean(axis=0), columns.std(axis=0) + _TINY
    line = LogisticRegression(C=0.01, max_iter=300).fit(((columns - mean) / spread).clip(-4, 4), picked)
    return Stack(Trees.of(grown), Line(mean, spread, line.coef_[0], float(line.intercept_[0])))


def _fit_platt(logits: np.ndarray, picked: np.ndarray) -> Platt:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    fitted = LogisticRegression(C=1e3).fit(logits[:, None], picked)
    return Platt(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))
