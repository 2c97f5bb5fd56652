"""Reads any mail that came in as a report: bounce, complaint, automatic reply, or none of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.deliver.parts import read_fields, read_parts
from digest.deliver.reports.arf import CONTENT_TYPE as FEEDBACK
from digest.deliver.reports.arf import is_complaint, is_plain_complaint, read_complaint
from digest.deliver.reports.dsn import CONTENT_TYPES as DELIVERY_STATUS
from digest.deliver.reports.dsn import read_dsn, tells_of_arrival
from digest.deliver.reports.notice import (
    is_notice,
    is_server,
    notice_text,
    says_arrived,
    says_delayed,
    says_failed,
    wrapped,
)
from digest.deliver.reports.replies import answered_message_id, is_auto_reply
from digest.deliver.reports.status import is_permanent
from digest.deliver.reports.texts import find_recipients
from digest.model.report import Report, ReportedRecipient, ReportKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.deliver.parts import Part

_MOST_RECIPIENTS = 1_000
# A report that a virus scanner wrapped in one of its own.
_MOST_WRAPPERS = 2
_ANY_ID = re.compile(r"<[^<>\s]{1,250}>")
_MESSAGE_ID = re.compile(rb"^[>\s]{0,20}Message-ID:\s{0,4}(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)


def read_report(content: bytes) -> Report:
    """What the mail reports; of any bytes at all, a Report, in time proportional to their number.

    A bounce's recipients are permanent when their status is 5.x.x but not 5.7.x, or when a server without codes gives
    up. A bounce that names nobody has no recipients. A mail of which nothing is known has the kind NONE.
    """
    return _read(content, wrappers=0)


def _read(content: bytes, *, wrappers: int) -> Report:
    mail = read_parts(content)
    leaves = mail.leaves()
    feedback = next((leaf for leaf in leaves if leaf.content_type == FEEDBACK), None)
    if feedback or is_plain_complaint(mail):
        return _complaint(mail, feedback)
    statuses = [leaf for leaf in leaves if leaf.content_type in DELIVERY_STATUS]
    recipients = _once(recipient for part in statuses for recipient in read_dsn(part))
    if recipients:
        return Report(ReportKind.BOUNCE, recipients, _original_id(mail))
    if any(tells_of_arrival(part) for part in statuses):
        return Report(ReportKind.NONE)
    if is_notice(mail):
        report = _notice(mail) or (_unwrapped(mail, wrappers) if wrappers < _MOST_WRAPPERS else None)
        if report:
            return report
    if is_auto_reply(mail):
        return Report(ReportKind.AUTO_REPLY, message_id=answered_message_id(mail))
    return Report(ReportKind.NONE)


def _complaint(mail: Part, feedback: Part | None) -> Report:
    if feedback and not is_complaint(feedback):
        return Report(ReportKind.NONE)
    original = next(iter(wrapped(mail)), None)
    return Report(ReportKind.COMPLAINT, read_complaint(feedback, original)[:_MOST_RECIPIENTS], _original_id(mail))


def _notice(mail: Part) -> Report | None:
    text = notice_text(mail)
    if says_arrived(text):
        return None
    gives_up = not says_delayed(text)
    recipients = _once(
        ReportedRecipient(found.address, gives_up and is_permanent(found.status, otherwise=True), found.status)
        for found in find_recipients(mail, text)
    )
    if recipients or says_failed(text) or (is_server(mail) and says_failed(mail.first("subject"))):
        return Report(ReportKind.BOUNCE, recipients, _original_id(mail))
    return None


def _unwrapped(mail: Part, wrappers: int) -> Report | None:
    for inner in wrapped(mail):
        report = _read(inner.body, wrappers=wrappers + 1)
        if report.kind is not ReportKind.NONE:
            return report
    return None


def _once(recipients: Iterable[ReportedRecipient]) -> tuple[ReportedRecipient, ...]:
    """Each address once: as it was first reported, or as permanent if any of the reports says so."""
    known: dict[str, ReportedRecipient] = {}
    for recipient in recipients:
        key = recipient.address.lower()
        if key not in known or (recipient.permanent and not known[key].permanent):
            known[key] = recipient
    return tuple(known.values())[:_MOST_RECIPIENTS]


def _original_id(mail: Part) -> str | None:
    """The Message-ID of the mail that came back, from the copy of it or the server's words about it."""
    copies = wrapped(mail)
    if copies:
        named = _ANY_ID.search(dict(reversed(read_fields(copies[0].text()))).get("message-id", ""))
        return named[0] if named else None
    found = _MESSAGE_ID.search(mail.body)
    return found[1].decode("ascii", "replace") if found else None
