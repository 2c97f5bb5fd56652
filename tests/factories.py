"""Invented values for tests: say only what matters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from digest.model.announcement import (
    Announcement,
    AnnounceType,
    Feed,
    FeedItem,
    ListedPaper,
    Listing,
    Provenance,
    StatedCounts,
)
from digest.model.paper import Author, Paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.store.announcements import AnnouncementStore

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 18)
THURSDAY = date(2026, 11, 19)


def make_paper(paper_id: str = "2611.90001", **changes: Any) -> Paper:
    values: dict[str, Any] = {
        "id": paper_id,
        "version": 1,
        "title": f"On the tides of paper {paper_id}",
        "abstract": f"We measure the tides of paper {paper_id}. They rise twice a day. We show that they also fall.",
        "authors": (Author("Ada Northmere"), Author("Bo Fell", ("University of Northmere",))),
        "categories": ("cs.CL",),
        "license": "http://creativecommons.org/licenses/by/4.0/",
    }
    return Paper(**{**values, **changes})


def detailed(paper: Paper, **changes: Any) -> Paper:
    """The paper as the query API tells of it."""
    values: dict[str, Any] = {name: getattr(paper, name) for name in Paper.__dataclass_fields__}
    details = {"submitted_at": NOON, "updated_at": NOON, "comment": "12 pages", "license": None}
    return Paper(**{**values, **details, **changes})


def make_item(paper: Paper, announce_type: AnnounceType = AnnounceType.NEW) -> FeedItem:
    return FeedItem(paper, announce_type)


def make_feed(*items: FeedItem, category: str = "cs.CL", dated_on: date | None = THURSDAY) -> Feed:
    return Feed((category,), dated_on, items)


def make_listing(
    *papers: tuple[str, AnnounceType], category: str = "cs.CL", on: date = THURSDAY, stated: StatedCounts | None = None
) -> Listing:
    kinds = [kind for _, kind in papers]
    counts = StatedCounts(
        new=kinds.count(AnnounceType.NEW),
        cross=kinds.count(AnnounceType.CROSS),
        replace=kinds.count(AnnounceType.REPLACE),
    )
    return Listing(category, on, stated or counts, tuple(ListedPaper(*one) for one in papers))


def announce(
    paper: Paper, *, category: str = "cs.CL", on: date = THURSDAY, kind: AnnounceType = AnnounceType.NEW
) -> Announcement:
    return Announcement(paper.id, paper.version, category, on, kind)


def save_batch(
    store: AnnouncementStore,
    papers: Sequence[Paper],
    announcements: Sequence[Announcement],
    *,
    missing: Sequence[tuple[str, AnnounceType]] = (),
    now: datetime = NOON,
) -> None:
    """Saves what was announced, each category and day with a page that lists it all, and what is `missing` besides."""
    kinds = {AnnounceType.REPLACE_CROSS: AnnounceType.REPLACE}
    for category, on in sorted({(one.category, one.announced_on) for one in announcements}):
        some = [one for one in announcements if (one.category, one.announced_on) == (category, on)]
        listed = [(one.paper_id, kinds.get(one.announce_type, one.announce_type)) for one in some]
        page = make_listing(*listed, *missing, category=category, on=on)
        store.save(some, papers, source=Provenance.FEED, now=now, page=page)
