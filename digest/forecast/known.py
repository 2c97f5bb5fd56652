"""How far it is settled, some days after its announcement, that a paper was not picked up."""

from __future__ import annotations

import numpy as np

# The share of a paper's picks that were known so many days after its announcement; measured on May to September 2025.
_BY_AGE = np.array(
    [0, 0.02, 0.62, 0.74, 0.79, 0.84, 0.88, 0.92, 0.945, 0.95]
    + [0.96] * 4
    + [0.97] * 5
    + [0.98] * 10
    + [1.0]
)  # fmt: skip
_ONE_BY_ONE: list[float] = _BY_AGE.tolist()


def share_known(ages: np.ndarray, days: np.ndarray, *, begins: int) -> np.ndarray:
    """From 0 to 1 for each paper of `ages` days, announced on `days`: how far "no pick so far" means that none comes.

    Nothing is known of papers announced before `begins`, the first day of which picks are known at all.
    """
    return np.where(days >= begins, _BY_AGE[np.clip(ages, 0, len(_BY_AGE) - 1)], 0.0)


def share_known_of(age: int, day: int, *, begins: int) -> float:
    """The same for one paper."""
    return _ONE_BY_ONE[min(age, len(_ONE_BY_ONE) - 1)] if day >= begins else 0.0
