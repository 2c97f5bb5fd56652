"""Tells the operator by mail what happened to a day, each piece of news once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from digest.deliver.envelope import build_notice
from digest.errors import DeliveryError, InputError, RenderError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.links import Links
    from digest.model.alert import Alert
    from digest.model.mail import Message, Sender
    from digest.render.alert import AlertRenderer
    from digest.store.alerts import AlertStore


class Transport(Protocol):
    """What hands a mail over."""

    def send(self, message: Message) -> object:
        """Returns when the mail was accepted; DeliveryError when it wasn't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Writes to `operator`, an address or nothing."""

    store: AlertStore
    renderer: AlertRenderer
    links: Links
    sender: Sender
    operator: str
    secret: str
    clock: Callable[[], datetime]

    def run(self, alert: Alert, transport: Transport, *, told: Callable[[str], None] = lambda _: None) -> bool:
        """Whether the operator has been told, by this call or an earlier one; False where there is nobody to tell.

        A mail that could not be made or handed over is tried by the next call and stops nothing; `told` hears why.
        """
        if not self.operator:
            return False
        if self.store.has_told(alert.announced_on, alert.kind):
            return True
        try:
            message = self._message(alert)
        except (InputError, RenderError) as error:
            told(str(error))
            return False
        if not self.store.claim(alert.announced_on, alert.kind, now=self.clock()):
            return True
        return self._hand_over(alert, message, transport, told)

    def _hand_over(self, alert: Alert, message: Message, transport: Transport, told: Callable[[str], None]) -> bool:
        is_sent = False
        try:
            transport.send(message)
            is_sent = True
        except DeliveryError as error:
            told(str(error))
        finally:
            # Also when the program is being ended: an alert that nobody got must not count as told.
            if not is_sent:
                self.store.give_back(alert.announced_on, alert.kind)
        return is_sent

    def _message(self, alert: Alert) -> Message:
        edition = self.links.address(f"/editions/{alert.announced_on}") if alert.is_published else None
        return build_notice(
            self.renderer.render(alert, sender=self.sender, edition=edition),
            sender=self.sender,
            recipient=self.operator,
            notice_key=f"{alert.kind.value} {alert.announced_on}",
            sent_at=self.clock(),
            secret=self.secret,
        )
