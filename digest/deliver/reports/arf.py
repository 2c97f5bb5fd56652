"""Reads complaints: what a mailbox provider sends on when a reader calls a mail spam (ARF, RFC 5965)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.deliver.parts import addresses_in, read_fields, read_parts
from digest.model.report import ReportedRecipient

if TYPE_CHECKING:
    from digest.deliver.parts import Part

CONTENT_TYPE = "message/feedback-report"
# The registered types (RFC 5965, RFC 6430, RFC 6591) by which nobody complains.
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure"})
_OUTLOOK_SUBJECT = "complaint about message from "
# Where providers name the reader in the complained-of mail: Delivered-To, Outlook's, and To when it is one address.
_ADDRESS_HEADERS = ("x-hmxmroriginalrecipient", "delivered-to", "to")


def is_complaint(report: Part) -> bool:
    """Whether a `message/feedback-report` part tells of somebody's complaint."""
    kinds = [value.strip().lower() for name, value in _fields(report) if name == "feedback-type"]
    return not kinds or kinds[0] not in _NO_COMPLAINTS


def is_plain_complaint(mail: Part) -> bool:
    """Whether it is one of Outlook.com's older complaints, which have no `message/feedback-report`."""
    return mail.first("subject").strip().lower().startswith(_OUTLOOK_SUBJECT)


def read_complaint(report: Part | None, original: Part | None) -> tuple[ReportedRecipient, ...]:
    """Who complained, where the provider hasn't blacked it out; permanent: they get no more mail."""
    fields = _fields(report) if report else ()
    addresses = [found for name, value in fields if name == "original-rcpt-to" for found in addresses_in(value)]
    if not addresses and original is not None:
        addresses = list(_reader_of(read_parts(original.body)))
    return tuple(ReportedRecipient(address, permanent=True) for address in dict.fromkeys(addresses))


def _fields(report: Part) -> tuple[tuple[str, str], ...]:
    return read_fields(report.text())


def _reader_of(mail: Part) -> tuple[str, ...]:
    for name in _ADDRESS_HEADERS:
        found = addresses_in(mail.first(name))
        if len(found) == 1:
            return found
    return ()
