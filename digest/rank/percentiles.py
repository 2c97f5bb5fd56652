"""How one value compares with others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A percentile among fewer than this is noise: the field then widens.
FEWEST = 15


def mid_rank(value: float, among: Sequence[float]) -> float:
    """The mid-rank percentile of a value, from 0 to 1, among sorted values that it is one of."""
    return round((bisect_left(among, value) + bisect_right(among, value)) / (2 * len(among)), 6)
