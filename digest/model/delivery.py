"""The record of one edition to one subscriber, and how handing it over can end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from digest.model.edition import Taken
    from digest.model.subscriber import Subscriber


class DeliveryState(StrEnum):
    """Where a delivery stands; the last six are ends."""

    PENDING = "pending"
    CLAIMED = "claimed"
    ATTEMPTING = "attempting"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    EXPIRED = "expired"
    BOUNCED = "bounced"
    EXCLUDED = "excluded"


class Outcome(StrEnum):
    """How handing a mail to a server ended.

    `sent`: the server took it over. `refused`: it refuses this recipient or mail for good. `deferred`: not now, try
    this recipient's domain later. `policy`: it refuses mail like ours (5.7.x): a matter for the operator, not of the
    recipient. `unreachable`: no connection, no TLS or no login: the relay's fault, no attempt is used up. `uncertain`:
    the connection broke off after the final dot (RFC 1047).
    """

    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    POLICY = "policy"
    UNREACHABLE = "unreachable"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome with the server's words in one line: `code` such as 550, `status` such as `5.1.1`, if it gave them.

    `concerns_recipient` tells whether a refusal came to RCPT and so speaks of the address, not of the mail.
    """

    outcome: Outcome
    answer: str
    code: int | None = None
    status: str | None = None
    concerns_recipient: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that one sender has taken on: the newest edition it draws on, the oldest, and whom it is for.

    `attempts` counts those before; `domain` is that of the recipient.
    """

    delivery_id: int
    edition_on: date
    first_on: date
    subscriber: Subscriber
    domain: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is about to be handed over: the key in its return path, the papers, and the line on how they were chosen."""

    delivery_id: int
    key: str
    taken: Taken
    chosen_by: str


@dataclass(frozen=True, slots=True)
class SentMail:
    """What was handed over in a delivery: enough to write the same mail again."""

    edition_on: date
    first_on: date
    subscriber: Subscriber
    taken: Taken
    chosen_by: str
    attempted_at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """How an attempt ended, and when it is tried again where that makes sense; `in_doubt`: it may have arrived."""

    delivery_id: int
    state: DeliveryState
    reason: str
    retry_at: datetime | None = None
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an edition was for when it was frozen: candidates are the queued and the excluded, by reason."""

    edition_on: date
    candidates: int
    queued: int
    excluded: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """Where the deliveries of an edition stand, by state, and why some were excluded after the audience was frozen."""

    audience: Audience
    states: Mapping[DeliveryState, int]
    excluded: Mapping[str, int]

    @property
    def adds_up(self) -> bool:
        """Whether everyone is accounted for."""
        audience = self.audience
        return (
            audience.candidates == audience.queued + sum(audience.excluded.values())
            and audience.queued == sum(self.states.values())
            and self.states.get(DeliveryState.EXCLUDED, 0) == sum(self.excluded.values())
        )


@dataclass(frozen=True, slots=True)
class Missed:
    """How many were confirmed after the audience of an edition was frozen: they get the next one."""

    edition_on: date
    frozen_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for its time: so many mails in a state, the first of them due at `next_at`."""

    state: DeliveryState
    number: int
    next_at: datetime
