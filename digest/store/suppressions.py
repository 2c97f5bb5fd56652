"""Addresses that get no mail, known by a keyed hash, so that an erased person's is not kept."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select, update

from digest.model.subscriber import SubscriberEvent, SubscriberState, Suppression, SuppressionReason
from digest.store.database import tried_again
from digest.store.forgetting import close_questions, forget
from digest.store.mail_schema import mailbox_keys, subscriber_events, subscribers, suppressions
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row

    from digest.store.database import Database

_FROM_OUTSIDE = (SuppressionReason.BOUNCE, SuppressionReason.COMPLAINT)


class SuppressionStore:
    """Makes, finds and lifts suppressions.

    The hashes are made with a key that the database holds for this alone, so that they outlive every change of secrets;
    those of an older version were made with one of `old_keys`, and are found by it.
    """

    def __init__(self, database: Database, old_keys: Sequence[str] = ()) -> None:
        self._database = database
        self._old_keys = tuple(old_keys)

    @tried_again
    def suppress(self, mailbox: str, reason: SuppressionReason, *, detail: str, now: datetime) -> None:
        """Suppresses a mailbox, and the subscriber with it, whatever else happens to them at the same moment.

        What the world says of an erased person, who isn't here any more, is not written down.
        """
        theirs = subscribers.c.mailbox == mailbox
        with self._database.write() as connection:
            is_here = connection.scalar(select(subscribers.c.id).where(theirs).with_for_update()) is not None
            if not is_here and reason in _FROM_OUTSIDE and self._is_erased(connection, mailbox):
                return
            self._put(connection, mailbox, reason, detail=detail, now=now)
            suppressed = SubscriberState.SUPPRESSED.value
            values = {"state_before": subscribers.c.state, "state": suppressed}
            moved = update(subscribers).where(theirs, subscribers.c.state != suppressed).values(values)
            subscriber_id = connection.scalar(moved.returning(subscribers.c.id))
            if subscriber_id is not None:
                close_questions(connection, subscriber_id)
                what = {"what": SubscriberEvent.SUPPRESSED.value, "source": f"{reason}: {detail}", "at": now}
                connection.execute(insert(subscriber_events).values(subscriber_id=subscriber_id, **what))

    @tried_again
    def erase(self, mailbox: str, *, now: datetime) -> None:
        """Forgets the subscriber with that mailbox; the keyed hash stays, whatever was known of it before."""
        with self._database.write() as connection:
            self._put(connection, mailbox, SuppressionReason.ERASED, detail="", now=now)
            forget(connection, subscribers.c.mailbox == mailbox)

    def find(self, mailbox: str) -> Suppression | None:
        """The suppression of a mailbox, under whatever key it was saved."""
        with self._database.read() as connection:
            row = connection.execute(select(suppressions).where(self._is(connection, mailbox))).first()
            return None if row is None else _suppression(row)

    def find_all(self) -> tuple[Suppression, ...]:
        """Every suppression, the newest first."""
        statement = select(suppressions).order_by(suppressions.c.since.desc(), suppressions.c.mailbox_hash)
        with self._database.read() as connection:
            return tuple(_suppression(row) for row in connection.execute(statement))

    @tried_again
    def lift(self, mailbox: str, *, source: str, now: datetime) -> bool:
        """Lets a mailbox have mail again, its subscriber being what they were before; False when it had mail."""
        is_suppressed = (subscribers.c.mailbox == mailbox, subscribers.c.state == SubscriberState.SUPPRESSED.value)
        values = {"state": subscribers.c.state_before, "state_before": None, "bounces": 0}
        with self._database.write() as connection:
            gone = connection.execute(delete(suppressions).where(self._is(connection, mailbox))).rowcount
            lifted = update(subscribers).where(*is_suppressed).values(values).returning(subscribers.c.id)
            subscriber_id = connection.scalar(lifted)
            if subscriber_id is not None:
                what = {"what": SubscriberEvent.LIFTED.value, "source": source, "at": now}
                connection.execute(insert(subscriber_events).values(subscriber_id=subscriber_id, **what))
            return bool(gone) or subscriber_id is not None

    @tried_again
    def welcome_back(self, mailbox: str) -> None:
        """Lets the mailbox of an erased person have mail again; one that is suppressed for anything else stays so."""
        erased = suppressions.c.reason == SuppressionReason.ERASED.value
        with self._database.write() as connection:
            connection.execute(delete(suppressions).where(self._is(connection, mailbox), erased))

    def _is(self, connection: Connection, mailbox: str) -> ColumnElement[bool]:
        hashes = [_hash(mailbox, key) for key in (_own_key(connection), *self._old_keys)]
        return or_(suppressions.c.mailbox_hash.in_(hashes), suppressions.c.mailbox == mailbox)

    def _is_erased(self, connection: Connection, mailbox: str) -> bool:
        reason = connection.scalar(select(suppressions.c.reason).where(self._is(connection, mailbox)))
        return bool(reason == SuppressionReason.ERASED.value)

    def _put(
        self, connection: Connection, mailbox: str, reason: SuppressionReason, *, detail: str, now: datetime
    ) -> None:
        """In place of what is known under any key: of an erased person nothing may stay under an older one."""
        row = {
            "mailbox_hash": _hash(mailbox, _own_key(connection)),
            "mailbox": None if reason is SuppressionReason.ERASED else mailbox,
            "reason": reason.value,
            "since": now,
            "detail": detail,
        }
        connection.execute(delete(suppressions).where(self._is(connection, mailbox)))
        columns = ("mailbox", "reason", "since", "detail")
        upsert(connection, suppressions, [row], update=lambda new: {name: new[name] for name in columns})


def _own_key(connection: Connection) -> str:
    return str(connection.scalars(select(mailbox_keys.c.key).order_by(mailbox_keys.c.id).limit(1)).one())


def _hash(mailbox: str, key: str) -> str:
    return hmac.digest(key.encode(), f"suppression\n{mailbox}".encode(), hashlib.sha256).hex()


def _suppression(row: Row[tuple[Any, ...]]) -> Suppression:
    return Suppression(row.mailbox, SuppressionReason(row.reason), row.since, row.detail)
