"""Sends what subscriptions have to say: confirm, you have it already, your link, an answer to a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from digest.deliver.envelope import build_notice
from digest.errors import DeliveryError, InputError
from digest.model.subscriber import NoticeKind, SubscriberState
from digest.render.notice import NoticeLinks, NoticeView

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.links import Links
    from digest.model.mail import Message, Sender
    from digest.render.notice import NoticeRenderer
    from digest.store.notices import ClaimedNotice, NoticeStore

CONFIRM_WITHIN = timedelta(days=7)
LOOK_WITHIN = timedelta(hours=1)
_LEASE = timedelta(minutes=15)
_FIRST_RETRY, _MOST_TRIES = timedelta(minutes=5), 8
_REPLIES = (NoticeKind.HELP, NoticeKind.PAUSED, NoticeKind.UNSUBSCRIBED)
_MOST_AT_ONCE = 500


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Sends waiting notices one by one; each is claimed before it is sent and settled after."""

    store: NoticeStore
    renderer: NoticeRenderer
    links: Links
    sender: Sender
    command_address: str
    secret: str
    owner: str
    clock: Callable[[], datetime]

    def run(self, transport: Transport) -> NoticesReport:
        """What became of the notices that wait now."""
        ended = {"sent": 0, "pending": 0, "failed": 0}
        for _ in range(_MOST_AT_ONCE):
            now = self.clock()
            claimed = self.store.claim(self.owner, now=now, lease_until=now + _LEASE)
            if claimed is None:
                break
            ended[self._send(claimed, transport)] += 1
        return NoticesReport(ended["sent"], ended["pending"], ended["failed"])

    def _send(self, claimed: ClaimedNotice, transport: Transport) -> str:
        if _is_void(claimed):
            self.store.settle(claimed.notice_id, "failed", "the subscription has changed since")
            return "failed"
        state, reason, retry_at = "sent", "", None
        try:
            transport.send(self._message(claimed))
        except InputError as error:
            state, reason = "failed", str(error)
        except DeliveryError as error:
            may_retry = not error.permanent and claimed.attempts < _MOST_TRIES
            state, reason = ("pending" if may_retry else "failed"), str(error)
            retry_at = self.clock() + _FIRST_RETRY * 2 ** (claimed.attempts - 1) if may_retry else None
        self.store.settle(claimed.notice_id, state, reason, retry_at=retry_at)
        return state

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
            token = self.links.sign_until("data", key, expires_at=self.clock() + LOOK_WITHIN)
            return self.links.address(f"/subscriptions/data/{token}")
        token = self.links.sign_until("confirm", key, expires_at=claimed.asked_at + CONFIRM_WITHIN)
        return self.links.address(f"/subscriptions/confirm/{token}")


def _is_void(claimed: ClaimedNotice) -> bool:
    """Whether what the notice says is no longer so."""
    state = claimed.subscriber.state
    if state is SubscriberState.SUPPRESSED:
        return True
    return claimed.kind is NoticeKind.CONFIRM and state is not SubscriberState.UNCONFIRMED
