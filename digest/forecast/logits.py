"""Logits and chances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.special import expit

if TYPE_CHECKING:
    import numpy as np


def chance(logits: np.ndarray) -> np.ndarray:
    """The chance, from 0 to 1, that belongs to each logit."""
    found: np.ndarray = expit(logits)
    return found
