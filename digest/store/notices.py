"""Mails about a subscription itself, on their way: claimed before they are sent, settled after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, update

from digest.model.subscriber import NoticeKind
from digest.store.mail_schema import notices, subscribers
from digest.store.subscribers import read_subscriber

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model.subscriber import Subscriber
    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A notice that one sender has taken on; `attempts` counts this one."""

    notice_id: int
    kind: NoticeKind
    subscriber: Subscriber
    asked_at: datetime
    attempts: int


class NoticeStore:
    """Moves notices from state to state."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
            statement = select(notices.c.kind, notices.c.asked_at.label("wanted_at"), notices.c.attempts, subscribers)
            row = connection.execute(statement.join(subscribers).where(which)).one()
            return ClaimedNotice(notice_id, NoticeKind(row.kind), read_subscriber(row), row.wanted_at, row.attempts)

    def settle(self, notice_id: int, state: str, reason: str, *, retry_at: datetime | None = None) -> None:
        """Records how sending it ended: `sent` or `failed`, or `pending` until `retry_at`."""
        values = {"state": state, "reason": reason, "owner": None, "lease_until": None}
        with self._database.write() as connection:
            connection.execute(
                update(notices)
                .where(notices.c.id == notice_id)
                .values(values | ({"due_at": retry_at} if retry_at else {}))
            )

    def count(self, state: str) -> int:
        """How many notices are in a state."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).where(notices.c.state == state)) or 0
