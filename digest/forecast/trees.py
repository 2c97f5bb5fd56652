"""Boosted trees as plain numbers: applied with numpy alone, so that scoring needs no library of the training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAF = -1


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees × nodes: which feature a node asks for (-1: a leaf), up to which value it goes left, where to, and what a
    leaf adds to `start`."""

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    start: float

    def logits(self, features: np.ndarray) -> np.ndarray:
        """The sum over all trees for each row."""
        rows, trees = len(features), len(self.feature)
        every = np.arange(trees)[None, :]
        node = np.zeros((rows, trees), dtype=np.int64)
        while True:
            asked = self.feature[every, node]
            inner = asked != _LEAF
            if not inner.any():
                sums: np.ndarray = self.start + self.value[every, node].sum(axis=1)
                return sums
            given = np.take_along_axis(features, np.maximum(asked, 0), axis=1)
            goes_left = given <= self.threshold[every, node]
            child = np.where(goes_left, self.left[every, node], self.right[every, node])
            node = np.where(inner, child, node)

    @classmethod
    def of(cls, models: Sequence[Any]) -> Trees:
        """The mean of several gradient boosting classifiers of scikit-learn."""
        grown = [stage[0].nodes for model in models for stage in model._predictors]  # noqa: SLF001 - has no other way out
        most = max(len(nodes) for nodes in grown)
        made = cls(
            feature=np.full((len(grown), most), _LEAF, dtype=np.int16),
            threshold=np.zeros((len(grown), most)),
            left=np.zeros((len(grown), most), dtype=np.int16),
            right=np.zeros((len(grown), most), dtype=np.int16),
            value=np.zeros((len(grown), most)),
            start=float(np.mean([model._baseline_prediction.ravel()[0] for model in models])),  # noqa: SLF001
        )
        for row, nodes in enumerate(grown):
            size = len(nodes)
            leaf = nodes["is_leaf"].astype(bool)
            made.feature[row, :size] = np.where(leaf, _LEAF, nodes["feature_idx"])
            made.threshold[row, :size] = nodes["num_threshold"]
            made.left[row, :size], made.right[row, :size] = nodes["left"], nodes["right"]
            made.value[row, :size] = np.where(leaf, nodes["value"], 0) / len(models)
        return made
