"""The one honest line that says why a paper is in the edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.edition.percentiles import whole_percentile

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from digest.model.signal import Contribution

# A reading below this percentile is no reason to show a paper.
_STANDS_OUT = 0.6
_MOST_REASONS = 2


def explain(contributions: Sequence[Contribution], *, compared: Collection[str]) -> str:
    """The strongest reasons in words, e.g. `its code is linked · 14 authors (91st percentile of cs.CV today)`.

    A reason is a contribution well above the middle of its field, with a note; they are ordered by the points they
    add beyond the middle. Where nothing stands out, it says that. The notes of the signals named in `compared` say
    little by themselves and get their percentile.
    """
    reasons = [one for one in contributions if one.note and one.percentile >= _STANDS_OUT]
    reasons.sort(key=lambda one: (-_lift(one), one.signal))
    if not reasons:
        return "nothing about it stands out"
    return " · ".join(_say(one, compared) for one in reasons[:_MOST_REASONS])


def _lift(one: Contribution) -> float:
    """Points beyond what a paper in the middle of the field would get from the same signal."""
    return one.points * (one.percentile - 0.5) / one.percentile


def _say(one: Contribution, compared: Collection[str]) -> str:
    if one.signal not in compared:
        return one.note
    return f"{one.note} ({_ordinal(whole_percentile(one.percentile))} percentile of {one.field} today)"


def _ordinal(number: int) -> str:
    ending = "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
