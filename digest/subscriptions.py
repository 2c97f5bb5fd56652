"""Everything a subscriber, or the operator for one, can do: ask, confirm, change, pause, leave, be forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.addresses import read_address
from digest.errors import InputError
from digest.model.subscriber import (
    NoticeKind,
    Preferences,
    Subscriber,
    SubscriberEvent,
    SubscriberState,
    SuppressionReason,
)
from digest.store.tallies import Limit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from digest.addresses import MailAddress
    from digest.store.subscribers import SubscriberStore
    from digest.store.suppressions import SuppressionStore
    from digest.store.tallies import TallyStore

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# How many mails one may have sent to an address by asking, to a domain, and from a network: no bombing through us.
_TO_AN_ADDRESS, _TO_A_DOMAIN, _FROM_A_NETWORK = 3, 200, 20
_LIVE = (SubscriberState.CONFIRMED, SubscriberState.PAUSED)
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """What is to happen to a subscriber: the state after it, the event to record, and the notice to send."""

    state: SubscriberState
    event: SubscriberEvent | None
    notice: NoticeKind | None = None


def decide_asking(state: SubscriberState | None, *, may_be_told: bool) -> Step | None:
    """What asking for the digest does to a subscriber in that state, None for nothing.

    Who has it already is told so, and who hasn't is asked to confirm; `may_be_told` is False where too many mails went
    to the address already.
    """
    if state is SubscriberState.SUPPRESSED:
        return None
    if state in _LIVE:
        return Step(state, None, NoticeKind.ALREADY) if may_be_told else None
    return Step(SubscriberState.UNCONFIRMED, SubscriberEvent.ASKED, NoticeKind.CONFIRM if may_be_told else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """The use cases; each is one transaction, repeated when somebody else was quicker."""

    subscribers: SubscriberStore
    suppressions: SuppressionStore
    tallies: TallyStore
    clock: Callable[[], datetime]
    make_key: Callable[[], str]

    def ask(self, text: str, preferences: Preferences, *, source: str, network: str | None = None) -> None:
        """Somebody asks for the digest: a notice goes to the address, which says what to do.

        Nothing tells the asker whether the address was known. `network` is where the question came from.
        InputError when the text is no address, or when that network asks too often.
        """
        address = read_address(text)
        if network:
            self.admit(network)
        may_be_told = self._count(address)
        if self.suppressions.find(address.mailbox) and not self._was_erased(address):
            return
        for _ in range(_TRIES):
            known = self.subscribers.find_by_mailbox(address.mailbox)
            step = decide_asking(known.state if known else None, may_be_told=may_be_told)
            if step is None or self._take(step, known, address, preferences, source):
                return

    def admit(self, network: str) -> None:
        """Counts a question that came from a network; TooOftenError when too many did lately."""
        if self.tallies.count([Limit(f"network {network}", _FROM_A_NETWORK, _HOUR)], now=self.clock()):
            raise TooOftenError(
                "Asking for the digest: too many questions came from your network. Try again in an hour."
            )

    def confirm(self, key: str, *, source: str) -> Subscriber:
        """The subscriber, who gets the digest from now on; doing it again changes nothing.

        InputError for one who is unknown, or has left or was suppressed since the link was sent.
        """
        subscriber = self._find(key)
        if subscriber.state in _LIVE:
            return subscriber
        if subscriber.state is not SubscriberState.UNCONFIRMED:
            raise InputError("Confirming: this link is no longer good. Ask for the digest once more.")
        mailbox = read_address(subscriber.address).mailbox
        if self._was_erased(read_address(subscriber.address)):
            self.suppressions.lift(mailbox)
        confirmed = replace(subscriber, state=SubscriberState.CONFIRMED, confirmed_at=self.clock())
        return self._move(confirmed, subscriber.state, SubscriberEvent.CONFIRMED, source)

    def change(self, key: str, preferences: Preferences, *, source: str) -> Subscriber:
        """The subscriber with other preferences; InputError for one who is unknown."""
        subscriber = self._find(key)
        changed = replace(subscriber, preferences=preferences)
        return self._move(changed, subscriber.state, SubscriberEvent.CHANGED, source)

    def pause(self, key: str, until: date | None, *, source: str, notice: NoticeKind | None = None) -> Subscriber:
        """The subscriber, who gets nothing before `until`, or until told otherwise; InputError for one without mail."""
        subscriber = self._find(key)
        if subscriber.state not in _LIVE:
            raise InputError("Pausing: this subscription isn't running. Ask for the digest first.")
        if until and until <= self.clock().date():
            raise InputError(f"Pausing until {until}: that is not in the future. Choose a later day.")
        paused = replace(subscriber, state=SubscriberState.PAUSED, paused_until=until)
        return self._move(paused, subscriber.state, SubscriberEvent.PAUSED, source, notice)

    def resume(self, key: str, *, source: str) -> Subscriber:
        """The subscriber, who gets mail again after a pause, or after having left by mistake."""
        subscriber = self._find(key)
        if subscriber.state is SubscriberState.CONFIRMED:
            return subscriber
        if subscriber.confirmed_at is None or subscriber.state is SubscriberState.SUPPRESSED:
            raise InputError("Resuming: this subscription can't be taken up again. Ask for the digest once more.")
        resumed = replace(subscriber, state=SubscriberState.CONFIRMED, paused_until=None)
        return self._move(resumed, subscriber.state, SubscriberEvent.RESUMED, source)

    def unsubscribe(self, key: str, *, source: str, notice: NoticeKind | None = None) -> None:
        """The subscriber gets no digest any more; one who is gone, or was never there, is no error."""
        for _ in range(_TRIES):
            known = self.subscribers.find(key)
            if known is None or known.state in (SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED):
                return
            left = replace(known, state=SubscriberState.UNSUBSCRIBED, paused_until=None)
            if self._try(left, known.state, SubscriberEvent.UNSUBSCRIBED, source, notice):
                return
        raise _changed_meanwhile()

    def suppress(self, text: str, reason: SuppressionReason, *, detail: str) -> None:
        """The address gets no mail, subscriber or not, until the operator lifts that."""
        address = read_address(text)
        self.suppressions.save(address.mailbox, reason, detail=detail, now=self.clock())
        subscriber = self.subscribers.find_by_mailbox(address.mailbox)
        if subscriber and subscriber.state is not SubscriberState.SUPPRESSED:
            suppressed = replace(subscriber, state=SubscriberState.SUPPRESSED)
            self._move(suppressed, subscriber.state, SubscriberEvent.SUPPRESSED, f"{reason}: {detail}")

    def lift(self, text: str, *, source: str) -> None:
        """The address may have mail again, and who had confirmed gets it; InputError if it wasn't suppressed."""
        address = read_address(text)
        if not self.suppressions.lift(address.mailbox):
            raise InputError(f"Lifting the suppression of {address.address}: there is none.")
        subscriber = self.subscribers.find_by_mailbox(address.mailbox)
        if subscriber and subscriber.state is SubscriberState.SUPPRESSED:
            state = SubscriberState.CONFIRMED if subscriber.confirmed_at else SubscriberState.UNCONFIRMED
            self._move(replace(subscriber, state=state), subscriber.state, SubscriberEvent.LIFTED, source)

    def erase(self, key: str) -> None:
        """Forgets the subscriber; only a keyed hash of the address stays, so that no import brings it back."""
        subscriber = self._find(key)
        mailbox = read_address(subscriber.address).mailbox
        self.suppressions.save(mailbox, SuppressionReason.ERASED, detail="", now=self.clock())
        self.subscribers.erase(key)

    def find(self, text: str) -> Subscriber:
        """The subscriber with that address; InputError when there is none."""
        address = read_address(text)
        subscriber = self.subscribers.find_by_mailbox(address.mailbox)
        if subscriber is None:
            raise InputError(f"Looking for {address.address}: no subscriber has this address.")
        return subscriber

    def send_notice(self, key: str, kind: NoticeKind, *, source: str) -> None:
        """Has a notice sent to the subscriber, such as a link to what is stored about them."""
        subscriber = self._find(key)
        if self._count(read_address(subscriber.address)):
            self._move(subscriber, subscriber.state, None, source, kind)

    def _take(
        self, step: Step, known: Subscriber | None, address: MailAddress, preferences: Preferences, source: str
    ) -> bool:
        now = self.clock()
        if known is None:
            new = Subscriber(self.make_key(), address.address, step.state, preferences, source, now)
            event = step.event or SubscriberEvent.ASKED
            return self.subscribers.add(new, address, event=event, source=source, notice=step.notice, now=now)
        asked = known
        if step.state is SubscriberState.UNCONFIRMED:
            asked = replace(known, state=step.state, preferences=preferences, source=source, asked_at=now)
        return self.subscribers.change(
            asked, was=known.state, event=step.event, source=source, notice=step.notice, now=now
        )

    def _count(self, address: MailAddress) -> bool:
        """Whether one more mail may go to the address."""
        limits = (
            Limit(f"mailbox {address.mailbox}", _TO_AN_ADDRESS, _DAY),
            Limit(f"domain {address.domain}", _TO_A_DOMAIN, _HOUR),
        )
        return not self.tallies.count(limits, now=self.clock())

    def _was_erased(self, address: MailAddress) -> bool:
        found = self.suppressions.find(address.mailbox)
        return found is not None and found.reason is SuppressionReason.ERASED

    def _find(self, key: str) -> Subscriber:
        subscriber = self.subscribers.find(key)
        if subscriber is None:
            raise InputError("Looking for the subscription: there is none any more. Ask for the digest once more.")
        return subscriber

    def _move(
        self,
        subscriber: Subscriber,
        was: SubscriberState,
        event: SubscriberEvent | None,
        source: str,
        notice: NoticeKind | None = None,
    ) -> Subscriber:
        if not self._try(subscriber, was, event, source, notice):
            raise _changed_meanwhile()
        return subscriber

    def _try(
        self,
        subscriber: Subscriber,
        was: SubscriberState,
        event: SubscriberEvent | None,
        source: str,
        notice: NoticeKind | None,
    ) -> bool:
        return self.subscribers.change(subscriber, was=was, event=event, source=source, notice=notice, now=self.clock())


def _changed_meanwhile() -> InputError:
    return InputError("Changing the subscription: it was changed at the same moment. Try again.")


class TooOftenError(InputError):
    """Somebody asks for more than a network may."""
