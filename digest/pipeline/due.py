"""What is due, for the engine that hands it over: claimed, written, recorded before and after."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.deliver.address import checked_recipient
from digest.errors import DeliveryError, DigestError, InputError, NothingToShowError, SettingsError, StoreError
from digest.model.delivery import Claimed, DeliveryState, Outcome, Result
from digest.model.subscriber import SuppressionReason
from digest.pipeline.ends import decide_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from digest.model.delivery import Settled
    from digest.model.mail import Message
    from digest.pipeline.write import Writer, WrittenMail
    from digest.store.deliveries import DeliveryStore
    from digest.subscriptions import Subscriptions

_LOG = logging.getLogger("digest.send")
# Longer than a server may take to accept a mail (RFC 5321, section 4.5.3.2.6).
_LEASE = timedelta(minutes=15)
_FIRST_BACK_OFF, _LONGEST_BACK_OFF = timedelta(minutes=1), timedelta(hours=1)
# A domain whose mail is slowed down gets a portion each second.
BETWEEN_PORTIONS = timedelta(seconds=1)
# When a mail that can't be made is tried again: a template may have been mended by then.
_AFTER_A_FAULT = timedelta(minutes=15)
# Each try waits for half a minute by itself.
_MOST_TRIES_TO_RECORD, _BEFORE_RECORDING_AGAIN = 6, timedelta(seconds=1)
NOTHING_TO_SHOW = "nothing in it for this subscriber"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What it takes to write mails and to record what becomes of them.

    `resend` has a mail that may have arrived sent once more; `rate_per_domain` is mails a second, 0 for no limit.
    """

    deliveries: DeliveryStore
    subscriptions: Subscriptions
    writer: Writer
    clock: Callable[[], datetime]
    resend: bool
    sleep: Callable[[float], None]
    rate_per_domain: float = 0


@dataclass
class DueDeliveries:
    """What the engine is given: due deliveries to claim, mails to attempt, ends to settle."""

    send: Means
    owner: str
    told: Callable[[int], None] = lambda _: None
    sent: int = 0
    slowed_until: datetime | None = None
    refusals: int = 0
    refusal: str = ""
    unwritten: int = 0
    problem: str = ""
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
        pause = max(BETWEEN_PORTIONS, timedelta(seconds=1 / self.send.rate_per_domain))
        of_domain: dict[str, list[Claimed]] = {}
        for one in claimed:
            of_domain.setdefault(one.domain, []).append(one)
        self.release([one for tickets in of_domain.values() for one in tickets[most:]])
        for domain in of_domain:
            self.send.deliveries.back_off(domain, until=now + pause, failures=0)
        if of_domain:
            self.slowed_until = now + pause
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
        self._record(settled, now)
        self.sent += sum(one.state is DeliveryState.SENT for one in settled)
        self.told(self.sent)
        self._mind_domains(results, now)
        self._mind_policy(results)
        for ticket, result in results:
            if result.outcome is Outcome.REFUSED and result.concerns_recipient:
                address = ticket.subscriber.address
                self.send.subscriptions.suppress(address, SuppressionReason.BOUNCE, detail=result.answer)

    def _record(self, settled: Sequence[Settled], now: datetime) -> None:
        """What isn't recorded is sent once more, so that a database which others hold is asked for minutes."""
        for _ in range(_MOST_TRIES_TO_RECORD - 1):
            try:
                return self.send.deliveries.settle(self.owner, settled, now=now)
            except StoreError as error:
                _LOG.warning("What became of %d mails can't be recorded yet: %s", len(settled), error)
                self.send.sleep(_BEFORE_RECORDING_AGAIN.total_seconds())
        return self.send.deliveries.settle(self.owner, settled, now=now)

    def _mind_domains(self, results: Sequence[tuple[Claimed, Result]], now: datetime) -> None:
        """Leaves a domain alone whose server asks for patience, for longer each time, until it takes mail again.

        Where no server said anything, the connection broke off, which is no fault of the domain's.
        """
        deferred = {
            one.domain for one, result in results if result.outcome is Outcome.DEFERRED and result.code is not None
        }
        took = {one.domain for one, result in results if result.outcome is Outcome.SENT} - deferred
        self.send.deliveries.forget_failures(took)
        for domain in deferred:
            pause = _FIRST_BACK_OFF * 2 ** min(self.send.deliveries.find_failures(domain), 10)
            self.send.deliveries.back_off(domain, until=now + min(pause, _LONGEST_BACK_OFF))

    def _mind_policy(self, results: Sequence[tuple[Claimed, Result]]) -> None:
        """Counts refusals of mail like ours in a row, also over several portions."""
        for _, result in results:
            if result.outcome is Outcome.POLICY:
                self.refusals, self.refusal = self.refusals + 1, result.answer
            elif result.outcome is Outcome.SENT:
                self.refusals = 0

    def release(self, tickets: Sequence[Claimed]) -> None:
        """Gives back what was not handed over, through no fault of its own."""
        self.send.deliveries.release(self.owner, [one.delivery_id for one in tickets])

    def _write(self, claimed: Claimed, now: datetime) -> WrittenMail | None:
        """The mail of a delivery; None for one that is settled without, for a reason of its own."""
        deliveries, delivery_id = self.send.deliveries, claimed.delivery_id
        try:
            mail = self.send.writer.write(claimed, now=now)
        except (StoreError, SettingsError):
            raise
        except DigestError as error:
            if isinstance(error, NothingToShowError) or _is_unfit(claimed.subscriber.address):
                deliveries.exclude(self.owner, delivery_id, str(error), now=now)
            else:
                self._give_up(claimed, error, now)
            return None
        if mail is None:
            deliveries.exclude(self.owner, delivery_id, NOTHING_TO_SHOW, now=now)
        return mail

    def _give_up(self, claimed: Claimed, error: DigestError, now: datetime) -> None:
        """For good, or for a while where somebody may mend what is wrong; others aren't held up by it."""
        self.unwritten, self.problem = self.unwritten + 1, str(error)
        _LOG.error("The mail of %s to one subscriber can't be made: %s", claimed.edition_on, error)
        deliveries = self.send.deliveries
        if isinstance(error, DeliveryError) and error.permanent:
            deliveries.fail(self.owner, claimed.delivery_id, self.problem, now=now)
        else:
            deliveries.postpone(self.owner, claimed.delivery_id, self.problem, until=now + _AFTER_A_FAULT)


def _is_unfit(address: str) -> bool:
    """Whether no mail can be made to an address, whatever the settings say."""
    try:
        checked_recipient(address)
    except InputError:
        return True
    return False
