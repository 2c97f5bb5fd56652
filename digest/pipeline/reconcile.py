"""Decides what was announced in a category on a day, from a listing page and a feed that may disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.model.announcement import Announcement, AnnounceType, Batch, BatchState, Problem
from digest.model.ledger import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.model.announcement import Feed, FeedItem, ListedPaper, Listing
    from digest.model.fetch import Validators
    from digest.model.paper import Paper

STALE_ALONE = "its feed still carries an earlier batch, and no listing page could be read"


@dataclass(frozen=True, slots=True)
class Documents:
    """What a category's two documents gave, with a remark for each that could not be read.

    The feed `is_ahead` when it carries another batch than the page and can be of a later day.
    """

    category: str
    listing: Listing | None
    feed: Feed | None
    validators: Validators | None
    remarks: tuple[Problem, ...] = ()
    is_ahead: bool = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with single papers in them."""
        return (*(self.listing.problems if self.listing else ()), *(self.feed.problems if self.feed else ()))

    @property
    def feed_alone(self) -> Feed | None:
        """The feed of a category without a listing page of its day, so that nothing proves its date."""
        return self.feed if self.listing is None or self.is_ahead else None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What to save of one category's feed; `remark` is a sentence for the operator, or empty."""

    papers: tuple[Paper, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    remark: str = ""


def choose_day(
    documents: Iterable[Documents], stale: Collection[str], *, last_day: Callable[[date], date]
) -> date | None:
    """The newest day that a listing page states, or a feed ahead of its page can carry; without any page, any feed.

    A feed's date is that of the request, on a Sunday too: `last_day` tells what was announced last by then. `stale` are
    categories whose feed carries an earlier batch.
    """
    read = tuple(documents)
    listed = [one.listing.announced_on for one in read if one.listing]
    dated = {one.category: last_day(one.feed.dated_on) for one in read if one.feed and one.feed.dated_on}
    fresh = {category: day for category, day in dated.items() if category not in stale}
    if listed:
        return max([*listed, *(fresh[one.category] for one in read if one.is_ahead and one.category in fresh)])
    return max(fresh.values() or dated.values(), default=None)


def reconcile(listing: Listing, feed: Feed | None) -> Reconciled:
    """What the feed, whose own dates mean nothing, tells of the listing's batch."""
    if feed is None:
        return Reconciled()
    if not listing.papers and listing.stated.total:
        return believe(listing.category, feed, listing.announced_on)
    listed = {one.paper_id: one.announce_type for one in listing.papers}
    return fit(listing.category, feed, listing.announced_on, listed)


def fit(category: str, feed: Feed, on: date, listed: Mapping[str, AnnounceType]) -> Reconciled:
    """What a feed tells of a batch with those papers, announced as what the page lists them.

    Of a feed of another batch only what is listed too, and in the same way: a paper that was new yesterday may be
    replaced today. Else all that isn't listed otherwise, as a feed may know a paper that the page doesn't show.
    """
    fitting = [item for item in feed.items if item.paper.id in listed and not _is_contradicted(item, listed)]
    if 2 * len(fitting) >= len(feed.items):
        return _tell([item for item in feed.items if not _is_contradicted(item, listed)], category, on)
    remark = "feed and listing page carry different batches; the papers of the page were asked for one by one"
    return replace(_tell(fitting, category, on), remark=remark)


def _is_contradicted(item: FeedItem, listed: Mapping[str, AnnounceType]) -> bool:
    kind = listed.get(item.paper.id)
    return kind is not None and kind.is_news != item.announce_type.is_news


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
    """A feed that isn't stale, on a day that its category's own listing page could not confirm."""
    return _tell(feed.items, category, on)


def list_lines(
    on: date, documents: Sequence[Documents], stored: Iterable[Batch], stale: Collection[str]
) -> tuple[Line, ...]:
    """One line a category for the day's report: what is stored of it, or else why nothing is."""
    known = {batch.category: batch for batch in stored}
    return tuple(
        Line(known[one.category], known[one.category].state)
        if one.category in known
        else Line(Batch(one.category, on, None, 0), _absence(one, is_stale=one.category in stale))
        for one in documents
    )


def _absence(documents: Documents, *, is_stale: bool) -> BatchState:
    of_another_day = documents.listing is not None
    return BatchState.STALE if is_stale or of_another_day else BatchState.BROKEN


def remark_on(documents: Documents, on: date, *, is_stale: bool) -> Iterator[Problem]:
    """What the operator should know of a category as a whole."""
    yield from documents.remarks
    if is_stale:
        yield Problem(documents.category, STALE_ALONE)
    elif documents.feed_alone and not documents.listing:
        what = f"no listing page could be read, so nothing proves that its feed is that of {on}, and whole"
        yield Problem(documents.category, what)
    if documents.listing and documents.listing.announced_on < on:
        yield Problem(documents.category, say_old_page(documents.listing))
    elif documents.listing and documents.listing.announced_on > on:
        yield Problem(documents.category, f"arXiv lists {documents.listing.announced_on} now, not {on}")


def say_old_page(listing: Listing) -> str:
    """That a page stands still."""
    return f"arXiv's listing page is still that of {listing.announced_on}"


def settle_missing(batches: Iterable[Batch], papers: Mapping[str, Paper]) -> list[Announcement]:
    """The announcements that can be made of what the batches lacked, now that some papers are known."""
    return [
        _announce_listed(one, papers[one.paper_id], batch)
        for batch in batches
        for one in batch.missing
        if one.paper_id in papers
    ]


def _tell(items: Sequence[FeedItem], category: str, on: date) -> Reconciled:
    announcements = tuple(
        Announcement(item.paper.id, item.paper.version, category, on, item.announce_type) for item in items
    )
    return Reconciled(tuple(item.paper for item in items), announcements)


def _announce_listed(listed: ListedPaper, paper: Paper, batch: Batch) -> Announcement:
    """The page has one section for both kinds of replacement; the primary category tells them apart."""
    kind = listed.announce_type
    if kind is AnnounceType.REPLACE and paper.primary_category != batch.category:
        kind = AnnounceType.REPLACE_CROSS
    return Announcement(paper.id, paper.version, batch.category, batch.announced_on, kind)
