"""Mails about a subscription itself, on their way: claimed before they are sent, settled after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, update

from digest.model.subscriber import NoticeKind
from digest.store.database import tried_again
from digest.store.mail_schema import notices, subscribers
from digest.store.subscribers import read_subscriber

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from digest.model.subscriber import Subscriber
    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A notice that one sender has taken on; `attempts` counts this one.

    `is_open` tells of a notice that passes a question on whether that still waits for its answer.
    """

    notice_id: int
    kind: NoticeKind
    subscriber: Subscriber
    asked_at: datetime
    attempts: int
    is_open: bool


class NoticeStore:
    """Moves notices from state to state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @tried_again
    def claim(self, owner: str, *, now: datetime, lease_until: datetime) -> ClaimedNotice | None:
        """The notice that has waited longest, now claimed; one whose sender is gone counts as waiting."""
        waiting = or_(
            notices.c.state == "pending",
            and_(notices.c.state == "claimed", notices.c.lease_until <= now),
        )
        due = select(notices.c.id).where(waiting, notices.c.due_at <= now).order_by(notices.c.due_at, notices.c.id)
        with self._database.write() as connection:
            notice_id = connection.scalar(due.limit(1).with_for_update(skip_locked=True))
            if notice_id is None:
                return None
            which = notices.c.id == notice_id
            connection.execute(
                update(notices)
                .where(which)
                .values(state="claimed", owner=owner, lease_until=lease_until, attempts=notices.c.attempts + 1)
            )
            columns = (
                notices.c.kind,
                notices.c.asked_at.label("wanted_at"),
                notices.c.attempts,
                notices.c.wishes.is_not(None).label("is_open"),
            )
            row = connection.execute(select(*columns, subscribers).join(subscribers).where(which)).one()
            kind, subscriber = NoticeKind(row.kind), read_subscriber(row)
            return ClaimedNotice(notice_id, kind, subscriber, row.wanted_at, row.attempts, bool(row.is_open))

    def count_due(self, *, now: datetime) -> int:
        """How many notices wait that could be sent now."""
        due = (notices.c.state == "pending", notices.c.due_at <= now)
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(notices).where(*due)) or 0

    @tried_again
    def attempt(self, owner: str, notice_id: int, key: str) -> bool:
        """Records what the mail is called, just before it is handed over; False when another sender has it by now."""
        with self._database.write() as connection:
            return bool(connection.execute(update(notices).where(_held(owner, notice_id)).values(key=key)).rowcount)

    @tried_again
    def settle(self, owner: str, notice_id: int, state: str, reason: str, *, retry_at: datetime | None = None) -> None:
        """Records how sending it ended: `sent` or `failed`, or `pending` until `retry_at`; nothing of another's."""
        values: dict[str, object] = {"state": state, "reason": reason, "owner": None, "lease_until": None}
        if retry_at:
            values["due_at"] = retry_at
        with self._database.write() as connection:
            connection.execute(update(notices).where(_held(owner, notice_id)).values(values))

    @tried_again
    def hand_back(self, owner: str, notice_id: int, reason: str, *, retry_at: datetime) -> None:
        """Lets it wait until `retry_at`, with no attempt used up: it could not even be tried."""
        values = {"state": "pending", "reason": reason, "owner": None, "lease_until": None, "due_at": retry_at}
        with self._database.write() as connection:
            statement = update(notices).where(_held(owner, notice_id))
            connection.execute(statement.values({**values, "attempts": notices.c.attempts - 1}))


def _held(owner: str, notice_id: int) -> ColumnElement[bool]:
    return and_(notices.c.id == notice_id, notices.c.owner == owner, notices.c.state == "claimed")
