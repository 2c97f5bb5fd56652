"""What the operator was told of a day, each kind of news once: claimed before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, select

from digest.store.database import tried_again
from digest.store.ledger_schema import alerts
from digest.store.upsert import insert_new

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from digest.model.alert import AlertKind
    from digest.store.database import Database


class AlertStore:
    """Sees to it that of several who find the same thing out, one tells it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @tried_again
    def claim(self, announced_on: date, kind: AlertKind, *, now: datetime) -> bool:
        """Whether it is the caller's to tell: true once, until it is given back."""
        row = {"announced_on": announced_on, "kind": kind.value, "told_at": now}
        with self._database.write() as connection:
            return insert_new(connection, alerts, row)

    @tried_again
    def give_back(self, announced_on: date, kind: AlertKind) -> None:
        """Lets it be claimed again: it could not be told."""
        with self._database.write() as connection:
            connection.execute(delete(alerts).where(_told(announced_on, kind)))

    def has_told(self, announced_on: date, kind: AlertKind) -> bool:
        """Whether somebody has told it, or is about to."""
        with self._database.read() as connection:
            return connection.scalar(select(alerts.c.kind).where(_told(announced_on, kind))) is not None


def _told(announced_on: date, kind: AlertKind) -> ColumnElement[bool]:
    return and_(alerts.c.announced_on == announced_on, alerts.c.kind == kind.value)
