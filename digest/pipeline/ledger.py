"""The ledger: what arXiv announced, what of it is here, and in what state each batch is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.edition.announcement_days import days_between, expected_by, kind_of, listed_by
from digest.model.announcement import Batch, BatchState, DayKind
from digest.model.ledger import ARCHIVE, LedgerDay, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date, datetime

    from digest.model.ledger import Inquiry
    from digest.store.announcements import AnnouncementStore
    from digest.store.ledger import LedgerStore


@dataclass(frozen=True, slots=True)
class Ledger:
    """Reads the ledger."""

    announcements: AnnouncementStore
    store: LedgerStore
    holidays: Collection[date]
    clock: Callable[[], datetime]

    @property
    def expected_on(self) -> date:
        """The newest day whose papers arXiv should list by now, if it isn't a holiday."""
        return expected_by(self.clock())

    @property
    def span(self) -> tuple[date, date] | None:
        """The first day of the ledger, and the newest that arXiv can have listed; None while nothing was asked for."""
        first = self.store.find_first_day()
        newest = self.announcements.find_newest_day()
        return (first, max(filter(None, (listed_by(self.clock()), newest)))) if first else None

    @property
    def newest_on(self) -> date | None:
        """The newest day that a listing page stated; without any, the newest of which anything is known."""
        return self.store.find_newest_listed() or self.announcements.find_newest_day()

    def find_days(self, *, since: date) -> frozenset[date]:
        """The days from one on of which something was announced or listed."""
        newest = self.announcements.find_newest_day()
        batches = self.announcements.find_batches(newest, since=since) if newest else ()
        return frozenset(batch.announced_on for batch in batches if batch.seen)

    def count_news(self, on: date, categories: Collection[str]) -> int:
        """How many papers that were announced in these categories as news of a day are here, each once."""
        announced = self.announcements.find_announcements(on)
        return len({one.paper_id for one in announced if one.category in categories and one.announce_type.is_news})

    def read(self, on: date, categories: Sequence[str]) -> LedgerDay:
        """A day of these categories, and of what else was read that day."""
        batches = {batch.category: batch for batch in self.announcements.find_batches(on)}
        inquiries, seen = self.store.find_inquiries(on), self.store.count_seen(on)
        origins, late = self.store.find_origins(on), self.store.find_late(on)
        kind, archive, newest = kind_of(on, self.holidays), inquiries.get(ARCHIVE), self.store.find_newest_listed()
        is_past = newest is not None and on < newest
        return LedgerDay(
            on,
            kind,
            tuple(
                Line(
                    batch=batches.get(code) or Batch(code, on, None, 0),
                    state=judge(batches.get(code), inquiries.get(code), kind, is_past=is_past, archive=archive),
                    seen=seen.get(code, {}),
                    late=late.get(code, ()),
                    origins=origins.get(code, ()),
                    inquiry=inquiries.get(code),
                )
                for code in sorted({*categories, *batches})
            ),
            is_past,
            archive,
        )

    def read_last(self, days: int, categories: Sequence[str]) -> tuple[LedgerDay, ...]:
        """The last days up to the newest that arXiv can have listed, newest first; none before the ledger begins."""
        wanted = list(days_between(*self.span))[-days:] if self.span else []
        return tuple(self.read(day, categories) for day in reversed(wanted))


def judge(
    batch: Batch | None, inquiry: Inquiry | None, kind: DayKind, *, is_past: bool, archive: Inquiry | None = None
) -> BatchState:
    """The state of one category on one day.

    The page's own counts decide where there are any. A day that `is_past`, as arXiv lists a later one, can't be read
    any more: what no page proved then stays unproven, though the `archive` may tell that there was nothing.
    """
    if batch and batch.stated:
        return batch.state
    if batch and batch.seen:
        return BatchState.INCOMPLETE if is_past else BatchState.PENDING
    if archive and archive.state is BatchState.HOLIDAY:
        return BatchState.HOLIDAY
    if kind is not DayKind.ANNOUNCEMENT and (is_past or inquiry is None or inquiry.state.value == kind.value):
        return BatchState(kind.value)
    if inquiry:
        return _outlived(inquiry.state) if is_past else inquiry.state
    return BatchState.INCOMPLETE if is_past else BatchState.PENDING


def _outlived(state: BatchState) -> BatchState:
    """What is left of a state in which arXiv was still to be waited for."""
    return BatchState.INCOMPLETE if state is BatchState.PENDING else state
