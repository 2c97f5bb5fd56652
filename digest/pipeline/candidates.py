"""Decides which of a day's announcements are candidates for its edition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.model.announcement import AnnounceType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from digest.model.announcement import Announcement


@dataclass(frozen=True, slots=True)
class Late:
    """What a paper was announced as on an earlier day."""

    announce_type: AnnounceType
    first_on: date


@dataclass(frozen=True, slots=True)
class Candidates:
    """The papers announced that day for the first time, and those of which only a newer version was; by id.

    `late` are papers of earlier days that turned up when the editions of those days were frozen.
    """

    types: Mapping[str, AnnounceType]
    replaced: Mapping[str, AnnounceType]
    late: Mapping[str, Late] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.types, *self.replaced, *self.late))


def choose_candidates(
    announcements: Iterable[Announcement], earlier: Iterable[Announcement], categories: Sequence[str]
) -> Candidates:
    """Each paper once, however many categories list it; `new` anywhere beats `cross`.

    A paper that one of the categories announced on an earlier day, new or cross-listed, is not news again.
    """
    wanted = set(categories)
    of_day = [one for one in announcements if one.category in wanted]
    old = {one.paper_id for one in earlier if one.category in wanted and one.announce_type.is_news}
    types: dict[str, AnnounceType] = {}
    for one in of_day:
        if one.announce_type.is_news and one.paper_id not in old and types.get(one.paper_id) != AnnounceType.NEW:
            types[one.paper_id] = one.announce_type
    replaced: dict[str, AnnounceType] = {}
    for one in of_day:
        is_own = one.announce_type is AnnounceType.REPLACE
        if one.announce_type.is_replacement and one.paper_id not in types and (is_own or one.paper_id not in replaced):
            replaced[one.paper_id] = one.announce_type
    return Candidates(dict(sorted(types.items())), dict(sorted(replaced.items())))
