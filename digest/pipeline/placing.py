"""Decides on which days papers were announced that the archive of records tells of."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from statistics import median_low
from typing import TYPE_CHECKING

from digest.edition.announcement_days import find_announcement_day
from digest.model.announcement import Announcement, AnnounceType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from digest.model.history import LaterVersion

# Among so many papers before and after one most were not held up. A day has a thousand ids and more.
_NEIGHBOURS, _NEAR = 7, 500
# arXiv announces no replacements beyond the fifth version.
_LAST_ANNOUNCED_VERSION = 5


def place(news: Iterable[Announcement]) -> Mapping[str, date]:
    """The day of each paper's first announcement, by id.

    arXiv gives ids in the order of announcement, so that a paper that was held up stands among those with which it
    came out: https://info.arxiv.org/help/arxiv_identifier.html. It never came out before it could.
    """
    estimated: dict[str, date] = {}
    for one in news:
        estimated[one.paper_id] = min(one.announced_on, estimated.get(one.paper_id, one.announced_on))
    ids = sorted(estimated)
    placed = {}
    for at, paper_id in enumerate(ids):
        around = ids[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS + 1]
        near = [estimated[other] for other in around if _is_near(other, paper_id)]
        placed[paper_id] = max(estimated[paper_id], median_low(near))
    return placed


def _is_near(one: str, other: str) -> bool:
    """Whether two ids may be of one day: of one month, with few others between them."""
    (month, _, number), (other_month, _, other_number) = one.partition("."), other.partition(".")
    if not number.isdecimal() or not other_number.isdecimal():
        return one == other
    return month == other_month and abs(int(number) - int(other_number)) <= _NEAR


def move(
    news: Iterable[Announcement], days: Mapping[str, date], missed: Sequence[date], *, floor: date
) -> list[Announcement]:
    """The announcements on the days that were missed, of papers placed on `floor` or later; `missed` are in order.

    One that would fall on a day before a missed one comes with that: had it been announced before, it were known.
    """
    placed = ((one, bisect_left(missed, days[one.paper_id])) for one in news if days[one.paper_id] >= floor)
    return [replace(one, announced_on=missed[at]) for one, at in placed if at < len(missed)]


def announce_versions(
    versions: Iterable[LaterVersion], missed: Collection[date], holidays: Collection[date]
) -> list[Announcement]:
    """The replacements among later versions that were announced on the days that were missed."""
    return [
        Announcement(
            one.paper_id,
            one.version,
            one.category,
            day,
            AnnounceType.REPLACE if one.is_primary else AnnounceType.REPLACE_CROSS,
        )
        for one in versions
        if one.version <= _LAST_ANNOUNCED_VERSION
        and (day := find_announcement_day(one.submitted_at, holidays=holidays)) in missed
    ]
