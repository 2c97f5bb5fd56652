"""Days at a digest: a hand-written arXiv, a clock that is turned, and a real store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from factories import detailed, make_feed, make_item, make_listing, make_paper
from fake_archive import FakeArchive
from fake_arxiv import FakeArxiv
from subscribing import Clock

from digest.catalogue import load_areas, load_topics
from digest.edition.announcement_days import announced_at
from digest.model.announcement import AnnounceType, BatchState
from digest.model.history import HistoryPage, PaperHistory
from digest.pipeline.advance import Advance
from digest.pipeline.backfill import Backfill
from digest.pipeline.catch_up import CatchUp
from digest.pipeline.daily import Daily, DailyReport
from digest.pipeline.follow import FollowUp, Pauses
from digest.pipeline.ingest import Ingest
from digest.pipeline.ledger import Ledger
from digest.pipeline.notes import PublishNote
from digest.pipeline.proof import Policy
from digest.pipeline.publish import Publish
from digest.store.alerts import AlertStore
from digest.store.announcements import AnnouncementStore
from digest.store.backfills import BackfillStore
from digest.store.editions import EditionStore
from digest.store.history import HistoryStore
from digest.store.ledger import LedgerStore
from digest.store.papers import PaperStore
from digest.store.vectors import VectorStore

if TYPE_CHECKING:
    from digest.model.alert import Alert
    from digest.model.edition import Edition
    from digest.store.database import Database

MONDAY = date(2026, 11, 16)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (MONDAY + timedelta(days=number) for number in range(1, 7))
NEXT_MONDAY = MONDAY + timedelta(days=7)
CATEGORIES = ("cs.CL", "cs.LG")
WEIGHTS = {"novelty": 1.0, "code": 1.0, "venue": 1.0, "breadth": 1.0, "team": 1.0, "authors": 1.0}
PAPERS_A_DAY = 4


def ids_of(on: date) -> list[str]:
    """The papers that are new on a day, by the order in which arXiv gives ids."""
    first = 10_000 + 100 * (on - MONDAY).days
    return [f"2611.{number}" for number in range(first, first + PAPERS_A_DAY)]


@dataclass
class Newsroom:
    """One digest; `told` are the alerts that its operator got, none while the operator `is_cut_off`."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    arxiv: FakeArxiv = field(default_factory=FakeArxiv)
    archive: FakeArchive = field(default_factory=FakeArchive)
    told: list[Alert] = field(default_factory=list)
    is_cut_off: bool = False
    notes: frozenset[BatchState] = frozenset()
    holidays: frozenset[date] = frozenset()

    def be_at(self, on: date, *, hours: float = 5) -> None:
        """So many hours after the announcement of what is listed under a date."""
        self.clock.now = announced_at(on) + timedelta(hours=hours)

    def announce(self, on: date, *, categories: tuple[str, ...] = CATEGORIES) -> None:
        """arXiv announces a day: four papers in the first category, all of them cross-listed to the second."""
        self.arxiv.listings.clear()
        self.arxiv.feeds.clear()
        papers = [make_paper(key, categories=CATEGORIES) for key in ids_of(on)]
        self.arxiv.papers.update({paper.id: detailed(paper) for paper in papers})
        for code in categories:
            kind = AnnounceType.NEW if code == CATEGORIES[0] else AnnounceType.CROSS
            self.arxiv.listings[code] = make_listing(*((one.id, kind) for one in papers), category=code, on=on)
            items = [make_item(one, kind) for one in papers]
            self.arxiv.feeds[code] = make_feed(*items, category=code, dated_on=on)

    def archive_day(self, *days: date) -> None:
        """The archive of records knows the papers of some days, submitted in time for them."""
        histories = []
        for on in days:
            before = on - timedelta(days=3 if on.weekday() == 0 else 1)
            at = announced_at(before) + timedelta(hours=14)
            histories += [
                PaperHistory(make_paper(key, categories=CATEGORIES, submitted_at=at, updated_at=at), ((1, at),))
                for key in ids_of(on)
            ]
        first = min(days) - timedelta(days=1)
        self.archive.pages[first, ""] = HistoryPage(tuple(histories))

    def fall_silent(self) -> None:
        """Nothing of arXiv can be read."""
        self.arxiv.listings.clear()
        self.arxiv.feeds.clear()

    def lose(self, *ids: str) -> None:
        """arXiv lists papers that it doesn't give."""
        for key in ids:
            self.arxiv.papers.pop(key, None)
        for code, feed in self.arxiv.feeds.items():
            items = [item for item in feed.items if item.paper.id not in ids] if feed else []
            self.arxiv.feeds[code] = make_feed(*items, category=code, dated_on=feed.dated_on if feed else None)

    @property
    def ledger(self) -> Ledger:
        return Ledger(AnnouncementStore(self.database), LedgerStore(self.database), self.holidays, self.clock)

    @property
    def editions(self) -> EditionStore:
        return EditionStore(self.database)

    def edition(self, on: date) -> Edition:
        found = self.editions.find(on)
        assert found, f"no edition of {on}"
        return found

    def states(self, on: date) -> list[BatchState]:
        return [line.state for line in self.ledger.read(on, CATEGORIES).lines]

    def daily(self) -> Daily:
        announcements, store = AnnouncementStore(self.database), LedgerStore(self.database)
        pauses = Pauses(timedelta(minutes=5), timedelta(hours=1))
        return Daily(
            ingest=Ingest(self.arxiv, announcements, self.clock, self.holidays, FollowUp(store, pauses, self.holidays)),
            advance=Advance(
                publish=self._publish(announcements),
                note=PublishNote(self.editions, self.clock),
                ledger=self.ledger,
                editions=self.editions,
                alerts=AlertStore(self.database),
                policy=Policy(timedelta(hours=12), self.notes),
                clock=self.clock,
                catch_up=CatchUp(
                    make_backfill=self._backfill,
                    sets=["cs:cs:CL"],
                    announcements=announcements,
                    history=HistoryStore(self.database),
                    ledger=self.ledger,
                    store=store,
                    pauses=pauses,
                    holidays=self.holidays,
                    clock=self.clock,
                ),
                tell=self._hear,
            ),
            clock=self.clock,
            sleep=lambda seconds: self.clock.turn(timedelta(seconds=seconds)),
        )

    def live(self, *, wait: bool = False) -> DailyReport:
        """One run by hand."""
        return self.daily().run(CATEGORIES, wait=wait)

    def _hear(self, alert: Alert) -> None:
        if not self.is_cut_off and AlertStore(self.database).claim(alert.announced_on, alert.kind, now=self.clock()):
            self.told.append(alert)

    def _backfill(self) -> Backfill:
        return Backfill(
            archive=self.archive, store=BackfillStore(self.database), clock=self.clock, holidays=self.holidays
        )

    def _publish(self, announcements: AnnouncementStore) -> Publish:
        return Publish(
            announcements=announcements,
            papers=PaperStore(self.database),
            vectors=VectorStore(self.database),
            editions=self.editions,
            topics=load_topics(None),
            areas=load_areas(None),
            weights=WEIGHTS,
            diversity=0.3,
            clock=self.clock,
        )


def news_of(edition: Edition) -> list[str]:
    """The papers that an edition has as the day's own, by id."""
    return sorted(entry.card.paper_id for entry in edition.news if not entry.card.is_late)


def late_in(edition: Edition) -> dict[str, date | None]:
    return {entry.card.paper_id: entry.card.first_on for entry in edition.entries if entry.card.is_late}
