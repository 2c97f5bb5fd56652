"""The one honest line that says why a paper is in the edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.signal import Contribution

# A reading below this percentile is no reason to show a paper.
_STANDS_OUT = 0.6
_MOST_REASONS = 2


def explain(contributions: Sequence[Contribution]) -> str:
    """The strongest reasons in words, e.g. `its code is linked · 14 authors, more than 91% of today's cs.CV papers`.

    A reason is a contribution well above the middle of its field, with a note; they are ordered by the points they
    add beyond the middle. Where nothing stands out, it says that.
    """
    reasons = [one for one in contributions if one.note and one.percentile >= _STANDS_OUT]
    reasons.sort(key=lambda one: (-_lift(one), one.signal))
    if not reasons:
        return "nothing about it stands out; it scored best of what was left"
    return " · ".join(_say(one) for one in reasons[:_MOST_REASONS])


def _lift(one: Contribution) -> float:
    """Points beyond what a paper in the middle of the field would get from the same signal."""
    return one.points * (one.percentile - 0.5) / one.percentile


def _say(one: Contribution) -> str:
    field = "papers" if one.field == "all fields" else f"{one.field} papers"
    compared = _COMPARED.get(one.signal)
    return one.note if compared is None else f"{one.note}, {compared} {one.percentile:.0%} of today's {field}"


# Signals whose note says little without the comparison.
_COMPARED = {"novelty": "more so than", "team": "more than", "breadth": "more than", "authors": "more than"}
