"""Learning the chance of a paper by its text alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from digest.forecast.history import SETTLED
from digest.forecast.model import TextModel, style_columns
from digest.forecast.words import Words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from digest.forecast.history import History

_FOLDS = 10
_TINY = 1e-6
# Many upvotes make it surer that a pick is no whim: one with the median number of upvotes counts once.
_USUAL_UPVOTES = 7


@dataclass(frozen=True, slots=True)
class Wording:
    """Every paper as the text model sees it: its words and its style, in scales that were set on earlier papers."""

    words: Words
    mean: np.ndarray
    spread: np.ndarray
    matrix: csr_matrix

    @classmethod
    def of(cls, history: History, styles: np.ndarray, *, until: int) -> Wording:
        """The papers of a history with these style features; words and scales are those of papers before `until`."""
        from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415 - takes most of a second

        past = history.days < until
        words = Words.learn([paper for paper, is_past in zip(history.papers, past, strict=True) if is_past])
        mean, spread = styles[past].mean(axis=0), styles[past].std(axis=0) + _TINY
        matrix = hstack([words.vectors(history.papers), csr_matrix(style_columns(styles, mean, spread))]).tocsr()
        return cls(words, mean, spread, matrix)

    def learn(self, history: History, *, until: int, begins: int) -> tuple[TextModel, np.ndarray]:
        """What the papers whose fate is known at the beginning of `until` teach, and every paper's logit by that."""
        regression = self._regress(history, _are_labelled(history, until=until, begins=begins))
        weights, size = regression.coef_[0], len(self.words.terms)
        start = float(regression.intercept_[0])
        text = TextModel(self.words, weights[:size], self.mean, self.spread, weights[size:], start)
        return text, regression.decision_function(self.matrix)

    def measure_unseen(self, history: History, *, until: int, begins: int) -> np.ndarray:
        """Logits of papers before `until` by models that haven't seen them, in folds of whole days; 0 for others."""
        labelled = _are_labelled(history, until=until, begins=begins)
        logits = np.zeros(len(history.papers))
        for fold in np.array_split(np.unique(history.days[history.days < until]), _FOLDS):
            here = (history.days >= fold[0]) & (history.days <= fold[-1])
            logits[here] = self._regress(history, labelled & ~here).decision_function(self.matrix[here])
        return logits

    def _regress(self, history: History, among: np.ndarray) -> Any:
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

        regression = LogisticRegression(C=1.0, solver="liblinear")
        return regression.fit(self.matrix[among], history.is_picked[among], weigh_by_upvotes(history)[among])


def weigh_by_upvotes(history: History) -> np.ndarray:
    """How much each paper counts in training: a pick more the more upvotes it was first seen with."""
    favour = np.log1p(history.upvotes) / np.log1p(_USUAL_UPVOTES)
    return np.where(history.is_picked, favour, 1.0)


def _are_labelled(history: History, *, until: int, begins: int) -> np.ndarray:
    found: np.ndarray = (history.days >= begins) & (history.days <= until - SETTLED)
    return found
