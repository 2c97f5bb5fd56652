"""What comes back by mail: bounces, complaints, automatic replies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReportKind(StrEnum):
    """What a mail that came in is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ReportedRecipient:
    """One recipient in a report; `status` is an enhanced status code (RFC 3463) such as `5.1.1`, if one is given."""

    address: str
    permanent: bool
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A mail that came in, read as a report.

    `message_id` is that of the mail it speaks of, where it says so. A bounce that only says that a mail is delayed has
    recipients that aren't permanent.
    """

    kind: ReportKind
    recipients: tuple[ReportedRecipient, ...] = ()
    message_id: str | None = None
