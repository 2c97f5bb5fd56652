"""Who gets the digest, and what they asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class SubscriberState(StrEnum):
    """Whether a subscriber gets mail: only one who is confirmed does."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


class Frequency(StrEnum):
    """How often: every edition, those of working days, or all of a week's in one mail."""

    DAILY = "daily"
    WORKING_DAYS = "working-days"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When mail is wanted: `weekday` (0 is Monday) counts for a weekly mail, `hour` is local to the IANA `zone`."""

    frequency: Frequency = Frequency.DAILY
    weekday: int = 4
    hour: int = 7
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a subscriber asked for; empty tuples ask for nothing in particular.

    A paper is wanted when a followed author wrote it, when it holds a keyword, or when it lies in one of the `topics`
    (slugs) and one of the `categories`, where such are named; with nothing named at all, every paper is. What is muted
    is never shown. Without `cross_lists` a paper counts for its primary category alone; with `replacements`, newer
    versions of papers are shown too. `papers` is how many a mail has at most; `language` is that of dates (BCP 47).
    """

    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    muted_keywords: tuple[str, ...] = ()
    followed_authors: tuple[str, ...] = ()
    muted_authors: tuple[str, ...] = ()
    cross_lists: bool = True
    replacements: bool = False
    papers: int = 24
    schedule: Schedule = field(default_factory=Schedule)
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """An address that asked for the digest.

    `key` names the subscriber in links and says nothing about the address. `source` tells how the address came here:
    `web`, `mail`, `command`, or what an import names.
    """

    key: str
    address: str
    state: SubscriberState
    preferences: Preferences
    source: str
    asked_at: datetime
    confirmed_at: datetime | None = None
    paused_until: date | None = None


class SubscriberEvent(StrEnum):
    """What can happen to a subscriber; the record of it is the proof of consent."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    CHANGED = "changed"
    PAUSED = "paused"
    RESUMED = "resumed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event with its time, and where it came from."""

    what: SubscriberEvent
    at: datetime
    source: str


class NoticeKind(StrEnum):
    """A mail about the subscription itself: what it asks or tells."""

    CONFIRM = "confirm"
    ALREADY = "already"
    SIGN_IN = "sign-in"
    HELP = "help"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"


class Asked(StrEnum):
    """What came of asking for the digest: a mail that asks, or tells that it comes already, or no mail at all.

    `enough` says that too many mails went there by asking already.
    """

    CONFIRM = "confirm"
    ALREADY = "already"
    SUPPRESSED = "suppressed"
    ENOUGH = "enough"


class SuppressionReason(StrEnum):
    """Why an address gets no mail."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    OPERATOR = "operator"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that gets no mail; the address itself is None once its person was erased."""

    mailbox: str | None
    reason: SuppressionReason
    since: datetime
    detail: str
