"""The edition into the subscribers' hands: audience frozen, deliveries claimed, mails composed, sent and settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from digest.edition.calendar import find_due, find_expiry, find_pause_end
from digest.pipeline.due import BETWEEN_PORTIONS, DueDeliveries, Means
from digest.pipeline.ends import AFTER_POLICY, MOST_ATTEMPTS
from digest.store.stops import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime, timedelta

    from digest.deliver.ownership import Ownership
    from digest.model.delivery import DeliveryCounts
    from digest.model.subscriber import Schedule
    from digest.store.audiences import AudienceStore
    from digest.store.stops import StopStore

# How many refusals of mail like ours in a row are one too many.
_MOST_REFUSALS = 5
_POLICY = "policy"


class Delivered(Protocol):
    """What handing over came to; `stopped_by` says why it ended early, or is empty."""

    @property
    def stopped_by(self) -> str:
        """`relay`, `policy`, `signal`, or empty."""

    @property
    def answer(self) -> str:
        """What was said last when it did."""


@dataclass(frozen=True, slots=True)
class SendReport:
    """Where every edition's deliveries stand after a run, and what the run itself did.

    `unwritten` counts mails that could not be made, `problem` says why the last one couldn't.
    """

    counts: tuple[DeliveryCounts, ...]
    handed_over: int
    expired: int
    recovered: Mapping[str, int]
    stopped_by: str
    answer: str
    unwritten: int = 0
    problem: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether everyone in every audience is accounted for."""
        return all(one.adds_up for one in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Means):
    """Sends what is due: start it as often as you like, also twice at once."""

    audiences: AudienceStore
    stops: StopStore
    owner: Ownership
    lifetime: timedelta

    def run(
        self,
        hand_over: Callable[[DueDeliveries], Delivered],
        *,
        on: date | None = None,
        at_once: bool = False,
        despite_stop: bool = False,
        sent: Callable[[int], None] = lambda _: None,
    ) -> SendReport:
        """Freezes the audiences of new editions, then hands over whatever is due by `hand_over`; the report.

        `on` begins with the edition of that day, however long ago it came out. With `at_once`, nobody's hour is waited
        for. Nothing is handed over within the hour after the server refused mail like ours, unless `despite_stop`.
        `sent` hears how many mails were taken so far.
        """
        now = self.clock()
        recovered = self._recover(now)
        days = self._freeze(now) if on is None else self._freeze_late(on, now)
        for day in (days or self.audiences.find_newest()) if at_once else ():
            self.deliveries.hasten(day, now=now, expires_at=now + self.lifetime)
        expired = self.deliveries.expire(now=now)
        due = DueDeliveries(self, self.owner.name, sent)
        stop = self.stops.find(now=now)
        stopped_by, answer = (stop.why, stop.answer) if stop and not despite_stop else self._work_off(due, hand_over)
        counts = tuple(found for day in sorted({*days, *due.days}) if (found := self.audiences.count(day)))
        return SendReport(counts, due.sent, expired, recovered, stopped_by, answer, due.unwritten, due.problem)

    def _work_off(self, due: DueDeliveries, hand_over: Callable[[DueDeliveries], Delivered]) -> tuple[str, str]:
        """Why handing over ended early, and what was said last; twice nothing when all was handed over.

        While a domain's mail is slowed down, the rest of it is waited for, a second at a time: others may be due, and
        somebody may want us to stop.
        """
        delivered = hand_over(due)
        while due.slowed_until and not delivered.stopped_by and due.refusals < _MOST_REFUSALS:
            self.sleep(BETWEEN_PORTIONS.total_seconds())
            if due.slowed_until <= self.clock():
                due.slowed_until = None
            delivered = hand_over(due)
        is_refused = due.refusals >= _MOST_REFUSALS and not delivered.stopped_by
        stopped_by, answer = (_POLICY, due.refusal) if is_refused else (delivered.stopped_by, delivered.answer)
        if stopped_by == _POLICY:
            self.stops.save(Stop(_POLICY, self.clock() + AFTER_POLICY, answer))
        elif due.sent:
            self.stops.lift()
        return str(stopped_by), answer

    def _recover(self, now: datetime) -> Mapping[str, int]:
        dead = self.owner.find_dead(self.deliveries.find_owners())
        return self.deliveries.recover(dead, resend=self.resend, most_attempts=MOST_ATTEMPTS, now=now)

    def _freeze(self, now: datetime) -> tuple[date, ...]:
        """An edition that nobody would get waits for its first readers, as long as it is young."""
        days = self.audiences.find_unfrozen(published_after=now - self.lifetime)
        if days:
            self._end_pauses(now)
        if not days or not self.audiences.has_readers():
            return ()
        for day in days:
            self.audiences.freeze(day, due=self._due, now=now)
        return days

    def _freeze_late(self, on: date, now: datetime) -> tuple[date, ...]:
        """Who was confirmed since an audience was frozen is taken into it; otherwise it stays as it was."""

        def due(schedule: Schedule, _: datetime) -> tuple[datetime, datetime]:
            return self._due(schedule, now)

        self._end_pauses(now)
        self.audiences.freeze(on, due=due, now=now)
        self.audiences.take_in(on, due=due, now=now)
        return (on,)

    def _end_pauses(self, now: datetime) -> None:
        self.audiences.end_pauses(lambda schedule: find_pause_end(schedule, now), now=now)

    def _due(self, schedule: Schedule, published_at: datetime) -> tuple[datetime, datetime]:
        due_at = find_due(schedule, published_at)
        return due_at, find_expiry(due_at, published_at, lifetime=self.lifetime)
