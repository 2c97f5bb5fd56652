"""The edition into the subscribers' hands: audience frozen, deliveries claimed, mails composed, sent and settled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from digest.edition.calendar import find_due, find_expiry
from digest.errors import InputError
from digest.model.delivery import Claimed, DeliveryState, Outcome, Result, Settled
from digest.model.subscriber import SuppressionReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from digest.deliver.ownership import Ownership
    from digest.model.delivery import DeliveryCounts
    from digest.model.mail import Message
    from digest.model.subscriber import Schedule
    from digest.pipeline.write import Writer, WrittenMail
    from digest.store.audiences import AudienceStore
    from digest.store.deliveries import DeliveryStore
    from digest.subscriptions import Subscriptions

# Longer than a server may take to accept a mail (RFC 5321, section 4.5.3.2.6).
_LEASE = timedelta(minutes=15)
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=2)
_FIRST_BACK_OFF, _LONGEST_BACK_OFF = timedelta(minutes=1), timedelta(hours=1)
# A domain whose mail is slowed down gets a portion each second.
_BETWEEN_PORTIONS = timedelta(seconds=1)
_AFTER_POLICY = timedelta(hours=1)
_MOST_ATTEMPTS = 20
NOTHING_TO_SHOW = "nothing in it for this subscriber"


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
    """Where every edition's deliveries stand after a run, and what the run itself did."""

    counts: tuple[DeliveryCounts, ...]
    handed_over: int
    expired: int
    recovered: Mapping[str, int]
    stopped_by: str
    answer: str

    @property
    def adds_up(self) -> bool:
        """Whether everyone in every audience is accounted for."""
        return all(one.adds_up for one in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Sends what is due: start it as often as you like, also twice at once."""

    audiences: AudienceStore
    deliveries: DeliveryStore
    subscriptions: Subscriptions
    writer: Writer
    owner: Ownership
    clock: Callable[[], datetime]
    lifetime: timedelta
    resend: bool
    sleep: Callable[[float], None]
    rate_per_domain: float = 0

    def run(
        self,
        hand_over: Callable[[DueDeliveries], Delivered],
        *,
        on: date | None = None,
        at_once: bool = False,
        sent: Callable[[int], None] = lambda _: None,
    ) -> SendReport:
        """Freezes the audiences of new editions, then hands over whatever is due by `hand_over`; the report.

        `on` begins with the edition of that day, however long ago it came out. With `at_once`, nobody's hour is waited
        for. `sent` hears how many mails were taken so far.
        """
        now = self.clock()
        recovered = self._recover(now)
        days = self._freeze(now) if on is None else self._freeze_late(on, now)
        for day in (days or self.audiences.find_newest()) if at_once else ():
            self.deliveries.hasten(day, now=now, expires_at=now + self.lifetime)
        expired = self.deliveries.expire(now=now)
        due = DueDeliveries(self, self.owner.name, sent)
        delivered = hand_over(due)
        while due.is_slowed and not delivered.stopped_by:
            self.sleep(_BETWEEN_PORTIONS.total_seconds())
            due.is_slowed = False
            delivered = hand_over(due)
        counts = tuple(found for day in sorted({*days, *due.days}) if (found := self.audiences.count(day)))
        return SendReport(counts, due.sent, expired, recovered, delivered.stopped_by, delivered.answer)

    def _recover(self, now: datetime) -> Mapping[str, int]:
        dead = self.owner.find_dead(self.deliveries.find_owners())
        return self.deliveries.recover(dead, resend=self.resend, most_attempts=_MOST_ATTEMPTS, now=now)

    def _freeze(self, now: datetime) -> tuple[date, ...]:
        days = self.audiences.find_unfrozen(published_after=now - self.lifetime)
        for day in days:
            self.audiences.freeze(day, due=self._due, now=now)
        return days

    def _freeze_late(self, on: date, now: datetime) -> tuple[date, ...]:
        """An audience that was frozen before stays as it was."""
        self.audiences.freeze(on, due=lambda schedule, _: self._due(schedule, now), now=now)
        return (on,)

    def _due(self, schedule: Schedule, published_at: datetime) -> tuple[datetime, datetime]:
        due_at = find_due(schedule, published_at)
        return due_at, find_expiry(due_at, published_at, lifetime=self.lifetime)


@dataclass
class DueDeliveries:
    """What the engine is given: due deliveries to claim, mails to attempt, ends to settle."""

    send: Send
    owner: str
    told: Callable[[int], None] = lambda _: None
    sent: int = 0
    is_slowed: bool = False
    days: set[date] = field(default_factory=set)

    def claim(self, count: int) -> Sequence[Claimed]:
        """A few deliveries that are due, [] when none is."""
        now = self.send.clock()
        claimed = self.send.deliveries.claim(self.owner, count, now=now, lease_until=now + _LEASE)
        self.days.update(one.edition_on for one in claimed)
        return self._slowly(claimed, now) if self.send.rate_per_domain else claimed

    def _slowly(self, claimed: Sequence[Claimed], now: datetime) -> list[Claimed]:
        """As many as each domain may have within this second; its others wait for the next."""
        most = max(1, int(self.send.rate_per_domain))
        pause = max(_BETWEEN_PORTIONS, timedelta(seconds=1 / self.send.rate_per_domain))
        of_domain: dict[str, list[Claimed]] = {}
        for one in claimed:
            of_domain.setdefault(one.domain, []).append(one)
        self.release([one for tickets in of_domain.values() for one in tickets[most:]])
        for domain in of_domain:
            self.send.deliveries.back_off(domain, until=now + pause, failures=0)
        self.is_slowed |= bool(of_domain)
        return [one for tickets in of_domain.values() for one in tickets[:most]]

    def attempt(self, tickets: Sequence[Claimed]) -> Sequence[Message | None]:
        """The mails of these, recorded as about to be handed over; None for who is to get nothing any more."""
        now = self.send.clock()
        written = [self._write(one, now) for one in tickets]
        attempts = [mail.attempt for mail in written if mail]
        kept = self.send.deliveries.attempt(self.owner, attempts, now=now, lease_until=now + _LEASE)
        return [mail.message if mail and mail.attempt.delivery_id in kept else None for mail in written]

    def settle(self, results: Sequence[tuple[Claimed, Result]]) -> None:
        """Records how each ended, and what follows for the address and its domain."""
        now = self.send.clock()
        settled = [decide_end(one, result, now, resend=self.send.resend) for one, result in results]
        self.send.deliveries.settle(self.owner, settled, now=now)
        self.sent += sum(one.state is DeliveryState.SENT for one in settled)
        self.told(self.sent)
        self._mind_domains(results, now)
        for ticket, result in results:
            if result.outcome is Outcome.REFUSED and result.concerns_recipient:
                address = ticket.subscriber.address
                self.send.subscriptions.suppress(address, SuppressionReason.BOUNCE, detail=result.answer)

    def _mind_domains(self, results: Sequence[tuple[Claimed, Result]], now: datetime) -> None:
        """Leaves a domain alone whose server asks for patience, for longer each time, until it takes mail again."""
        deferred = {one.domain for one, result in results if result.outcome is Outcome.DEFERRED}
        took = {one.domain for one, result in results if result.outcome is Outcome.SENT} - deferred
        self.send.deliveries.forget_failures(took)
        for domain in deferred:
            pause = _FIRST_BACK_OFF * 2 ** min(self.send.deliveries.find_failures(domain), 10)
            self.send.deliveries.back_off(domain, until=now + min(pause, _LONGEST_BACK_OFF))

    def release(self, tickets: Sequence[Claimed]) -> None:
        """Gives back what was not handed over, through no fault of its own."""
        self.send.deliveries.release(self.owner, [one.delivery_id for one in tickets])

    def _write(self, claimed: Claimed, now: datetime) -> WrittenMail | None:
        try:
            mail = self.send.writer.write(claimed, now=now)
        except InputError as error:
            self.send.deliveries.exclude(self.owner, claimed.delivery_id, str(error), now=now)
            return None
        if mail is None:
            self.send.deliveries.exclude(self.owner, claimed.delivery_id, NOTHING_TO_SHOW, now=now)
        return mail


def decide_end(claimed: Claimed, result: Result, now: datetime, *, resend: bool) -> Settled:
    """The state that follows from an answer: see Outcome; what may pass is tried again after growing pauses."""
    attempts = claimed.attempts + 1
    pause = min(_FIRST_RETRY * 2 ** (attempts - 1), _LONGEST_RETRY) if attempts < _MOST_ATTEMPTS else None
    match result.outcome:
        case Outcome.SENT:
            state, pause = DeliveryState.SENT, None
        case Outcome.REFUSED:
            state = DeliveryState.BOUNCED if result.concerns_recipient else DeliveryState.FAILED
            pause = None
        case Outcome.UNCERTAIN:
            may_repeat = resend and pause is not None
            state = DeliveryState.PENDING if may_repeat else DeliveryState.UNCERTAIN
            pause = pause if may_repeat else None
        case Outcome.POLICY:
            state, pause = DeliveryState.DEFERRED, _AFTER_POLICY
        case _:
            state = DeliveryState.DEFERRED if pause else DeliveryState.FAILED
    return Settled(claimed.delivery_id, state, result.answer, now + pause if pause else None)
