"""Keeps asking arXiv for what is not whole yet, with growing pauses, and writes down how that goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.edition.announcement_days import begins_at, kind_of
from digest.model.announcement import BatchState, DayKind
from digest.model.ledger import DETAILS, Inquiry
from digest.pipeline.reconcile import STALE_ALONE, say_old_page

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime, timedelta

    from digest.model.announcement import Batch
    from digest.pipeline.reconcile import Documents
    from digest.store.ledger import LedgerStore

_NOT_GIVEN = "arXiv lists papers that it doesn't give yet"


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long to wait before asking again: `first`, then twice as long each time, at most `longest`."""

    first: timedelta
    longest: timedelta

    def next_try(self, before: Inquiry | None, *, now: datetime) -> tuple[int, datetime]:
        """How often was asked, counting this time, and when to ask again."""
        tries = before.tries + 1 if before else 1
        return tries, now + self.after(tries)

    def after(self, tries: int) -> timedelta:
        """The pause after so many tries."""
        pause = self.first
        for _ in range(tries - 1):
            if pause >= self.longest:
                break
            pause *= 2
        return min(pause, self.longest)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Knows which categories are due to be asked again."""

    store: LedgerStore
    pauses: Pauses
    holidays: Collection[date]

    def find_due(
        self, categories: Sequence[str], on: date, batches: Sequence[Batch], *, now: datetime
    ) -> tuple[str, ...]:
        """Those of the categories that aren't whole on a day, and whose pause is over."""
        proven = {batch.category for batch in batches if batch.is_proven}
        asked = self.store.find_inquiries(on)
        return tuple(
            code for code in categories if code not in proven and not (code in asked and _rests(asked[code], now))
        )

    def note(self, documents: Sequence[Documents], on: date, batches: Sequence[Batch], *, now: datetime) -> None:
        """Writes down how asking for a day went, and when to ask again what isn't whole."""
        before = self.store.find_inquiries(on)
        known = {batch.category: batch for batch in batches if batch.announced_on == on}
        self.store.save_inquiries([self._inquire(one, on, known, before, now) for one in documents])

    def find_lacking(self, batches: Sequence[Batch], *, now: datetime) -> tuple[Batch, ...]:
        """Those of some days' batches that lack papers by name, and whose pause is over."""
        lacking = [batch for batch in batches if batch.missing]
        asked = {day: self.store.find_inquiries(day) for day in {batch.announced_on for batch in lacking}}
        return tuple(
            batch
            for batch in lacking
            if (known := asked[batch.announced_on].get(batch.category)) is None or not _rests(known, now)
        )

    def note_lacking(self, asked: Sequence[Batch], now_known: Sequence[Batch], *, now: datetime) -> None:
        """Writes down that what batches lacked was asked for, and what became of them."""
        known = {(batch.announced_on, batch.category): batch for batch in now_known}
        inquiries = []
        for batch in asked:
            after = known.get((batch.announced_on, batch.category), batch)
            before = self.store.find_inquiries(batch.announced_on).get(batch.category)
            tries, later = self.pauses.next_try(before, now=now)
            again, problem = (later, _NOT_GIVEN) if after.missing else (None, "")
            inquiries.append(Inquiry(batch.category, batch.announced_on, tries, after.state, problem, now, again))
        self.store.save_inquiries(inquiries)

    def wants_details(self, on: date, *, now: datetime) -> bool:
        """Whether it is time to ask for the details of the week up to a day."""
        asked = self.store.find_inquiries(on).get(DETAILS)
        return asked is None or not _rests(asked, now)

    def note_details(self, on: date, *, left: int, now: datetime) -> None:
        """Writes down that they were asked for, and how many papers still have none."""
        tries, later = self.pauses.next_try(self.store.find_inquiries(on).get(DETAILS), now=now)
        state = BatchState.INCOMPLETE if left else BatchState.COMPLETE
        problem = f"{left:,} papers have no details yet" if left else ""
        self.store.save_inquiries([Inquiry(DETAILS, on, tries, state, problem, now, later)])

    def _inquire(
        self, asked: Documents, on: date, known: Mapping[str, Batch], before: Mapping[str, Inquiry], now: datetime
    ) -> Inquiry:
        batch, earlier = known.get(asked.category), before.get(asked.category)
        tries, again = self.pauses.next_try(earlier, now=now)
        state = batch.state if batch else judge_absence(asked, kind_of(on, self.holidays), begun=now >= begins_at(on))
        is_whole = batch is not None and batch.is_proven
        if now < begins_at(on) < again:
            # arXiv's feeds follow at midnight, by its own clock.
            again = begins_at(on)
        return Inquiry(
            asked.category,
            on,
            tries,
            state,
            "" if is_whole else _explain(asked, on),
            now,
            None if is_whole else again,
        )


def judge_absence(asked: Documents, kind: DayKind, *, begun: bool) -> BatchState:
    """What it means that arXiv's documents hold nothing of a day: it isn't there yet, or something is wrong.

    The calendar's word counts only together with the page's: one that is still of the day before a holiday says the
    same. Before the day has `begun`, arXiv may be still at work.
    """
    if asked.listing is None:
        return BatchState.STALE if asked.feed else BatchState.BROKEN
    if kind is not DayKind.ANNOUNCEMENT:
        return BatchState(kind.value)
    return BatchState.STALE if begun else BatchState.PENDING


def _explain(asked: Documents, on: date) -> str:
    if asked.listing and asked.listing.announced_on < on:
        return say_old_page(asked.listing)
    if asked.remarks:
        return asked.remarks[0].what
    if asked.listing is None:
        return STALE_ALONE
    return _NOT_GIVEN


def _rests(inquiry: Inquiry, now: datetime) -> bool:
    return inquiry.ask_again_at is not None and now < inquiry.ask_again_at
