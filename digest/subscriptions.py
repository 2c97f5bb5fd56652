"""Everything a subscriber, or the operator for one, can do: ask, confirm, change, pause, leave, be forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.addresses import read_address
from digest.errors import InputError
from digest.model.subscriber import (
    Asked,
    NoticeKind,
    Preferences,
    Subscriber,
    SubscriberEvent,
    SubscriberState,
    SuppressionReason,
)
from digest.store.subscribers import Happening
from digest.store.tallies import Limit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from digest.addresses import MailAddress
    from digest.store.questions import QuestionStore
    from digest.store.subscribers import SubscriberStore
    from digest.store.suppressions import SuppressionStore
    from digest.store.tallies import TallyStore

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# How many mails one may have sent to an address by asking, to a domain, and from a network: no bombing through us.
_TO_AN_ADDRESS, _TO_A_DOMAIN, _FROM_A_NETWORK = 3, 200, 20
# Of a question by mail nobody knows the network, and its sender can be made up: so many an hour, of all together.
_BY_MAIL, _MOST_BY_MAIL = "mail", 60
# What is beyond a domain's share waits for its turn, so long at most: its link must still be good then.
_LONGEST_WAIT = _DAY
_LIVE = (SubscriberState.CONFIRMED, SubscriberState.PAUSED)
_RESTING = (SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED)
_TRIES = 5
_LEASE = timedelta(minutes=5)


def decide_asking(state: SubscriberState | None) -> Asked:
    """What asking for the digest leads to for a subscriber in that state, or None for an address that is new."""
    if state is SubscriberState.SUPPRESSED:
        return Asked.SUPPRESSED
    return Asked.ALREADY if state in _LIVE else Asked.CONFIRM


def can_resume(subscriber: Subscriber) -> bool:
    """Whether somebody who gets no mail can have it again without being asked to confirm."""
    return subscriber.confirmed_at is not None and subscriber.state in _RESTING


def name_question(key: str, notice_id: int) -> str:
    """What a link stands for that confirms: the subscriber, and the notice that passed the question on."""
    return f"{key}:{notice_id}"


def read_question(name: str) -> tuple[str, int]:
    """The subscriber's key and the notice in such a name; InputError for one of an older version, which names none."""
    key, _, notice_id = name.partition(":")
    if not notice_id:
        raise InputError("Confirming: this link is no longer good. Ask for the digest once more.")
    return key, int(notice_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """The use cases; each is one transaction, repeated when somebody else was quicker."""

    subscribers: SubscriberStore
    suppressions: SuppressionStore
    questions: QuestionStore
    tallies: TallyStore
    clock: Callable[[], datetime]
    make_key: Callable[[], str]

    def ask(self, text: str, preferences: Preferences, *, source: str, by_operator: bool = False) -> Asked:
        """Somebody asks for the digest: a notice goes to the address, which says what to do.

        What is stored of who left, or hasn't confirmed yet, stays as it is: the notice carries the preferences, and its
        link makes them count. A notice beyond its domain's share waits for its turn. What came of it is for the
        operator alone, whose own questions wait for nobody: an asker is never told whether the address was known.
        InputError when the text is no address.
        """
        address = read_address(text)
        if self._is_closed(address):
            return Asked.SUPPRESSED
        due_at = self._turn(address, source, by_operator=by_operator)
        if due_at is None:
            return Asked.ENOUGH
        question = Happening(at=self.clock(), source=source, due_at=due_at, wishes=preferences)
        for _ in range(_TRIES):
            known = self.subscribers.find_by_mailbox(address.mailbox)
            asked = decide_asking(known.state if known else None)
            if asked is Asked.SUPPRESSED or self._take(asked, known, address, question):
                return asked
        raise _changed_meanwhile()

    def write_down(self, text: str, preferences: Preferences, *, source: str) -> None:
        """Keeps a question for `take_questions`, in the same time whoever it is about; InputError for no address."""
        self.questions.save(read_address(text).address, preferences, source=source, now=self.clock())

    def take_questions(self) -> int:
        """Works off the questions that were written down; how many. One that fails is taken again later."""
        taken = 0
        while question := self.questions.claim(now=self.clock(), lease_until=self.clock() + _LEASE):
            self.ask(question.address, question.wishes, source=question.source)
            self.questions.drop(question.question_id)
            taken += 1
        return taken

    def admit(self, network: str) -> None:
        """Counts a question that came from a network; TooOftenError when too many did lately."""
        if self.tallies.count([Limit(f"network {network}", _FROM_A_NETWORK, _HOUR)], now=self.clock()):
            raise TooOftenError(
                "Asking for the digest: too many questions came from your network. Try again in an hour."
            )

    def confirm(self, key: str, question: int, *, source: str) -> Subscriber:
        """The subscriber, who gets from now on what that question asked for; doing it again changes nothing.

        `question` is the notice that passed it on. InputError for one who is unknown, or has left or was suppressed
        since the link was sent.
        """
        for _ in range(_TRIES):
            # In this order: whoever answers it meanwhile has confirmed.
            asked = self.subscribers.find_question(key, question)
            known = self._find(key)
            if known.state in _LIVE:
                return known
            address = read_address(known.address)
            if asked is None or known.state is SubscriberState.SUPPRESSED or self._is_closed(address):
                raise InputError("Confirming: this link is no longer good. Ask for the digest once more.")
            now = self.clock()
            self.suppressions.welcome_back(address.mailbox)
            confirmed = replace(
                known,
                state=SubscriberState.CONFIRMED,
                preferences=asked.wishes,
                source=asked.source,
                asked_at=asked.asked_at,
                confirmed_at=now,
            )
            happened = [Happening(at=now, source=source, event=SubscriberEvent.CONFIRMED)]
            if known.state is SubscriberState.UNSUBSCRIBED:
                happened.insert(0, Happening(at=asked.asked_at, source=asked.source, event=SubscriberEvent.ASKED))
            if self.subscribers.change(confirmed, *happened, was=known, answers=question):
                return confirmed
        raise _changed_meanwhile()

    def change(self, key: str, preferences: Preferences, *, source: str) -> Subscriber:
        """The subscriber with other preferences; InputError for one who is unknown."""
        return self._move(key, lambda one: replace(one, preferences=preferences), SubscriberEvent.CHANGED, source)

    def pause(self, key: str, until: date | None, *, source: str, notice: NoticeKind | None = None) -> Subscriber:
        """The subscriber, who gets nothing before `until`, or until told otherwise; InputError for one without mail."""

        def paused(subscriber: Subscriber) -> Subscriber:
            if subscriber.state not in _LIVE:
                raise InputError("Pausing: this subscription isn't running. Ask for the digest first.")
            if until and until <= self.clock().date():
                raise InputError(f"Pausing until {until}: that is not in the future. Choose a later day.")
            return replace(subscriber, state=SubscriberState.PAUSED, paused_until=until)

        return self._move(key, paused, SubscriberEvent.PAUSED, source, notice)

    def pause_and_tell(self, key: str, until: date | None, *, source: str) -> None:
        """The same for a word that may be forged: the person is told, and a pause that can't be told of isn't made.

        A pause that is so already changes nothing and is not told again. InputError as above.
        """
        known = self._find(key)
        is_so = known.state is SubscriberState.PAUSED and known.paused_until == until
        if not is_so and self._has_room(read_address(known.address)):
            self.pause(key, until, source=source, notice=NoticeKind.PAUSED)

    def resume(self, key: str, *, source: str) -> Subscriber:
        """The subscriber, who gets mail again after a pause, or after having left by mistake."""

        def resumed(subscriber: Subscriber) -> Subscriber:
            if subscriber.state is not SubscriberState.CONFIRMED and not can_resume(subscriber):
                raise InputError("Resuming: this subscription can't be taken up again. Ask for the digest once more.")
            return replace(subscriber, state=SubscriberState.CONFIRMED, paused_until=None)

        return self._move(key, resumed, SubscriberEvent.RESUMED, source)

    def unsubscribe(self, key: str, *, source: str, notice: NoticeKind | None = None) -> None:
        """The subscriber gets no digest any more; one who is gone, or was never there, is no error."""
        left = Happening(at=self.clock(), source=source, event=SubscriberEvent.UNSUBSCRIBED, notice=notice)
        self.subscribers.unsubscribe(key, left)

    def suppress(self, text: str, reason: SuppressionReason, *, detail: str) -> None:
        """The address gets no mail, subscriber or not, until the operator lifts that."""
        self.suppressions.suppress(read_address(text).mailbox, reason, detail=detail, now=self.clock())

    def lift(self, text: str, *, source: str) -> None:
        """The address may have mail again, and is what it was before; InputError if it wasn't suppressed."""
        address = read_address(text)
        if not self.suppressions.lift(address.mailbox, source=source, now=self.clock()):
            raise InputError(f"Lifting the suppression of {address.address}: there is none.")

    def erase(self, key: str) -> None:
        """Forgets the subscriber; only a keyed hash of the address stays, so that no import brings it back."""
        self.suppressions.erase(read_address(self._find(key).address).mailbox, now=self.clock())

    def find(self, text: str) -> Subscriber:
        """The subscriber with that address; InputError when there is none."""
        address = read_address(text)
        subscriber = self.subscribers.find_by_mailbox(address.mailbox)
        if subscriber is None:
            raise InputError(f"Looking for {address.address}: no subscriber has this address.")
        return subscriber

    def send_notice(self, key: str, kind: NoticeKind, *, source: str) -> None:
        """Has a notice sent to the subscriber, such as a link to what is stored about them."""
        if self._has_room(read_address(self._find(key).address)):
            self.subscribers.notify(key, Happening(at=self.clock(), source=source, notice=kind))

    def _take(self, asked: Asked, known: Subscriber | None, address: MailAddress, question: Happening) -> bool:
        if asked is Asked.ALREADY and known:
            return self.subscribers.notify(known.key, replace(question, notice=NoticeKind.ALREADY, wishes=None))
        question = replace(question, notice=NoticeKind.CONFIRM)
        if known and known.state is SubscriberState.UNSUBSCRIBED:
            return self.subscribers.notify(known.key, question)
        question = replace(question, event=SubscriberEvent.ASKED)
        if known:
            return self.subscribers.change(replace(known, asked_at=question.at), question, was=known)
        wishes = question.wishes or Preferences()
        new = Subscriber(
            self.make_key(), address.address, SubscriberState.UNCONFIRMED, wishes, question.source, question.at
        )
        return self.subscribers.add(new, address, question)

    def _turn(self, address: MailAddress, source: str, *, by_operator: bool) -> datetime | None:
        """When a mail may go to the address because somebody asked; None when too many go there, or come by mail."""
        if not self._has_room(address):
            return None
        now = self.clock()
        if by_operator:
            return now
        if source == _BY_MAIL and self.tallies.count([Limit("questions by mail", _MOST_BY_MAIL, _HOUR)], now=now):
            return None
        share = Limit(f"domain {address.domain}", _TO_A_DOMAIN, _HOUR)
        return self.tallies.reserve(share, now=now, within=_LONGEST_WAIT)

    def _has_room(self, address: MailAddress) -> bool:
        """Counts one more mail to the address; whether it may go there."""
        limit = Limit(f"mailbox {address.inbox}", _TO_AN_ADDRESS, _DAY)
        return not self.tallies.count([limit], now=self.clock())

    def _is_closed(self, address: MailAddress) -> bool:
        """Whether the address gets no mail; an erased person may come back by confirming."""
        found = self.suppressions.find(address.mailbox)
        return found is not None and found.reason is not SuppressionReason.ERASED

    def _find(self, key: str) -> Subscriber:
        subscriber = self.subscribers.find(key)
        if subscriber is None:
            raise InputError("Looking for the subscription: there is none any more. Ask for the digest once more.")
        return subscriber

    def _move(
        self,
        key: str,
        decide: Callable[[Subscriber], Subscriber],
        event: SubscriberEvent,
        source: str,
        notice: NoticeKind | None = None,
    ) -> Subscriber:
        for _ in range(_TRIES):
            known = self._find(key)
            moved = decide(known)
            happening = Happening(at=self.clock(), source=source, event=event, notice=notice)
            if moved == known or self.subscribers.change(moved, happening, was=known):
                return moved
        raise _changed_meanwhile()


def _changed_meanwhile() -> InputError:
    return InputError("Changing the subscription: it was changed at the same moment. Try again.")


class TooOftenError(InputError):
    """Somebody asks for more than a network may."""
