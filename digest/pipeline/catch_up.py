"""Days that nobody read while arXiv still showed them, brought back from its archive of records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.edition.announcement_days import announced_at, days_between, kind_of
from digest.model.announcement import BatchState, DayKind, Provenance
from digest.model.ledger import ARCHIVE, Inquiry
from digest.pipeline.placing import announce_versions, move, place
from digest.sources.arxiv.fields import eastern_day

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date, datetime

    from digest.model.announcement import Announcement
    from digest.pipeline.backfill import Backfill
    from digest.pipeline.follow import Pauses
    from digest.pipeline.ledger import Ledger
    from digest.store.announcements import AnnouncementStore
    from digest.store.history import HistoryStore
    from digest.store.ledger import LedgerStore

_DAY = timedelta(days=1)
# A version that is announced on a Monday was submitted on Thursday at the earliest; before a holiday, a day earlier.
_LONGEST_WAY = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp:
    """Fills the days of which no page was read, when none can be any more because arXiv lists a later day.

    `make_backfill` opens the archive for the sets of some categories; it is called only when something was missed.
    """

    make_backfill: Callable[[], Backfill]
    sets: Sequence[str]
    announcements: AnnouncementStore
    history: HistoryStore
    ledger: Ledger
    store: LedgerStore
    pauses: Pauses
    holidays: Collection[date]
    clock: Callable[[], datetime]

    def run(
        self,
        categories: Sequence[str],
        candidates: Mapping[date, Sequence[str]],
        *,
        told: Callable[[str], None] = lambda _: None,
    ) -> tuple[date, ...]:
        """Those of the days that were filled now, each with the categories that it should have had.

        One that could not be is due again after a pause.
        """
        missed = self._find_missed(candidates)
        if not missed:
            return ()
        days, today = tuple(missed), eastern_day(self.clock())
        report = self.make_backfill().run(self.sets, since=days[0] - _DAY, until=today, told=told)
        if report.left:
            why = report.tally.failures[0].what if report.tally.failures else "it was not read to its end"
            return self._postpone(missed, why)
        if report.tally.pages and not report.tally.papers:
            # Papers change every day: an archive without any is one that fails, and not a row of holidays.
            return self._postpone(missed, "it has no papers at all")
        found = self._find_announcements(days, categories)
        self.announcements.save_details((), found, source=Provenance.ARCHIVE, now=self.clock())
        self._note(missed, "", {one.announced_on for one in found})
        return days

    def ask_again_at(self, day: date) -> datetime | None:
        """When the archive is asked for a day again, None when it isn't."""
        asked = self.store.find_inquiries(day).get(ARCHIVE)
        return asked.ask_again_at if asked else None

    def _find_missed(self, candidates: Mapping[date, Sequence[str]]) -> dict[date, Inquiry | None]:
        """The days before the newest listed one with a category of which nobody read a page, and how asking stands."""
        newest, now = self.store.find_newest_listed(), self.clock()
        missed: dict[date, Inquiry | None] = {}
        for day, categories in candidates.items():
            if newest is None or day >= newest:
                continue
            asked = self.store.find_inquiries(day).get(ARCHIVE)
            is_due = asked is None or (asked.ask_again_at is not None and asked.ask_again_at <= now)
            if is_due and kind_of(day, ()) is DayKind.ANNOUNCEMENT and self._is_unread(day, categories):
                missed[day] = asked
        return missed

    def _is_unread(self, day: date, categories: Sequence[str]) -> bool:
        lines = self.ledger.read(day, categories).lines
        return any(
            line.batch.category in categories and line.batch.stated is None and not line.is_proven for line in lines
        )

    def _find_announcements(self, missed: Sequence[date], categories: Sequence[str]) -> list[Announcement]:
        """What the archive tells of those days: news by the order of ids, replacements by when they were submitted."""
        first, last = missed[0], missed[-1]
        dated = self.history.find_news(first - _LONGEST_WAY, last + _LONGEST_WAY)
        around = tuple(days_between(first - _LONGEST_WAY, last + _LONGEST_WAY))
        known = {
            (one.paper_id, one.category)
            for day in around
            for one in self.announcements.find_announcements(day)
            if one.announce_type.is_news
        }
        read = (batch.announced_on for batch in self.announcements.find_batches(first - _DAY, since=around[0]))
        floor = max(read, default=first)
        wanted = [one for one in dated if one.category in categories and (one.paper_id, one.category) not in known]
        versions = self.history.find_versions(announced_at(first) - _LONGEST_WAY, announced_at(last), categories)
        placed = move(wanted, place(dated), missed, floor=floor)
        return [*placed, *announce_versions(versions, missed, self.holidays)]

    def _postpone(self, missed: Mapping[date, Inquiry | None], why: str) -> tuple[date, ...]:
        self._note(missed, f"arXiv's archive of records: {why}")
        return ()

    def _note(self, missed: Mapping[date, Inquiry | None], problem: str, announced_on: Collection[date] = ()) -> None:
        now = self.clock()
        self.store.save_inquiries(
            self._inquire(day, asked, problem, announced_on, now) for day, asked in missed.items()
        )

    def _inquire(
        self, day: date, asked: Inquiry | None, problem: str, announced_on: Collection[date], now: datetime
    ) -> Inquiry:
        tries, again = self.pauses.next_try(asked, now=now)
        if problem:
            return Inquiry(ARCHIVE, day, tries, BatchState.BROKEN, problem, now, again)
        state = BatchState.INCOMPLETE if day in announced_on else BatchState.HOLIDAY
        return Inquiry(ARCHIVE, day, tries, state, "", now, None)
