"""The past into the store: arXiv's own archive, or files of papers as they were announced."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from digest.edition.announcement_days import find_announcement_day
from digest.errors import SourceError
from digest.model.announcement import Announcement, AnnounceType, Problem
from digest.model.history import WindowRead
from digest.pipeline.backfill_windows import plan
from digest.sources.arxiv.fields import eastern_day

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from digest.model.history import HistoryPage, PaperHistory, Window
    from digest.model.paper import Paper
    from digest.pipeline.backfill_windows import Start
    from digest.store.backfills import BackfillStore

_BATCH = 1000
# One window may be spoiled for good; when the next one fails too, it is arXiv that can't be read just now.
_FAILURES_IN_A_ROW = 2
_FRESH_STARTS = 3
_EMPTY_PAGES_IN_A_ROW = 20


class Archive(Protocol):
    """Where the records of the past come from."""

    def read_page(self, window: Window, place: str, *, to_present: bool) -> HistoryPage:
        """The page of the window that begins at a place which the page before told."""

    def read_earliest(self) -> date:
        """The day before which there is nothing."""


@dataclass(slots=True)
class Tally:
    """What a run has counted so far: windows and pages that were read, their papers, and those the store lacked.

    `undated` papers have no time of their first version, and so no announcement; `deleted` records are none any more.
    """

    windows: int = 0
    pages: int = 0
    papers: int = 0
    new_papers: int = 0
    undated: int = 0
    deleted: int = 0
    problems: list[Problem] = field(default_factory=list)
    failures: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """What came of a backfill. `left` windows remain to be read; `failures` say why."""

    since: date
    until: date
    sets: tuple[str, ...]
    tally: Tally
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """Reads the records of some sets that last changed in a range of days, and estimates when they were announced.

    Each page is saved with the place of the next one in one transaction, so that a run that was cut off is gone on
    with. A window that fails stops the others only when the next one fails too.
    """

    archive: Archive
    store: BackfillStore
    clock: Callable[[], datetime]
    holidays: Collection[date] = ()

    def run(
        self, sets: Sequence[str], *, since: date, until: date, told: Callable[[str], None] = lambda _: None
    ) -> BackfillReport:
        """The report on what was read now; `told` hears of each window."""
        tally, in_a_row = Tally(), 0
        left = self.plan(sets, since=since, until=until)
        while left and in_a_row < _FAILURES_IN_A_ROW:
            start = left.pop(0)
            told(f"{start.window.set_name}, {start.window.first_on:%B %Y}")
            try:
                self._read(start, tally)
                in_a_row = 0
            except SourceError as error:
                window = f"{start.window.set_name} from {start.window.first_on} to {start.window.last_on}"
                tally.failures.append(Problem(f"Reading {window}: {error.where}", error.problem))
                in_a_row += 1
        return BackfillReport(since, until, tuple(sets), tally, len(left) + len(tally.failures))

    def plan(self, sets: Sequence[str], *, since: date, until: date) -> list[Start]:
        """The windows that are still to be read, month by month."""
        read = self.store.find_read(sets)
        starts = [start for name in sets for start in plan(name, since=since, until=until, read=read)]
        return sorted(starts, key=lambda start: start.window.first_on)

    def _read(self, start: Start, tally: Tally) -> None:
        """One window to its end. A place that arXiv forgot, as it does each midnight, begins the window again."""
        window, place, papers, began, empty = start.window, start.place, start.papers, 0, 0
        today = eastern_day(self.clock())
        while True:
            page = self.archive.read_page(window, place, to_present=window.last_on >= today)
            if page.is_expired:
                began += 1
                if began > _FRESH_STARTS:
                    raise SourceError(window.set_name, "forgets where we are again and again", hint="Try again later.")
                place, papers = "", 0
                continue
            place, papers = page.place, papers + len(page.histories)
            finished_on = None if place else today
            self._save(page, WindowRead(window, place, papers, finished_on), tally)
            if not place:
                tally.windows += 1
                return
            empty = 0 if page.histories or page.deleted else empty + 1
            if empty > _EMPTY_PAGES_IN_A_ROW:
                raise SourceError(window.set_name, "gives one empty page after the other", hint="Try again later.")

    def _save(self, page: HistoryPage, read: WindowRead, tally: Tally) -> None:
        estimated = [one for history in page.histories for one in self._estimate(history)]
        tally.new_papers += self.store.save_page(page.histories, estimated, read, now=self.clock())
        tally.pages += 1
        tally.papers += len(page.histories)
        tally.deleted += page.deleted
        tally.undated += sum(one.paper.submitted_at is None for one in page.histories)
        tally.problems += page.problems

    def _estimate(self, history: PaperHistory) -> tuple[Announcement, ...]:
        """As what the paper was announced at first: new in its primary category, cross-listed in the others.

        The archive doesn't tell which cross-lists came later.
        """
        if history.paper.submitted_at is None:
            return ()
        on = find_announcement_day(history.paper.submitted_at, holidays=self.holidays)
        return announce_first(history.paper, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpReport:
    """What came of reading files: their papers, those that the store lacked, and those outside of what was asked."""

    papers: int
    new_papers: int
    left_out: int
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class LoadDump:
    """Brings papers into the store with the days on which files say that they were announced."""

    store: BackfillStore

    def run(
        self,
        papers: Iterable[tuple[Paper, date]],
        *,
        since: date | None = None,
        until: date | None = None,
        categories: Collection[str] = (),
        told: Callable[[int], None] = lambda _: None,
    ) -> DumpReport:
        """The report; papers are saved a thousand at a time, those of other days or categories not at all.

        `told` hears how many papers are read. What was saved before a file turned out to be broken stays.
        """
        read = kept = unknown = 0
        days: set[date] = set()
        for batch in _batches(papers):
            fitting = [(one, on) for one, on in batch if _fits(one, on, since, until, categories)]
            announcements = [each for one, on in fitting for each in announce_first(one, on)]
            unknown += self.store.save_dump([one for one, _ in fitting], announcements)
            read, kept = read + len(batch), kept + len(fitting)
            days.update(on for _, on in fitting)
            told(read)
        return DumpReport(
            papers=kept,
            new_papers=unknown,
            left_out=read - kept,
            first_on=min(days, default=None),
            last_on=max(days, default=None),
        )


def announce_first(paper: Paper, on: date) -> tuple[Announcement, ...]:
    """A paper's first announcement: new in its primary category, cross-listed in the others."""
    kinds = (AnnounceType.NEW, *(AnnounceType.CROSS for _ in paper.cross_lists))
    return tuple(
        Announcement(paper.id, 1, category, on, kind) for category, kind in zip(paper.categories, kinds, strict=True)
    )


def _batches(papers: Iterable[tuple[Paper, date]]) -> Iterator[list[tuple[Paper, date]]]:
    """A thousand papers at a time; what came before an error is handed out before it."""
    remaining = iter(papers)
    while True:
        batch: list[tuple[Paper, date]] = []
        try:
            for one in islice(remaining, _BATCH):
                batch.append(one)  # noqa: PERF402 - what extend() keeps before an error is nobody's promise
        except SourceError:
            yield batch
            raise
        if not batch:
            return
        yield batch


def _fits(paper: Paper, on: date, since: date | None, until: date | None, categories: Collection[str]) -> bool:
    is_in_range = (since is None or on >= since) and (until is None or on <= until)
    return is_in_range and (not categories or any(one in categories for one in paper.categories))
