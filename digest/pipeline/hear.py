"""What comes in by mail: bounces and complaints count, commands are obeyed, everything else is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.deliver.commands import read_command
from digest.deliver.reports.delivery import find_delivery_key
from digest.deliver.reports.read import read_report
from digest.errors import InputError
from digest.model.incoming import CommandVerb
from digest.model.report import ReportKind
from digest.model.subscriber import NoticeKind, SubscriberState, SuppressionReason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from digest.model.incoming import Command, IncomingMail
    from digest.model.report import Report
    from digest.model.subscriber import Preferences, Subscriber
    from digest.store.incoming import IncomingStore, Spoken
    from digest.subscriptions import Subscriptions

# So many mails in a row may come back for a passing reason before the address is taken for gone.
MOST_TRANSIENT = 5
_MAIL = "mail"
# Policy or reputation (RFC 3463, section 3.8): that concerns the operator, not the address.
_POLICY = "5.7."


@dataclass(frozen=True, slots=True, kw_only=True)
class Hear:
    """Deals with one incoming mail at a time; the same mail again changes nothing."""

    incoming: IncomingStore
    subscriptions: Subscriptions
    defaults: Preferences
    bounce_address: str
    keys: Sequence[str]
    clock: Callable[[], datetime]

    def take(self, mail: IncomingMail) -> str:
        """What the mail was: `bounce`, `complaint`, `auto-reply`, `command`, `repeated`, `forged` or `none`."""
        if not self.incoming.is_new(mail.content):
            return "repeated"
        kind = self._deal(mail)
        self.incoming.save(mail.content, kind, now=self.clock())
        return kind

    def _deal(self, mail: IncomingMail) -> str:
        report = read_report(mail.content)
        match report.kind:
            case ReportKind.BOUNCE | ReportKind.COMPLAINT:
                spoken = self._find_spoken(mail, report)
                if spoken is None:
                    return "forged"
                self._count(report, spoken)
                return report.kind.value
            case ReportKind.AUTO_REPLY:
                return report.kind.value
            case _:
                command = read_command(mail.content)
                if command is None:
                    return "none"
                self._obey(command)
                return "command"

    def _find_spoken(self, mail: IncomingMail, report: Report) -> Spoken | None:
        """The delivery by the signed return path; a complaint names its mail, whose Message-ID nobody else can know."""
        for secret in self.keys:
            key = find_delivery_key(mail, bounce_address=self.bounce_address, secret=secret)
            if key:
                return self.incoming.find(key)
        if report.kind is ReportKind.COMPLAINT and report.message_id:
            return self.incoming.find(report.message_id.strip("<> ").partition("@")[0])
        return None

    def _count(self, report: Report, spoken: Spoken) -> None:
        address = spoken.subscriber.address
        if report.kind is ReportKind.COMPLAINT:
            self.subscriptions.suppress(address, SuppressionReason.COMPLAINT, detail="reported as unwanted")
            return
        statuses = [one.status for one in report.recipients if one.status]
        detail = ", ".join(dict.fromkeys(statuses)) or "no status given"
        permanent = any(one.permanent and not (one.status or "").startswith(_POLICY) for one in report.recipients)
        in_a_row = self.incoming.bounce(spoken.delivery_id, detail, permanent=permanent, now=self.clock())
        if in_a_row is not None and (permanent or in_a_row >= MOST_TRANSIENT):
            self.subscriptions.suppress(address, SuppressionReason.BOUNCE, detail=f"mail came back: {detail}")

    def _obey(self, command: Command) -> None:
        if command.verb is CommandVerb.SUBSCRIBE:
            self.subscriptions.ask(command.sender, self.defaults, source=_MAIL)
            return
        try:
            subscriber = self.subscriptions.find(command.sender)
        except InputError:
            return
        match command.verb:
            case CommandVerb.UNSUBSCRIBE:
                self._unsubscribe(subscriber)
            case CommandVerb.PAUSE:
                self._pause(subscriber, command)
            case CommandVerb.HELP:
                self.subscriptions.send_notice(subscriber.key, NoticeKind.HELP, source=_MAIL)

    def _unsubscribe(self, subscriber: Subscriber) -> None:
        """Anybody can write in somebody's name, so the person is told and can take it back."""
        self.subscriptions.unsubscribe(subscriber.key, source=_MAIL, notice=NoticeKind.UNSUBSCRIBED)

    def _pause(self, subscriber: Subscriber, command: Command) -> None:
        if subscriber.state not in (SubscriberState.CONFIRMED, SubscriberState.PAUSED):
            return
        until: date | None = command.pause_until
        if command.pause_for:
            until = self.clock().date() + command.pause_for
        if until is None or until > self.clock().date():
            self.subscriptions.pause(subscriber.key, until, source=_MAIL, notice=NoticeKind.PAUSED)
