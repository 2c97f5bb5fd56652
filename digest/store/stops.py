"""Why nothing at all is sent for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from digest.store.mail_schema import stops
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing is sent before `until`; `answer` is what the mail server said last."""

    why: str
    until: datetime
    answer: str


class StopStore:
    """Remembers stops, so that the next run heeds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, stop: Stop) -> None:
        """Has sending stop, in place of an earlier stop for the same reason."""
        row = {"why": stop.why, "until": stop.until, "answer": stop.answer}
        with self._database.write() as connection:
            upsert(connection, stops, [row], update=lambda new: {"until": new.until, "answer": new.answer})

    def find(self, *, now: datetime) -> Stop | None:
        """The stop that holds at this moment."""
        with self._database.read() as connection:
            row = connection.execute(select(stops).where(stops.c.until > now).order_by(stops.c.until.desc())).first()
            return None if row is None else Stop(row.why, row.until, row.answer)

    def lift(self) -> None:
        """Has sending go on."""
        with self._database.write() as connection:
            connection.execute(delete(stops))
