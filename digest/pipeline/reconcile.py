"""Decides what was announced in a category on a day, from a listing page and a feed that may disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.model.announcement import Announcement, AnnounceType, Batch, BatchState, ListedPaper, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.model.announcement import Feed, FeedItem, Listing
    from digest.model.fetch import Validators
    from digest.model.paper import Paper


@dataclass(frozen=True, slots=True)
class Documents:
    """What a category's two documents gave, with a remark for each that could not be read."""

    category: str
    listing: Listing | None
    feed: Feed | None
    validators: Validators | None
    remarks: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with single papers in them."""
        return (*(self.listing.problems if self.listing else ()), *(self.feed.problems if self.feed else ()))

    @property
    def feed_alone(self) -> Feed | None:
        """The feed of a category without a listing page, so that nothing proves its date."""
        return None if self.listing else self.feed


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What to save for one category; `remark` is a sentence for the operator, or empty."""

    batch: Batch
    papers: tuple[Paper, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    remark: str = ""


def choose_day(documents: Iterable[Documents], stale: Collection[str]) -> date | None:
    """The newest day that a listing page states; without any page, what the feeds say that aren't stale.

    A feed's date is that of the request, on a Sunday too. `stale` are categories whose feed carries an earlier batch.
    """
    read = tuple(documents)
    listed = [one.listing.announced_on for one in read if one.listing]
    dated = {one.category: one.feed.dated_on for one in read if one.feed and one.feed.dated_on}
    fresh = [day for category, day in dated.items() if category not in stale]
    return max(listed or fresh or dated.values(), default=None)


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


def believable(documents: Iterable[Documents], on: date | None) -> list[Documents]:
    """Those with a feed alone; where `on` was asked for and no page states it, only feeds of that date or of none."""
    read = list(documents)
    is_listed = on in (None, *(one.listing.announced_on for one in read if one.listing))
    return [one for one in read if one.feed_alone and (is_listed or one.feed_alone.dated_on in (None, on))]


def is_stale(feed: Feed, announced_before: Collection[str]) -> bool:
    """Whether a feed carries an earlier batch: its category announced most of its papers on earlier days.

    `announced_before` are the ids among its papers that were announced there, in the same version, before.
    """
    return bool(feed.items) and 2 * len(announced_before) > len(feed.items)


def believe(category: str, feed: Feed, on: date) -> Reconciled:
    """The batch of a feed that isn't stale, on a day that its category's own listing page could not confirm."""
    announcements = tuple(_announce(item, category, on) for item in feed.items)
    batch = Batch(category, on, BatchState.PENDING, None, len(announcements))
    return Reconciled(batch, tuple(item.paper for item in feed.items), announcements)


def list_batches(
    on: date, documents: Sequence[Documents], stored: Iterable[Batch], stale: Collection[str]
) -> tuple[Batch, ...]:
    """One batch a category for the day's report: what is stored of it, or else why nothing is."""
    known = {batch.category: batch for batch in stored}
    return tuple(known.get(one.category) or _absent(one, on, is_stale=one.category in stale) for one in documents)


def _absent(documents: Documents, on: date, *, is_stale: bool) -> Batch:
    of_another_day = documents.listing is not None
    state = BatchState.STALE if is_stale or of_another_day else BatchState.BROKEN
    return Batch(documents.category, on, state, None, 0)


def remark_on(documents: Documents, on: date, *, is_stale: bool) -> Iterator[Problem]:
    """What the operator should know of a category as a whole."""
    yield from documents.remarks
    if is_stale:
        yield Problem(documents.category, "its feed still carries an earlier batch, and no listing page could be read")
    elif documents.feed_alone:
        what = f"no listing page could be read, so nothing proves that its feed is that of {on}, and whole"
        yield Problem(documents.category, what)
    listed = documents.listing.announced_on if documents.listing else on
    if listed < on:
        yield Problem(documents.category, f"arXiv's listing page is still that of {listed}")
    elif listed > on:
        yield Problem(documents.category, f"arXiv lists {listed} now, not {on}")


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
    is_short = bool(missing) or expected is None or seen < expected
    return BatchState.INCOMPLETE if is_short else BatchState.COMPLETE


def _announce(item: FeedItem, category: str, on: date) -> Announcement:
    return Announcement(item.paper.id, item.paper.version, category, on, item.announce_type)


def _announce_listed(listed: ListedPaper, paper: Paper, batch: Batch) -> Announcement:
    """The page has one section for both kinds of replacement; the primary category tells them apart."""
    kind = listed.announce_type
    if kind is AnnounceType.REPLACE and paper.primary_category != batch.category:
        kind = AnnounceType.REPLACE_CROSS
    return Announcement(paper.id, paper.version, batch.category, batch.announced_on, kind)
