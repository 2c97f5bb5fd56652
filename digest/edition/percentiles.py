"""How a percentile is written for readers: the badge of a card and the line of reasons say the same number."""

from __future__ import annotations


def whole_percentile(percentile: float) -> int:
    """A percentile (0 to 1) in whole hundredths, at most 99: at 100 a paper would be above itself."""
    return min(99, round(100 * percentile))
