"""arXiv's announcement into the store, with its line in the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from digest.errors import SourceError
from digest.model.announcement import Batch, BatchState, Feed, Listing, Problem
from digest.pipeline.reconcile import Reconciled, believe, reconcile, settle_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from digest.model.fetch import Fetched, PapersRead, Validators
    from digest.store.announcements import AnnouncementStore


class Arxiv(Protocol):
    """Where announcements come from: arXiv itself, or documents saved from it."""

    def read_feed(self, category: str) -> Fetched[Feed]:
        """The category's feed, or None as value when it is the same as last time."""

    def read_listing(self, category: str) -> Listing:
        """The category's listing page."""

    def read_papers(self, ids: Iterable[str]) -> PapersRead:
        """The papers with these ids."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What came of one ingest: a batch a category, single problems, and remarks on whole categories."""

    announced_on: date
    batches: tuple[Batch, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """The categories of which nothing could be read."""
        return tuple(batch.category for batch in self.batches if batch.state is BatchState.BROKEN)


@dataclass(frozen=True, slots=True)
class _Read:
    """What a category's two documents gave; a remark for each that could not be read."""

    category: str
    listing: Listing | None
    feed: Feed | None
    validators: Validators | None
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Ingest:
    """Brings the day's announcements of some categories into the store, one category after the other.

    A category that can't be read is a remark in the report and doesn't stop the others; every batch is saved as soon
    as it is read, so that a run that is cut off loses nothing and the next one completes it.
    """

    arxiv: Arxiv
    store: AnnouncementStore
    clock: Callable[[], datetime]

    def run(
        self, categories: Sequence[str], *, on: date | None = None, told: Callable[[str], None] = lambda _: None
    ) -> IngestReport:
        """The report of the newest day that arXiv lists, or of `on` alone; `told` hears of each step.

        Raises SourceError when no category could be read.
        """
        batches: list[Batch] = []
        problems: list[Problem] = []
        remarks: list[Problem] = []
        for category in categories:
            told(f"reading {category}")
            read = self._read(category)
            remarks += read.remarks
            day = _day_of(read)
            if day and on not in (None, day):
                remarks.append(Problem(category, f"arXiv lists {day} now, not {on}"))
            reconciled = self._reconcile(read, day) if day and on in (None, day) else None
            if reconciled is None:
                continue
            problems += read.problems
            remarks += [Problem(category, reconciled.remark)] if reconciled.remark else []
            if reconciled.batch.state is not BatchState.STALE:
                self._save(reconciled, read.validators)
            batches.append(reconciled.batch)
        if not batches:
            raise _nothing_read(remarks)
        day = max(batch.announced_on for batch in batches)
        told("reading authors, comments and dates")
        problems += self._complete(day)
        behind = [batch for batch in batches if batch.announced_on != day]
        remarks += [
            Problem(one.category, f"arXiv's listing page is still that of {one.announced_on}") for one in behind
        ]
        silent = [replace(one, state=BatchState.STALE) for one in behind]
        silent += [batch for batch in batches if batch.state is BatchState.STALE and batch not in behind]
        broken = [Batch(name, day, BatchState.BROKEN, None, 0) for name in _unread(categories, batches)]
        saved = [batch for batch in self.store.find_batches(day) if batch.category in categories]
        return IngestReport(day, (*saved, *silent, *broken), tuple(problems), tuple(remarks))

    def _read(self, category: str) -> _Read:
        listing = feed = validators = None
        remarks = []
        try:
            listing = self.arxiv.read_listing(category)
        except SourceError as error:
            remarks.append(Problem(category, str(error)))
        try:
            fetched = self.arxiv.read_feed(category)
            feed, validators = fetched.value, fetched.validators
        except SourceError as error:
            remarks.append(Problem(category, str(error)))
        problems = (*(listing.problems if listing else ()), *(feed.problems if feed else ()))
        return _Read(category, listing, feed, validators, problems, tuple(remarks))

    def _reconcile(self, read: _Read, day: date) -> Reconciled | None:
        if read.listing:
            known = {one.paper_id for one in self.store.find_announcements(day, category=read.category)}
            return reconcile(read.listing, read.feed, known=known)
        return self._believe(read, day)

    def _believe(self, read: _Read, day: date) -> Reconciled | None:
        if read.feed is None:
            return None
        versions = {item.paper.id: item.paper.version for item in read.feed.items}
        earlier = self.store.find_earlier(tuple(versions), before=day)
        before = {
            one.paper_id for one in earlier if one.category == read.category and one.version == versions[one.paper_id]
        }
        return believe(read.category, read.feed, day, announced_before=before)

    def _save(self, reconciled: Reconciled, validators: Validators | None) -> None:
        self.store.save_batch(
            reconciled.batch,
            reconciled.papers,
            reconciled.announcements,
            validators=validators,
            now=self.clock(),
        )

    def _complete(self, day: date) -> list[Problem]:
        """Asks the query API for what feeds don't tell, and for the papers that the feeds lacked."""
        batches = self.store.find_batches(day)
        missing = {one.paper_id for batch in batches for one in batch.missing}
        wanted = sorted({*missing, *self.store.find_undetailed(day)})
        if not wanted:
            return []
        read = self.arxiv.read_papers(wanted)
        settled = settle_missing(batches, {paper.id: paper for paper in read.papers if paper.id in missing})
        self.store.save_details(
            read.papers,
            [one for reconciled in settled for one in reconciled.announcements],
            [reconciled.batch for reconciled in settled],
            now=self.clock(),
        )
        return list(read.problems)


def _unread(categories: Sequence[str], batches: Sequence[Batch]) -> list[str]:
    read = {batch.category for batch in batches}
    return [category for category in categories if category not in read]


def _day_of(read: _Read) -> date | None:
    """The listing page's own date; a feed's date, which is that of the request, only where there is no page."""
    if read.listing:
        return read.listing.announced_on
    return read.feed.dated_on if read.feed else None


def _nothing_read(remarks: Sequence[Problem]) -> SourceError:
    what = remarks[0].what if remarks else "arXiv: gave no document with a date"
    where, told, problem = what.partition(": ")
    hint = "No category could be read; nothing was changed."
    return SourceError(where if told else "arXiv", (problem or what).rstrip("."), hint=hint)
