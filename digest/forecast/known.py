"""How far it is settled, some days after its announcement, that a paper was not picked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.forecast.history import History

# The share of a paper's picks that were known so many days after its announcement, for who has measured none.
USUALLY_KNOWN = np.array(
    [0, 0.02, 0.62, 0.74, 0.79, 0.84, 0.88, 0.92, 0.945, 0.95]
    + [0.96] * 4
    + [0.97] * 5
    + [0.98] * 10
    + [1.0]
)  # fmt: skip
_LAST_AGE = len(USUALLY_KNOWN) - 1
# What is usual counts like so many picks, so that a few don't make steps.
_USUAL_PICKS = 50


def measure_known(history: History, *, begins: int, until: int) -> np.ndarray:
    """The share of picks known at each age in days, as `USUALLY_KNOWN`, by what was known at the beginning of `until`.

    Only papers old enough count: of younger ones the late picks would be missing.
    """
    old = (history.days >= begins) & (history.days <= until - _LAST_AGE) & (history.known_on <= until)
    ages = (history.known_on - history.days)[old]
    came = np.bincount(np.clip(ages, 0, _LAST_AGE), minlength=_LAST_AGE + 1).cumsum()
    found: np.ndarray = (came + _USUAL_PICKS * USUALLY_KNOWN) / (len(ages) + _USUAL_PICKS)
    return found


def share_known(ages: np.ndarray, days: np.ndarray, *, begins: int, known: np.ndarray) -> np.ndarray:
    """From 0 to 1 for each paper of `ages` days, announced on `days`: how far "no pick so far" means that none comes.

    Nothing is known of papers announced before `begins`, the first day of which picks are known at all; `known` is the
    share of picks that is known by age.
    """
    return np.where(days >= begins, known[np.clip(ages, 0, len(known) - 1)], 0.0)


def share_known_of(age: int, day: int, *, begins: int, known: Sequence[float]) -> float:
    """The same for one paper."""
    return known[min(age, len(known) - 1)] if day >= begins else 0.0
