"""What came in by mail: each mail counts once, and what it says of a delivery is kept with that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, select, true, update

from digest.model.delivery import DeliveryState
from digest.store.database import tried_again
from digest.store.mail_schema import deliveries, incoming, notices, subscribers
from digest.store.returned import CAME_BACK, NOT_LIKED
from digest.store.subscribers import read_subscriber
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Table

    from digest.model.subscriber import Subscriber
    from digest.store.database import Database

_BOUNCED = DeliveryState.BOUNCED.value
# States of a delivery that went out, or may have: one whose end is unknown may be on its way a second time.
_WENT_OUT = tuple(
    state.value
    for state in (
        DeliveryState.SENT,
        DeliveryState.UNCERTAIN,
        DeliveryState.PENDING,
        DeliveryState.CLAIMED,
        DeliveryState.ATTEMPTING,
        DeliveryState.DEFERRED,
        DeliveryState.EXPIRED,
    )
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The mail that a report speaks of, a digest or a notice, and whom it was for."""

    mail_id: int
    is_notice: bool
    subscriber: Subscriber


class IncomingStore:
    """Finds what reports speak of, and keeps what they say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_new(self, content: bytes, key: str = "") -> bool:
        """Whether this mail hasn't been dealt with, as a report of the delivery with that key."""
        digest = _digest(content, key)
        with self._database.read() as connection:
            return connection.scalar(select(incoming.c.kind).where(incoming.c.digest == digest)) is None

    @tried_again
    def save(self, content: bytes, kind: str, *, now: datetime, key: str = "") -> None:
        """Notes that a mail was dealt with."""
        with self._database.write() as connection:
            upsert(connection, incoming, [{"digest": _digest(content, key), "received_at": now, "kind": kind}])

    def find(self, key: str) -> Spoken | None:
        """The mail with that key in its return path or Message-ID."""
        with self._database.read() as connection:
            for table in (deliveries, notices):
                statement = (
                    select(table.c.id.label("mail_id"), subscribers)
                    .join_from(table, subscribers, subscribers.c.id == table.c.subscriber_id)
                    .where(table.c.key == key)
                )
                row = connection.execute(statement).first()
                if row is not None:
                    return Spoken(row.mail_id, table is notices, read_subscriber(row))
        return None

    def count_bounces(self, spoken: Spoken, *, permanent: bool) -> int | None:
        """How many mails in a row have come back with this one; None when that it did was noted before."""
        table = _table(spoken)
        counted = (
            select(subscribers.c.bounces)
            .join_from(table, subscribers, subscribers.c.id == table.c.subscriber_id)
            .where(_is_news(spoken, permanent=permanent))
        )
        with self._database.read() as connection:
            before = connection.scalar(counted)
            return None if before is None else before + 1

    @tried_again
    def bounce(self, spoken: Spoken, reason: str, *, permanent: bool, now: datetime) -> None:
        """Notes that a mail came back and counts it, unless that was done before."""
        values: dict[str, object] = {"reason": f"{CAME_BACK} {reason}"}
        if permanent:
            values["state"] = _BOUNCED
        if not spoken.is_notice:
            values["settled_at"] = now
        noted = update(_table(spoken)).where(_is_news(spoken, permanent=permanent)).values(values)
        is_theirs = subscribers.c.key == spoken.subscriber.key
        with self._database.write() as connection:
            if connection.execute(noted).rowcount:
                connection.execute(update(subscribers).where(is_theirs).values(bounces=subscribers.c.bounces + 1))

    @tried_again
    def note_refusal(self, spoken: Spoken, reason: str) -> None:
        """Notes that a mail was refused for what we are, which says nothing of its address."""
        noted = update(_table(spoken)).where(_is_news(spoken, permanent=False))
        with self._database.write() as connection:
            connection.execute(noted.values(reason=f"{NOT_LIKED} {reason}"))

    @tried_again
    def forget(self, *, before: datetime) -> None:
        """Drops notes of mails that came long ago."""
        with self._database.write() as connection:
            connection.execute(delete(incoming).where(incoming.c.received_at < before))


def _table(spoken: Spoken) -> Table:
    return notices if spoken.is_notice else deliveries


def _is_news(spoken: Spoken, *, permanent: bool) -> ColumnElement[bool]:
    """Whether the mail went out, and hasn't come back so far; one that came back for a while may for good."""
    table = _table(spoken)
    went_out = table.c.state != _BOUNCED if spoken.is_notice else table.c.state.in_(_WENT_OUT)
    is_first = true() if permanent else ~table.c.reason.startswith(CAME_BACK, autoescape=True)
    return and_(table.c.id == spoken.mail_id, went_out, is_first)


def _digest(content: bytes, key: str) -> str:
    """One text may come to several return paths, as a report of several mails."""
    return hashlib.sha256(content + (b"\0" + key.encode() if key else b"")).hexdigest()
