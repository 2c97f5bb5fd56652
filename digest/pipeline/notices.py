"""Sends what subscriptions have to say: confirm, you have it already, your link, an answer to a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Protocol

from digest.addresses import read_address
from digest.deliver.envelope import build_notice
from digest.deliver.receipt import RelayError
from digest.errors import DeliveryError, DigestError, InputError, SettingsError, StoreError
from digest.model.subscriber import NoticeKind, SubscriberState, SuppressionReason
from digest.render.notice import NoticeLinks, NoticeView
from digest.subscriptions import name_question

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.links import Links
    from digest.model.mail import Message, Sender
    from digest.render.notice import NoticeRenderer
    from digest.store.notices import ClaimedNotice, NoticeStore
    from digest.store.suppressions import SuppressionStore

CONFIRM_WITHIN = timedelta(days=7)
LOOK_WITHIN = timedelta(hours=1)
_LEASE = timedelta(minutes=15)
_FIRST_RETRY, _MOST_TRIES = timedelta(minutes=5), 8
# So many in a row that can't be sent just now speak of the mail server: each may have taken a minute's waiting.
_MOST_IN_A_ROW = 3
_REPLIES = (NoticeKind.HELP, NoticeKind.PAUSED, NoticeKind.UNSUBSCRIBED)
# What each kind says is true of subscribers in these states alone; the others can go to anybody.
_SAID_OF = {
    NoticeKind.CONFIRM: (SubscriberState.UNCONFIRMED, SubscriberState.UNSUBSCRIBED),
    NoticeKind.ALREADY: (SubscriberState.CONFIRMED, SubscriberState.PAUSED),
    NoticeKind.PAUSED: (SubscriberState.PAUSED,),
    NoticeKind.UNSUBSCRIBED: (SubscriberState.UNSUBSCRIBED,),
}
_ANYBODY = tuple(state for state in SubscriberState if state is not SubscriberState.SUPPRESSED)


class Transport(Protocol):
    """What hands a mail over."""

    def send(self, message: Message) -> object:
        """Returns when the mail was accepted; DeliveryError when it wasn't."""


@dataclass(frozen=True, slots=True)
class NoticesReport:
    """How many notices were sent, will be tried again, and could not be sent at all."""

    sent: int
    later: int
    failed: int

    @property
    def is_all(self) -> bool:
        """Whether every mail that waited went out."""
        return not (self.later or self.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Sends waiting notices one by one; each is claimed before it is sent and settled after."""

    store: NoticeStore
    suppressions: SuppressionStore
    renderer: NoticeRenderer
    links: Links
    sender: Sender
    command_address: str
    secret: str
    owner: str
    clock: Callable[[], datetime]

    def run(self, transport: Transport, *, most: int | None = None) -> NoticesReport:
        """What became of the notices that wait now: at most so many of them, or all.

        When the mail server takes none of several in a row, the others are left for the next run.
        """
        ended, in_a_row = {"sent": 0, "pending": 0, "failed": 0}, 0
        for _ in count() if most is None else range(most):
            now = self.clock()
            claimed = self.store.claim(self.owner, now=now, lease_until=now + _LEASE)
            if claimed is None:
                break
            state = self._send(claimed, transport)
            ended[state] += 1
            in_a_row = in_a_row + 1 if state == "pending" else 0
            if in_a_row == _MOST_IN_A_ROW:
                ended["pending"] += self.store.count_due(now=self.clock())
                break
        return NoticesReport(ended["sent"], ended["pending"], ended["failed"])

    def _send(self, claimed: ClaimedNotice, transport: Transport) -> str:
        state, reason = "sent", ""
        if self._is_void(claimed):
            state, reason = "failed", "the subscription has changed since"
        elif claimed.attempts > _MOST_TRIES:
            state, reason = "failed", "it was tried too often"
        else:
            try:
                if not self._hand_over(claimed, transport):
                    return "pending"
            except (SettingsError, StoreError) as error:
                # A matter of the whole program, not of this notice.
                self._settle(claimed, "pending", str(error))
                raise
            except RelayError as error:
                retry_at = self.clock() + _FIRST_RETRY
                self.store.hand_back(self.owner, claimed.notice_id, str(error), retry_at=retry_at)
                return "pending"
            except DigestError as error:
                is_final = _is_final(error) or claimed.attempts >= _MOST_TRIES
                state, reason = "failed" if is_final else "pending", str(error)
        self._settle(claimed, state, reason)
        return state

    def _hand_over(self, claimed: ClaimedNotice, transport: Transport) -> bool:
        """False when another sender has it by now."""
        message = self._message(claimed)
        key = message.message_id.strip("<>").partition("@")[0]
        is_ours = self.store.attempt(self.owner, claimed.notice_id, key)
        if is_ours:
            transport.send(message)
        return is_ours

    def _settle(self, claimed: ClaimedNotice, state: str, reason: str) -> None:
        pause = _FIRST_RETRY * 2 ** (claimed.attempts - 1)
        retry_at = self.clock() + pause if state == "pending" else None
        self.store.settle(self.owner, claimed.notice_id, state, reason, retry_at=retry_at)

    def _is_void(self, claimed: ClaimedNotice) -> bool:
        """Whether what the notice says is no longer so, or its address gets no mail by now."""
        is_wanted = _SAID_OF.get(claimed.kind, _ANYBODY)
        if claimed.subscriber.state not in is_wanted or (claimed.kind is NoticeKind.CONFIRM and not claimed.is_open):
            return True
        found = self.suppressions.find(read_address(claimed.subscriber.address).mailbox)
        return found is not None and found.reason is not SuppressionReason.ERASED

    def _message(self, claimed: ClaimedNotice) -> Message:
        subscriber = claimed.subscriber
        links = self.links.mail_links(subscriber.key, unsubscribe_mailto=self.command_address, edition_path="/")
        view = NoticeView(
            sender=self.sender,
            links=NoticeLinks(self._action(claimed), links.preferences, links.unsubscribe),
            command_address=self.command_address,
            good_until=(claimed.asked_at + CONFIRM_WITHIN).date(),
            paused_until=subscriber.paused_until,
            language=subscriber.preferences.language,
        )
        return build_notice(
            self.renderer.render(claimed.kind, view),
            sender=self.sender,
            recipient=subscriber.address,
            notice_key=str(claimed.notice_id),
            sent_at=self.clock(),
            secret=self.secret,
            is_reply=claimed.kind in _REPLIES,
        )

    def _action(self, claimed: ClaimedNotice) -> str:
        key = claimed.subscriber.key
        if claimed.kind is NoticeKind.SIGN_IN:
            token = self.links.sign_until("record", key, expires_at=self.clock() + LOOK_WITHIN)
            return self.links.address(f"/subscriptions/record/{token}")
        question = name_question(key, claimed.notice_id)
        token = self.links.sign_until("confirm", question, expires_at=claimed.asked_at + CONFIRM_WITHIN)
        return self.links.address(f"/subscriptions/confirm/{token}")


def _is_final(error: DigestError) -> bool:
    """Whether trying again can't help; a template that can't be used may be mended."""
    return isinstance(error, InputError) or (isinstance(error, DeliveryError) and error.permanent)
