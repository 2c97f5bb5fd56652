"""What comes in by mail: bounces and complaints count, commands are obeyed, everything else is left alone."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.addresses import read_address
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
    from digest.model.report import Report, ReportedRecipient
    from digest.model.subscriber import Preferences, Subscriber
    from digest.store.incoming import IncomingStore, Spoken
    from digest.subscriptions import Subscriptions

_LOG = logging.getLogger("digest.inbox")
# So many mails in a row may come back for a passing reason before the address is taken for gone.
MOST_TRANSIENT = 5
_MAIL = "mail"
# Policy, reputation, or the sender (RFC 3463, sections 3.8 and 3.2): that concerns the operator, not the address.
_ABOUT_US = re.compile(r"[45]\.(?:7\.\d+|1\.[78])")
_KEY = re.compile(r"[a-z2-7]{24}")


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
        """What the mail was: `bounce`, `complaint`, `auto-reply`, `command`, `repeated`, `unmatched` or `none`.

        A report is unmatched that speaks of no mail that is known here: one that is forged, or came after years.
        """
        key = self._find_key(mail)
        if not self.incoming.is_new(mail.content, key):
            return "repeated"
        kind = self._deal(mail, key)
        self.incoming.save(mail.content, kind, now=self.clock(), key=key)
        return kind

    def _deal(self, mail: IncomingMail, key: str) -> str:
        report = read_report(mail.content)
        match report.kind:
            case ReportKind.BOUNCE | ReportKind.COMPLAINT:
                spoken = self._find_spoken(report, key)
                if spoken is None:
                    return "unmatched"
                self._count(report, spoken)
                return report.kind.value
            case ReportKind.AUTO_REPLY:
                return report.kind.value
            case _:
                # No person writes from the null path (RFC 5321, section 4.5.5).
                command = None if mail.sender == "" else read_command(mail.content)
                return "command" if command and self._obey(command) else "none"

    def _find_key(self, mail: IncomingMail) -> str:
        """What the signed return path names that the mail came to, or nothing."""
        paths = (find_delivery_key(mail, bounce_address=self.bounce_address, secret=secret) for secret in self.keys)
        return next((key for key in paths if key), "")

    def _find_spoken(self, report: Report, key: str) -> Spoken | None:
        """The mail by its return path; a complaint names its mail, whose Message-ID nobody else can know."""
        if key:
            return self.incoming.find(key)
        if report.kind is ReportKind.COMPLAINT and report.message_id:
            named = report.message_id.strip("<> ").partition("@")[0].lower()
            # Anything can stand there, also what no database takes.
            return self.incoming.find(named) if _KEY.fullmatch(named) else None
        return None

    def _count(self, report: Report, spoken: Spoken) -> None:
        address = spoken.subscriber.address
        if report.kind is ReportKind.COMPLAINT:
            self.subscriptions.suppress(address, SuppressionReason.COMPLAINT, detail="reported as unwanted")
            return
        about_address = [one for one in report.recipients if not _ABOUT_US.fullmatch(one.status or "")]
        detail = _name_statuses(about_address or report.recipients)
        if report.recipients and not about_address:
            _LOG.warning("A mail was refused for what it is or who sends it (%s), which is yours to mend", detail)
            self.incoming.note_refusal(spoken, detail)
            return
        permanent = any(one.permanent for one in about_address)
        in_a_row = self.incoming.count_bounces(spoken, permanent=permanent)
        # The suppression comes first: whoever dies in between finds the mail not dealt with, and does both.
        if in_a_row is not None and (permanent or in_a_row >= MOST_TRANSIENT):
            self.subscriptions.suppress(address, SuppressionReason.BOUNCE, detail=f"mail came back: {detail}")
        self.incoming.bounce(spoken, detail, permanent=permanent, now=self.clock())

    def _obey(self, command: Command) -> bool:
        """Whether it could be: an address such as `root@host` can't be written to, and so can't ask."""
        if command.verb is CommandVerb.SUBSCRIBE:
            return self._ask(command.sender)
        try:
            subscriber = self.subscriptions.find(command.sender)
        except InputError:
            return True
        match command.verb:
            case CommandVerb.UNSUBSCRIBE:
                self._unsubscribe(subscriber)
            case CommandVerb.PAUSE:
                self._pause(subscriber, command)
            case CommandVerb.HELP:
                self.subscriptions.send_notice(subscriber.key, NoticeKind.HELP, source=_MAIL)
        return True

    def _ask(self, sender: str) -> bool:
        try:
            address = read_address(sender).address
        except InputError:
            return False
        self.subscriptions.ask(address, self.defaults, source=_MAIL)
        return True

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
            self.subscriptions.pause_and_tell(subscriber.key, until, source=_MAIL)


def _name_statuses(recipients: Sequence[ReportedRecipient]) -> str:
    statuses = [one.status for one in recipients if one.status]
    return ", ".join(dict.fromkeys(statuses)) or "no status given"
