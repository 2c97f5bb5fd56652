"""What came in by mail: each mail counts once, and what it says of a delivery is kept with that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from digest.model.delivery import DeliveryState
from digest.store.mail_schema import deliveries, incoming, subscribers
from digest.store.subscribers import read_subscriber
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model.subscriber import Subscriber
    from digest.store.database import Database

CAME_BACK = "came back:"
_WERE_SENT = (DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.ATTEMPTING, DeliveryState.PENDING)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The delivery that a report speaks of, and whom it was for; `state` is that before the report."""

    delivery_id: int
    state: DeliveryState
    subscriber: Subscriber


class IncomingStore:
    """Finds what reports speak of, and keeps what they say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_new(self, content: bytes) -> bool:
        """Whether this mail hasn't been dealt with."""
        with self._database.read() as connection:
            return connection.scalar(select(incoming.c.kind).where(incoming.c.digest == _digest(content))) is None

    def save(self, content: bytes, kind: str, *, now: datetime) -> None:
        """Notes that a mail was dealt with."""
        with self._database.write() as connection:
            upsert(connection, incoming, [{"digest": _digest(content), "received_at": now, "kind": kind}])

    def find(self, key: str) -> Spoken | None:
        """The delivery with that key in its return path or Message-ID."""
        statement = (
            select(deliveries.c.id.label("delivery_id"), deliveries.c.state.label("stood"), subscribers)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(deliveries.c.key == key)
        )
        with self._database.read() as connection:
            row = connection.execute(statement).first()
            return None if row is None else Spoken(row.delivery_id, DeliveryState(row.stood), read_subscriber(row))

    def bounce(self, delivery_id: int, reason: str, *, permanent: bool, now: datetime) -> int | None:
        """Notes that a delivery came back; its subscriber's bounces in a row, or None when that was noted before."""
        fresh = deliveries.c.state.in_([state.value for state in _WERE_SENT])
        noted = deliveries.c.reason.startswith(CAME_BACK, autoescape=True)
        values: dict[str, object] = {"reason": f"{CAME_BACK} {reason}", "settled_at": now}
        if permanent:
            values["state"] = DeliveryState.BOUNCED.value
        which = (deliveries.c.id == delivery_id, fresh, *(() if permanent else (~noted,)))
        with self._database.write() as connection:
            if not connection.execute(update(deliveries).where(*which).values(values)).rowcount:
                return None
            whose = select(deliveries.c.subscriber_id).where(deliveries.c.id == delivery_id).scalar_subquery()
            is_theirs = subscribers.c.id == whose
            connection.execute(update(subscribers).where(is_theirs).values(bounces=subscribers.c.bounces + 1))
            return connection.scalar(select(subscribers.c.bounces).where(is_theirs))

    def forget(self, *, before: datetime) -> None:
        """Drops notes of mails that came long ago."""
        with self._database.write() as connection:
            connection.execute(delete(incoming).where(incoming.c.received_at < before))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
