"""Papers that turned up when the edition of their day was frozen already."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from digest.edition.announcement_days import days_between
from digest.pipeline.candidates import Late, choose_candidates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.store.announcements import AnnouncementStore
    from digest.store.editions import EditionStore

# For so long what a day lacked is asked for again, and delivered late.
HEALS_FOR = timedelta(days=7)
_DAY = timedelta(days=1)
# What turns up on the last of those days comes with the edition after it, be it after a long weekend.
_LOOK_BACK = HEALS_FOR + timedelta(days=5)


def find_late(
    on: date, categories: Sequence[str], *, announcements: AnnouncementStore, editions: EditionStore
) -> dict[str, Late]:
    """The papers announced in the week before a day, in categories of both days' editions, that no edition has had.

    Of the days before the first edition nothing is late. One after it that has none was given up at its deadline, and
    its papers are late however long ago that was.
    """
    found: dict[str, Late] = {}
    with_edition = editions.find_days()
    first = min(with_edition, default=on)
    for day in days_between(first, on - _DAY):
        if day in with_edition and day < on - _LOOK_BACK:
            continue
        covered = editions.find_categories(day) if day in with_edition else categories
        of_day = announcements.find_announcements(day)
        ids = sorted({one.paper_id for one in of_day})
        wanted = tuple(code for code in categories if code in covered)
        types = choose_candidates(of_day, announcements.find_earlier(ids, before=day), wanted).types
        found |= {paper_id: Late(kind, day) for paper_id, kind in types.items()}
    had = editions.find_shown(list(found), before=on)
    return {paper_id: late for paper_id, late in sorted(found.items()) if paper_id not in had}
