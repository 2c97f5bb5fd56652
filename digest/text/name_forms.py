"""Which forms of a name one person may go by."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from digest.text.names import family_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.text.names import PersonName


class Likeness(IntEnum):
    """How far two names agree: not at all, in turned order, as far as an initial can, or in full."""

    NONE = 0
    TURNED = 1
    INITIAL = 2
    FULL = 3


def compare(one: PersonName, other: PersonName) -> Likeness:
    """How far two names agree; suffixes, given names and initials that are on one side only are nothing against it."""
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return Likeness.NONE
    straight = _in_order(one, other)
    if straight is Likeness.NONE and (_is_turned(one, other) or _is_turned(other, one)):
        return Likeness.TURNED
    return straight


def agree(names: Sequence[PersonName]) -> bool:
    """Whether one person may go by all of these names."""
    return all(compare(one, other) for place, one in enumerate(names) for other in names[place + 1 :])


def _is_turned(one: PersonName, other: PersonName) -> bool:
    turned = one.swapped
    return turned is not None and _in_order(turned, other) is Likeness.FULL


def _in_order(one: PersonName, other: PersonName) -> Likeness:
    if not _same(one.family, other.family) or bool(one.given) != bool(other.given):
        return Likeness.NONE
    if one.family != other.family:
        # Bauer and Baur are two names, Müller and Mueller are one: only evidence tells.
        return min(_given(one, other), Likeness.INITIAL)
    return _given(one, other)


def _given(one: PersonName, other: PersonName) -> Likeness:
    if _same("".join(one.given), "".join(other.given)):
        return Likeness.FULL if one.is_full or not one.given else Likeness.INITIAL
    return _by_parts(one.given, other.given)


def _by_parts(one: tuple[str, ...], other: tuple[str, ...]) -> Likeness:
    """Given names part by part; a hyphenated one is taken apart to meet initials, and together with those after it."""
    if "-" in one[0] + other[0] and 1 in (len(one[0]), len(other[0])):
        one, other = _taken_apart(one), _taken_apart(other)
    first = _part(one[0], other[0])
    if first is not Likeness.NONE and _later_parts_agree(one[1:], other[1:]):
        return first
    return max(_joined(one, other), _joined(other, one))


def _taken_apart(given: tuple[str, ...]) -> tuple[str, ...]:
    return (*given[0].split("-"), *given[1:])


def _part(one: str, other: str) -> Likeness:
    if _same(one, other):
        return Likeness.FULL if len(one) > 1 or not one.isascii() else Likeness.INITIAL
    if min(len(one), len(other)) == 1 and one[0] == other[0]:
        return Likeness.INITIAL
    return Likeness.NONE


def _later_parts_agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Middle names in order; those that are missing on one side say nothing."""
    if not one or not other:
        return True
    fewer, more = sorted((one, other), key=len)
    places = iter(more)
    return all(any(_part(part, place) for place in places) for part in fewer)


def _joined(split: tuple[str, ...], whole: tuple[str, ...]) -> Likeness:
    """`Ming Hsuan K.` and `Minghsuan K.`: the first two parts of one are the first part of the other."""
    if len(split) < 2 or not all(len(part) > 1 for part in split[:2]):
        return Likeness.NONE
    if not _same("".join(split[:2]), whole[0]):
        return Likeness.NONE
    return Likeness.FULL if _later_parts_agree(split[2:], whole[1:]) else Likeness.NONE


def _same(one: str, other: str) -> bool:
    """Equal, also where an umlaut is written out in one of them."""
    return one == other or family_key(one) == family_key(other)
