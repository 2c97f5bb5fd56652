"""A trained forecast: from features to each paper's chance of being picked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digest.forecast import effects, record, style
from digest.forecast.logits import chance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.forecast.trees import Trees
    from digest.forecast.words import Words
    from digest.model.forecast import Announced

NAMES = ("text_logit", *record.NAMES, *effects.NAMES, *style.NAMES)
_EFFECTS_LOGIT = NAMES.index("effects_logit")
# How the three parts go together, chosen on days after those that each was trained on.
_TREES, _LINE, _EFFECTS = 0.35, 0.35, 0.30
_MOST_TEXT, _MOST = 5.0, 4.0
# Beside the words, style counts a tenth: the penalty on weights is the same for both.
_STYLE_SCALE = 0.1
_TEAM_STEPS, _PAGE_STEPS = (1, 2, 3, 5, 8, 12, 20), ((-2, -0.5), (-0.5, 9), (15, 25), (25, np.inf))
_EARLY_STEPS, _LATE_STEPS = (0.05, 0.15), (0.9, 0.97)
# What each of the `style_columns` counts to when a forecast is explained.
STYLE_GROUPS = (
    *(feature.group for feature in style.FEATURES),
    *("team" for _ in _TEAM_STEPS),
    *("venue" for _ in _PAGE_STEPS),
    *("timing" for _ in (*_EARLY_STEPS, *_LATE_STEPS)),
)


@dataclass(frozen=True, slots=True)
class TextModel:
    """The chance by the text alone: a logistic regression over words and over how the paper presents itself."""

    words: Words
    word_weights: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    style_weights: np.ndarray
    start: float

    def logits(self, papers: Sequence[Announced], styles: np.ndarray) -> np.ndarray:
        """One a paper, for style features in the same order."""
        by_style = style_columns(styles, self.mean, self.spread) @ self.style_weights
        found: np.ndarray = self.words.vectors(papers) @ self.word_weights + by_style + self.start
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """A logistic regression over `line_columns`: less `mean`, over `spread`, at most four either way."""

    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray
    start: float

    def logits(self, features: np.ndarray) -> np.ndarray:
        """One a row of features."""
        columns = ((line_columns(features) - self.mean) / self.spread).clip(-_MOST, _MOST)
        found: np.ndarray = columns @ self.weights + self.start
        return found


@dataclass(frozen=True, slots=True)
class Stack:
    """Boosted trees, a line, and the authors' effects, in one logit."""

    trees: Trees
    line: Line

    def logits(self, features: np.ndarray) -> np.ndarray:
        """One a row of features in the order of `NAMES`."""
        parts = (_TREES, self.trees.logits(features)), (_LINE, self.line.logits(features))
        found: np.ndarray = sum(weight * logits for weight, logits in parts) + _EFFECTS * features[:, _EFFECTS_LOGIT]
        return found


@dataclass(frozen=True, slots=True)
class Platt:
    """From a logit to a calibrated chance (Platt, 1999)."""

    slope: float
    start: float

    def chances(self, logits: np.ndarray) -> np.ndarray:
        """From 0 to 1."""
        return chance(self.slope * logits + self.start)


def line_columns(features: np.ndarray) -> np.ndarray:
    """Features on two milder scales, so that a line can bend: the signed logarithm and the root."""
    sizes = np.abs(features)
    return np.concatenate([np.sign(features) * np.log1p(sizes), np.sqrt(sizes)], axis=1)


def style_columns(styles: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Style features as columns of the text model: standardised, and in steps where a line would be too stiff."""
    team = np.round(np.exp(styles[:, style.NAMES.index("authors")]))
    pages, early = styles[:, style.NAMES.index("pages")], styles[:, style.NAMES.index("early")]
    steps = [
        *((team >= size) - 0.3 for size in _TEAM_STEPS),
        *((pages >= low) & (pages < high) for low, high in _PAGE_STEPS),
        *(early < share for share in _EARLY_STEPS),
        *(early > share for share in _LATE_STEPS),
    ]
    standard = ((styles - mean) / spread).clip(-_MOST_TEXT, _MOST_TEXT)
    columns = np.concatenate([standard, np.stack(steps, axis=1).astype(float)], axis=1)
    return (_STYLE_SCALE * columns).astype(np.float32)
