"""Simple orders of a day's papers that a forecast has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digest.forecast.history import SETTLED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.forecast.history import History

_PRIOR_PAPERS = 20


def score_baselines(history: History, *, since: int, begins: int) -> dict[str, np.ndarray]:
    """A score for every paper by each baseline's name; they learn from what was known at the beginning of `since`."""
    among = (history.days >= begins) & (history.days <= since - SETTLED)
    rng = np.random.default_rng(0)
    return {
        "tf-idf logistic regression": _by_words(history, among),
        "category prior": _by_category(history, among),
        "author count": np.array([len(paper.authors) for paper in history.papers], dtype=float),
        "newest first": np.arange(len(history.papers), dtype=float),
        "random": rng.random(len(history.papers)),
    }


def _by_category(history: History, among: np.ndarray) -> np.ndarray:
    """The share of papers picked up in the same primary category, shrunk towards that of all."""
    primary = ["".join(paper.categories[:1]) for paper in history.papers]
    overall = history.is_picked[among].mean() if among.any() else 0.0
    counts: dict[str, list[float]] = {}
    for place in np.flatnonzero(among):
        count = counts.setdefault(primary[place], [0.0, 0.0])
        count[0] += 1
        count[1] += history.is_picked[place]
    rates: Mapping[str, float] = {
        code: (picked + _PRIOR_PAPERS * overall) / (papers + _PRIOR_PAPERS) for code, (papers, picked) in counts.items()
    }
    return np.array([rates.get(code, overall) for code in primary])


def _by_words(history: History, among: np.ndarray) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - takes most of a second
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    if len(set(history.is_picked[among])) < 2:
        return np.zeros(len(history.papers))
    texts = [f"{paper.title}\n{paper.abstract}" for paper in history.papers]
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=5, ngram_range=(1, 2), dtype=np.float32)
    vectorizer.fit([texts[place] for place in np.flatnonzero(among)])
    vectors = vectorizer.transform(texts)
    learned = LogisticRegression(C=10.0, solver="liblinear").fit(vectors[among], history.is_picked[among])
    found: np.ndarray = learned.predict_proba(vectors)[:, 1]
    return found
