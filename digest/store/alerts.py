"""What the operator is to be told of a day, each kind of news once: claimed before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select, update

from digest.model.alert import AlertKind
from digest.store.database import tried_again
from digest.store.ledger_schema import alerts
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from digest.store.database import Database


class AlertStore:
    """Keeps what is to be told, and sees to it that of several who would tell it one does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @tried_again
    def owe(self, announced_on: date, kind: AlertKind) -> bool:
        """Writes down that the operator is to be told; whether that is new."""
        row = {"announced_on": announced_on, "kind": kind.value}
        with self._database.write() as connection:
            is_known = connection.scalar(select(alerts.c.kind).where(_is(announced_on, kind))) is not None
            upsert(connection, alerts, [row])
        return not is_known

    def find_owed(self, *, since: date) -> tuple[tuple[date, AlertKind], ...]:
        """What was never told of the days from one on, oldest first."""
        owed = select(alerts).where(alerts.c.told_at.is_(None), alerts.c.announced_on >= since)
        with self._database.read() as connection:
            rows = connection.execute(owed.order_by(alerts.c.announced_on, alerts.c.kind.desc()))
            return tuple((row.announced_on, AlertKind(row.kind)) for row in rows)

    def find_overdue(self, *, since: date) -> tuple[date, ...]:
        """The days from one on that were overdue and aren't known to be whole since, oldest first."""
        overdue = select(alerts.c.announced_on).where(
            alerts.c.kind == AlertKind.OVERDUE.value, alerts.c.announced_on >= since
        )
        healed = select(alerts.c.announced_on).where(alerts.c.kind == AlertKind.HEALED.value)
        statement = overdue.where(alerts.c.announced_on.not_in(healed)).order_by(alerts.c.announced_on)
        with self._database.read() as connection:
            return tuple(connection.scalars(statement))

    @tried_again
    def claim(self, announced_on: date, kind: AlertKind, *, now: datetime) -> bool:
        """Whether it is the caller's to tell: true once, until it is given back."""
        self.owe(announced_on, kind)
        with self._database.write() as connection:
            owed = update(alerts).where(_is(announced_on, kind), alerts.c.told_at.is_(None))
            return bool(connection.execute(owed.values(told_at=now)).rowcount)

    @tried_again
    def give_back(self, announced_on: date, kind: AlertKind) -> None:
        """Lets it be claimed again: it could not be told."""
        with self._database.write() as connection:
            connection.execute(update(alerts).where(_is(announced_on, kind)).values(told_at=None))

    def has_told(self, announced_on: date, kind: AlertKind) -> bool:
        """Whether somebody has told it, or is about to."""
        told = select(alerts.c.kind).where(_is(announced_on, kind), alerts.c.told_at.is_not(None))
        with self._database.read() as connection:
            return connection.scalar(told) is not None


def _is(announced_on: date, kind: AlertKind) -> ColumnElement[bool]:
    return and_(alerts.c.announced_on == announced_on, alerts.c.kind == kind.value)
