"""What the ledger knows beside the batches: how each announcement came, and how often it was asked for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from digest.model.announcement import AnnounceType, BatchState, Provenance
from digest.model.ledger import Arrival, Inquiry, Origin
from digest.store import schema
from digest.store.batches import IS_PROVEN
from digest.store.ledger_schema import inquiries
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from digest.store.database import Database

_ANNOUNCEMENTS = schema.announcements
_EDITIONS = schema.editions
_COLUMNS = ("tries", "state", "problem", "asked_at", "ask_again_at")


class LedgerStore:
    """Finds what came of a day and how, and keeps how the asking went."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_inquiries(self, on: date) -> dict[str, Inquiry]:
        """How the asking for a day stands, by category."""
        with self._database.read() as connection:
            return {
                row.category: Inquiry(
                    row.category,
                    row.announced_on,
                    row.tries,
                    BatchState(row.state),
                    row.problem,
                    row.asked_at,
                    row.ask_again_at,
                )
                for row in connection.execute(select(inquiries).where(inquiries.c.announced_on == on))
            }

    def save_inquiries(self, asked: Iterable[Inquiry]) -> None:
        """Keeps them in place of what was known of the same categories and day."""
        rows = [
            {
                "category": one.category,
                "announced_on": one.announced_on,
                "tries": one.tries,
                "state": one.state.value,
                "problem": one.problem,
                "asked_at": one.asked_at,
                "ask_again_at": one.ask_again_at,
            }
            for one in asked
        ]
        with self._database.write() as connection:
            upsert(connection, inquiries, rows, update=lambda new: {name: new[name] for name in _COLUMNS})

    def find_first_day(self) -> date | None:
        """The day with which the ledger begins: the first that was announced or asked for, but for history."""
        with self._database.read() as connection:
            firsts = (
                connection.scalar(select(func.min(_ANNOUNCEMENTS.c.announced_on)).where(IS_PROVEN)),
                connection.scalar(select(func.min(schema.batches.c.announced_on))),
                connection.scalar(select(func.min(inquiries.c.announced_on))),
            )
        return min((day for day in firsts if day), default=None)

    def find_newest_listed(self) -> date | None:
        """The newest day of which a listing page was read."""
        with self._database.read() as connection:
            found: date | None = connection.scalar(select(func.max(schema.batches.c.announced_on)))
            return found

    def count_seen(self, on: date) -> Mapping[str, Mapping[AnnounceType, int]]:
        """How many announcements of a day are here, by category and announce type."""
        table = _ANNOUNCEMENTS
        statement = (
            select(table.c.category, table.c.announce_type, func.count().label("number"))
            .where(table.c.announced_on == on, IS_PROVEN)
            .group_by(table.c.category, table.c.announce_type)
        )
        counts: dict[str, dict[AnnounceType, int]] = defaultdict(dict)
        with self._database.read() as connection:
            for row in connection.execute(statement):
                counts[row.category][AnnounceType(row.announce_type)] = row.number
        return counts

    def find_origins(self, on: date) -> Mapping[str, tuple[Origin, ...]]:
        """By which ways a day's announcements came, by category; what came before that was written down is left out."""
        table = _ANNOUNCEMENTS
        read_at = table.c.read_at
        statement = (
            select(
                table.c.category,
                table.c.source,
                func.count().label("number"),
                func.min(read_at).label("first_at"),
                func.max(read_at).label("last_at"),
            )
            .where(table.c.announced_on == on, IS_PROVEN, table.c.source != "", read_at.is_not(None))
            .group_by(table.c.category, table.c.source)
            .order_by(table.c.category, func.count().desc(), table.c.source)
        )
        found: dict[str, tuple[Origin, ...]] = defaultdict(tuple)
        with self._database.read() as connection:
            for row in connection.execute(statement):
                found[row.category] += (Origin(Provenance(row.source), row.number, row.first_at, row.last_at),)
        return found

    def find_arrivals(self, on: date) -> Mapping[str, tuple[Arrival, ...]]:
        """Every announcement of a day with how it came, by category and paper."""
        table = _ANNOUNCEMENTS
        statement = select(table).where(table.c.announced_on == on, IS_PROVEN)
        found: dict[str, tuple[Arrival, ...]] = defaultdict(tuple)
        with self._database.read() as connection:
            for row in connection.execute(statement.order_by(table.c.category, table.c.paper_id)):
                source = Provenance(row.source) if row.source else None
                kind = AnnounceType(row.announce_type)
                found[row.category] += (Arrival(row.paper_id, kind, row.version, source, row.read_at),)
        return found

    def find_late(self, on: date) -> Mapping[str, tuple[str, ...]]:
        """The papers of a day that came after its edition was frozen, by category."""
        table = _ANNOUNCEMENTS
        statement = (
            select(table.c.category, table.c.paper_id)
            .join(_EDITIONS, _EDITIONS.c.announced_on == table.c.announced_on)
            .where(table.c.announced_on == on, IS_PROVEN, table.c.read_at > _EDITIONS.c.published_at)
            .order_by(table.c.category, table.c.paper_id)
        )
        found: dict[str, tuple[str, ...]] = defaultdict(tuple)
        with self._database.read() as connection:
            for row in connection.execute(statement):
                found[row.category] += (row.paper_id,)
        return found
