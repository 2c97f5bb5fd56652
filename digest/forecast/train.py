"""Training: from recorded days to a forecast, as it would have been made at the beginning of a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from digest.forecast.effects import measure_effects
from digest.forecast.history import SETTLED, by_day
from digest.forecast.known import measure_known
from digest.forecast.logits import chance
from digest.forecast.model import Line, Platt, Stack, TextModel, line_columns
from digest.forecast.record import measure_record
from digest.forecast.style import NAMES as STYLE_NAMES
from digest.forecast.style import measure_style
from digest.forecast.trees import Trees
from digest.forecast.wording import Wording, weigh_by_upvotes

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.forecast.history import History

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
    """A forecast's parts, and the features of every paper of the history that they were trained on and with.

    `known` is the share of picks known by age in days, and `until` the day at whose beginning it was trained.
    """

    text: TextModel
    stack: Stack
    platt: Platt
    text_platt: Platt
    text_logits: np.ndarray
    features: np.ndarray
    known: np.ndarray
    wording: Wording
    until: int


def train(history: History, *, until: int, begins: int, told: Callable[[str], None] = lambda _: None) -> Trained:
    """What can be learned at the beginning of the day `until` (an ordinal): nothing later counts for anything.

    `begins` is the first day of which picks are known at all, at least `FEWEST_DAYS` before `until`. Papers of the last
    days before `until` are left out: what they will be is not known yet.
    """
    told("looking at papers")
    styles = np.concatenate([measure_style(papers) for _, papers in by_day(history.papers)])
    told("learning words")
    wording = Wording.of(history, styles, until=until)
    text, logits = wording.learn(history, until=until, begins=begins)
    unseen = wording.measure_unseen(history, until=until, begins=begins)
    text_logits = np.where(history.days < until, unseen, logits)
    told("reading track records")
    known = measure_known(history, begins=begins, until=until)
    features = _measure(history, text_logits, styles, begins=begins, known=known)
    told("growing trees")
    stack, platt, text_platt = _learn_stack(history, features, until=until, begins=begins)
    return Trained(text, stack, platt, text_platt, text_logits, features, known, wording, until)


def train_again(history: History, before: Trained, *, until: int, begins: int) -> Trained:
    """What can be learned at the beginning of a later day by who was trained before.

    The words that count, and what was computed for days in between, stay as they were: those papers were never seen in
    training, so that they are as good to learn from as any.
    """
    text, logits = before.wording.learn(history, until=until, begins=begins)
    text_logits = np.where(history.days < until, before.text_logits, logits)
    known = measure_known(history, begins=begins, until=until)
    days = range(until, int(history.days[-1]) + 1)
    new = history.days >= until
    styles = before.features[:, -len(STYLE_NAMES) :]
    features = before.features.copy()
    features[new] = _measure(history, text_logits, styles, begins=begins, known=known, days=days)[new]
    stack, platt, text_platt = _learn_stack(history, features, until=until, begins=begins)
    return replace(
        before,
        text=text,
        stack=stack,
        platt=platt,
        text_platt=text_platt,
        text_logits=text_logits,
        features=features,
        known=known,
        until=until,
    )


def _measure(  # noqa: PLR0913 -- what features are made from
    history: History,
    text_logits: np.ndarray,
    styles: np.ndarray,
    *,
    begins: int,
    known: np.ndarray,
    days: range | None = None,
) -> np.ndarray:
    record = measure_record(history, chance(text_logits), begins=begins, days=days, known=known)
    effects = measure_effects(history, text_logits, begins=begins, days=days, known=known)
    return np.concatenate([text_logits[:, None], record, effects, styles], axis=1).astype(np.float32)


def _learn_stack(history: History, features: np.ndarray, *, until: int, begins: int) -> tuple[Stack, Platt, Platt]:
    """The stack, its calibration on days that a rehearsal of it hadn't seen, and that of the text by itself."""
    known = (history.days >= begins + _WARM_UP) & (history.days <= until - SETTLED)
    late = known & (history.days > until - SETTLED - _CALIBRATION_DAYS)
    early = known & (history.days <= until - 2 * SETTLED - _CALIBRATION_DAYS)
    stack = _grow(history, features, known, seeds=_SEEDS)
    rehearsal = _grow(history, features, early, seeds=1)
    platt = _fit_platt(rehearsal.logits(features[late]), history.is_picked[late])
    return stack, platt, _fit_platt(features[late][:, 0], history.is_picked[late])


def _grow(history: History, features: np.ndarray, among: np.ndarray, *, seeds: int) -> Stack:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with scikit-learn

    rows, picked, weights = features[among], history.is_picked[among], weigh_by_upvotes(history)[among]
    # Threads that wait for one another on shared cores take three times as long as one thread by itself.
    with threadpool_limits(limits=1, user_api="openmp"):
        grown = [
            HistGradientBoostingClassifier(random_state=seed, **_GROWTH).fit(rows, picked, weights)
            for seed in range(seeds)
        ]
    columns = line_columns(rows)
    mean, spread = columns.mean(axis=0), columns.std(axis=0) + _TINY
    line = LogisticRegression(C=0.01, max_iter=300).fit(((columns - mean) / spread).clip(-4, 4), picked, weights)
    return Stack(Trees.of(grown), Line(mean, spread, line.coef_[0], float(line.intercept_[0])))


def _fit_platt(logits: np.ndarray, picked: np.ndarray) -> Platt:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    fitted = LogisticRegression(C=1e3).fit(logits[:, None], picked)
    return Platt(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))
