"""What the polite client must remember between runs and processes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from digest.model.fetch import Closure, Validators
from digest.store import schema
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from digest.store.database import Database

_FARTHEST = timedelta(days=2)


class FetchStore:
    """Validators of documents already read, and when each service may be asked again.

    The times are kept in `paces`, so that a rehearsal on a copy of the store is as polite as the real run.
    """

    def __init__(self, database: Database, *, paces: Database) -> None:
        self._database = database
        self._paces = paces

    def find_validators(self, address: str) -> Validators | None:
        """What was saved with the last document from that address."""
        table = schema.validators
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.address == address)).one_or_none()
        return None if row is None else Validators(row.address, row.etag, row.last_modified)

    def reserve_slot(
        self, service: str, *, now: datetime, spacing: timedelta, latest: datetime | None = None
    ) -> datetime:
        """Books the next moment at which `service` may be asked, `spacing` after the one before, whoever booked it.

        A moment after `latest` is told but not booked, so that those who won't wait for it put nobody off. A booking
        further ahead than two days is taken for a clock that was wrong, and forgotten.
        """
        table = schema.paces
        with self._paces.write() as connection:
            booked = connection.scalar(select(table.c.free_at).where(table.c.service == service))
            slot = now if booked is None or booked - now > _FARTHEST else max(now, booked)
            if latest is None or slot <= latest:
                row = {"service": service, "free_at": slot + spacing}
                upsert(connection, table, [row], update=lambda new: {"free_at": new.free_at})
        return slot

    def keep_off(self, service: str, *, until: datetime) -> None:
        """Moves the next free moment of `service` to `until`, unless it is later already."""
        table = schema.paces
        with self._paces.write() as connection:
            later = update(table).where(table.c.service == service, table.c.free_at < until)
            connection.execute(later.values(free_at=until))

    def find_closure(self, service: str) -> Closure | None:
        """What `service` said last about staying away, though it may be over."""
        table = schema.closures
        with self._paces.read() as connection:
            row = connection.execute(select(table).where(table.c.service == service)).one_or_none()
        return None if row is None else Closure(row.until, row.why)

    def save_closure(self, service: str, closure: Closure) -> None:
        """Remembers it in place of what the service said before."""
        row = {"service": service, "until": closure.until, "why": closure.why}
        with self._paces.write() as connection:
            upsert(connection, schema.closures, [row], update=lambda new: {"until": new.until, "why": new.why})


def save_validators(connection: Connection, validators: Validators) -> None:
    """Remembers what was answered with a document, in the transaction that saves what was made of it."""
    row = {
        "address": validators.address,
        "etag": validators.etag,
        "last_modified": validators.last_modified,
    }
    upsert(
        connection,
        schema.validators,
        [row],
        update=lambda new: {"etag": new.etag, "last_modified": new.last_modified},
    )
