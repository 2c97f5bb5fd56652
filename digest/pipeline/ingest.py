"""arXiv's announcement into the store, with its line in the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from digest.edition.announcement_days import expected_by, last_announcement_day
from digest.errors import SourceError
from digest.model.announcement import Feed, Listing, Problem, Provenance
from digest.pipeline.complete import Complete, PaperSource
from digest.pipeline.late import HEALS_FOR
from digest.pipeline.reconcile import (
    Documents,
    Reconciled,
    believable,
    believe,
    choose_day,
    fit,
    is_stale,
    list_lines,
    reconcile,
    remark_on,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date, datetime

    from digest.model.fetch import Fetched, Validators
    from digest.model.ledger import Line
    from digest.pipeline.follow import FollowUp
    from digest.store.announcements import AnnouncementStore

_Value = TypeVar("_Value")


class Arxiv(PaperSource, Protocol):
    """Where announcements come from: arXiv itself, or documents saved from it."""

    def read_feed(self, category: str) -> Fetched[Feed]:
        """The category's feed, or None as value when it is the same as last time."""

    def read_listing(self, category: str) -> Listing:
        """The category's listing page."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What came of one ingest: a line a category, single problems, and remarks on whole categories."""

    announced_on: date
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Ingest:
    """Brings the day's announcements of some categories into the store, one category after the other.

    A category that can't be read is a remark in the report and doesn't stop the others. A category with a listing page
    is saved as soon as it is read, so that a run that is cut off loses nothing and the next one completes it; feeds
    without a page wait until the pages of the others have told the day. `follow` keeps track of what is to be asked
    again; documents that were saved once have no need of it.
    """

    arxiv: Arxiv
    store: AnnouncementStore
    clock: Callable[[], datetime]
    holidays: Collection[date] = ()
    follow: FollowUp | None = None

    def run(
        self, categories: Sequence[str], *, on: date | None = None, told: Callable[[str], None] = lambda _: None
    ) -> IngestReport:
        """The report of the newest day that arXiv lists, or of `on` alone; `told` hears of each step.

        Raises SourceError when nothing of that day could be read, now or before.
        """
        documents = [self._read(category, on, told) for category in categories]
        try:
            return self._settle_day(documents, on, told)
        finally:
            self._note(documents)

    def find_unproven(self, categories: Sequence[str]) -> tuple[str, ...]:
        """Those of the categories of which something is missing, or could be; all of them for saved documents."""
        proven = {one.category for one in self.store.find_batches(self._expected()) if one.is_proven}
        return tuple(code for code in categories if self.follow is None or code not in proven)

    def find_due(self, categories: Sequence[str]) -> tuple[str, ...]:
        """Those of the categories that are to be asked now: not whole, and not asked just before."""
        expected, now = self._expected(), self.clock()
        if self.follow is None:
            return tuple(categories)
        return self.follow.find_due(categories, expected, self.store.find_batches(expected), now=now)

    def heal(self) -> tuple[Problem, ...]:
        """Asks once more for what the last week lacks, papers by name or their details, where that is due."""
        if self.follow is None:
            return ()
        until, now = self._expected(), self.clock()
        since = until - HEALS_FOR
        lacking = self.follow.find_lacking(self.store.find_batches(until, since=since), now=now)
        undetailed = self.store.find_undetailed(until, since=since)
        if not lacking and not (undetailed and self.follow.wants_details(until, now=now)):
            return ()
        problems = self._complete.run(until)
        self.follow.note_lacking(lacking, self.store.find_batches(until, since=since), now=now)
        if undetailed:
            self.follow.note_details(until, left=len(self.store.find_undetailed(until, since=since)), now=now)
        return tuple(problems)

    def _settle_day(self, documents: list[Documents], on: date | None, told: Callable[[str], None]) -> IngestReport:
        last_day = partial(last_announcement_day, holidays=self.holidays)
        day = on or choose_day(documents, self._find_stale(documents, before=None), last_day=last_day)
        if day is None:
            raise _nothing_read([remark for one in documents for remark in one.remarks])
        stale = self._find_stale(documents, before=day)
        self._believe([one for one in believable(documents, on) if one.category not in stale], day)
        told("reading authors, comments and dates")
        problems = [problem for one in documents for problem in one.problems] + self._complete.run(day)
        remarks = [remark for one in documents for remark in remark_on(one, day, is_stale=one.category in stale)]
        lines = list_lines(day, documents, self.store.find_batches(day), stale)
        if not stale and not any(line.batch.stated or line.batch.seen for line in lines):
            raise _nothing_read(remarks)
        return IngestReport(day, lines, tuple(problems), tuple(remarks))

    @property
    def _complete(self) -> Complete:
        return Complete(self.arxiv, self.store, self.clock)

    def _expected(self) -> date:
        return expected_by(self.clock())

    def _note(self, documents: Sequence[Documents]) -> None:
        if self.follow and documents:
            expected = self._expected()
            self.follow.note(documents, expected, self.store.find_batches(expected), now=self.clock())

    def _read(self, category: str, on: date | None, told: Callable[[str], None]) -> Documents:
        """The category's documents; with a listing page of the day they are saved at once."""
        told(f"reading {category}")
        listing, refused = _attempt(category, lambda: self.arxiv.read_listing(category))
        fetched, failed = _attempt(category, lambda: self.arxiv.read_feed(category))
        feed, validators = (fetched.value, fetched.validators) if fetched else (None, None)
        documents = Documents(category, listing, feed, validators, (*refused, *failed))
        if listing is None or on not in (None, listing.announced_on):
            return documents
        reconciled = reconcile(listing, feed)
        # A feed of another batch is wanted whole once the page has come to that one too.
        self._save(reconciled, None if reconciled.remark else validators, listing)
        if not reconciled.remark:
            return documents
        remarks = (*documents.remarks, Problem(category, reconciled.remark))
        is_ahead = bool(feed and feed.dated_on and feed.dated_on > listing.announced_on)
        return replace(documents, remarks=remarks, is_ahead=is_ahead)

    def _find_stale(self, documents: Iterable[Documents], *, before: date | None) -> set[str]:
        """The categories whose feed, alone, carries what they announced before a day, or before its own date."""
        return {one.category for one in documents if one.feed_alone and self._is_stale(one.feed_alone, one, before)}

    def _is_stale(self, feed: Feed, documents: Documents, before: date | None) -> bool:
        day = before or feed.dated_on
        if day is None:
            return False
        versions = {item.paper.id: item.paper.version for item in feed.items}
        return is_stale(
            feed,
            {
                one.paper_id
                for one in self.store.find_earlier(tuple(versions), before=day)
                if one.category == documents.category and one.version == versions[one.paper_id]
            },
        )

    def _believe(self, documents: Iterable[Documents], day: date) -> None:
        """Saves feeds without a page; where an earlier run has read the page, only what fits to it."""
        proven = {batch.category for batch in self.store.find_batches(day) if batch.stated}
        for one in documents:
            if one.feed_alone and one.category not in proven:
                self._save(believe(one.category, one.feed_alone, day), one.validators)
            elif one.feed_alone:
                self._save(self._fit(one.category, one.feed_alone, day), None)

    def _fit(self, category: str, feed: Feed, day: date) -> Reconciled:
        (batch,) = (one for one in self.store.find_batches(day) if one.category == category)
        announced = self.store.find_announcements(day, category=category)
        listed = {one.paper_id: one.announce_type for one in batch.missing}
        listed |= {one.paper_id: one.announce_type for one in announced}
        return fit(category, feed, day, listed)

    def _save(self, told: Reconciled, validators: Validators | None, page: Listing | None = None) -> None:
        self.store.save(
            told.announcements,
            told.papers,
            source=Provenance.FEED,
            now=self.clock(),
            page=page,
            validators=validators,
        )


def _attempt(category: str, read: Callable[[], _Value]) -> tuple[_Value | None, tuple[Problem, ...]]:
    """What was read, or None and the remark that says why not."""
    try:
        return read(), ()
    except SourceError as error:
        return None, (Problem(category, str(error)),)


def _nothing_read(remarks: Sequence[Problem]) -> SourceError:
    what = remarks[0].what if remarks else "arXiv: gave no document with a date"
    where, told, problem = what.partition(": ")
    hint = "No category could be read; nothing was changed."
    return SourceError(where if told else "arXiv", (problem or what).rstrip("."), hint=hint)
