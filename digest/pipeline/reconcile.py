"""Decides what was announced in a category on a day, from a listing page and a feed that may disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.model.announcement import Announcement, AnnounceType, Batch, BatchState, ListedPaper

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from digest.model.announcement import Feed, FeedItem, Listing
    from digest.model.paper import Paper


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What to save for one category; `remark` is a sentence for the operator, or empty."""

    batch: Batch
    papers: tuple[Paper, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    remark: str = ""


def reconcile(listing: Listing, feed: Feed | None, *, known: Collection[str]) -> Reconciled:
    """The listing's batch; the feed, whose own dates mean nothing, only tells what the listed papers are.

    `known` are ids announced in this category on that day according to the store. Without a feed, or for papers that
    the feed lacks, the batch's `missing` says of which papers nothing is known yet.
    """
    listed = {one.paper_id: one for one in listing.papers}
    items = feed.items if feed else ()
    fitting = [item for item in items if item.paper.id in listed]
    is_stale = bool(items and listed) and 2 * len(fitting) < len(items)
    if not is_stale:
        # The feed may know a paper that the page doesn't show: the batch then has more than was stated.
        fitting = list(items)
    announcements = [_announce(item, listing.category, listing.announced_on) for item in fitting]
    seen = {*known, *(one.paper_id for one in announcements)}
    missing = tuple(one for one in listing.papers if one.paper_id not in seen)
    batch = Batch(
        listing.category,
        listing.announced_on,
        _judge(expected=listing.stated.total, seen=len(seen), missing=missing),
        listing.stated.total,
        len(seen),
        missing,
    )
    remark = (
        "feed and listing page carry different batches; the papers of the page were asked for one by one"
        if is_stale
        else ""
    )
    return Reconciled(batch, tuple(item.paper for item in fitting), tuple(announcements), remark)


def believe(category: str, feed: Feed, on: date, *, announced_before: Collection[str]) -> Reconciled:
    """The batch of a feed alone, dated by its own word because no listing page could be read.

    `announced_before` are the ids among its papers that this category announced, in the same version, on an earlier
    day: when they are most of it, the feed is stale and nothing of it is saved.
    """
    if feed.items and 2 * len(announced_before) > len(feed.items):
        batch = Batch(category, on, BatchState.STALE, None, 0)
        return Reconciled(batch, remark="its feed still carries an earlier batch, and no listing page could be read")
    announcements = tuple(_announce(item, category, on) for item in feed.items)
    batch = Batch(category, on, BatchState.PENDING, None, len(announcements))
    remark = "no listing page could be read, so the date is the feed's own and nothing proves it complete"
    return Reconciled(batch, tuple(item.paper for item in feed.items), announcements, remark)


def settle_missing(batches: Iterable[Batch], papers: Mapping[str, Paper]) -> list[Reconciled]:
    """Those of the batches that lacked some of `papers`, with the announcements that now can be made."""
    return [_settle(batch, papers) for batch in batches if any(one.paper_id in papers for one in batch.missing)]


def _settle(batch: Batch, papers: Mapping[str, Paper]) -> Reconciled:
    found = [one for one in batch.missing if one.paper_id in papers]
    missing = tuple(one for one in batch.missing if one.paper_id not in papers)
    announcements = tuple(_announce_listed(one, papers[one.paper_id], batch) for one in found)
    seen = batch.seen + len(found)
    state = _judge(expected=batch.expected, seen=seen, missing=missing)
    return Reconciled(replace(batch, state=state, seen=seen, missing=missing), announcements=announcements)


def _judge(*, expected: int | None, seen: int, missing: Sequence[ListedPaper]) -> BatchState:
    if expected == 0 and not seen:
        return BatchState.QUIET
    is_short = bool(missing) or seen != expected
    return BatchState.INCOMPLETE if is_short else BatchState.COMPLETE


def _announce(item: FeedItem, category: str, on: date) -> Announcement:
    return Announcement(item.paper.id, item.paper.version, category, on, item.announce_type)


def _announce_listed(listed: ListedPaper, paper: Paper, batch: Batch) -> Announcement:
    """The page has one section for both kinds of replacement; the primary category tells them apart."""
    kind = listed.announce_type
    if kind is AnnounceType.REPLACE and paper.primary_category != batch.category:
        kind = AnnounceType.REPLACE_CROSS
    return Announcement(paper.id, paper.version, batch.category, batch.announced_on, kind)
