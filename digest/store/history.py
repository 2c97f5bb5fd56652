"""What the archive of records told of days that nobody read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from digest.model.history import LaterVersion
from digest.store import schema
from digest.store.batches import read_announcement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from digest.model.announcement import Announcement
    from digest.store.database import Database

_ANNOUNCEMENTS = schema.announcements


class HistoryStore:
    """Finds what could have been announced in a span of days."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_news(self, since: date, until: date) -> tuple[Announcement, ...]:
        """The news dated from one day to another, by whatever it is dated, by paper and category."""
        table = _ANNOUNCEMENTS
        statement = (
            select(table)
            .where(table.c.announced_on.between(since, until), table.c.announce_type.in_(schema.NEWS))
            .order_by(table.c.paper_id, table.c.category)
        )
        with self._database.read() as connection:
            return tuple(read_announcement(row) for row in connection.execute(statement))

    def find_versions(self, since: datetime, until: datetime, categories: Sequence[str]) -> tuple[LaterVersion, ...]:
        """The versions after the first that were submitted in a span of time to papers in some categories."""
        versions, places = schema.versions, schema.paper_categories
        statement = (
            select(versions, places.c.category, places.c.position)
            .join(places, places.c.paper_id == versions.c.paper_id)
            .where(
                versions.c.version > 1,
                versions.c.submitted_at.between(since, until),
                places.c.category.in_(list(categories)),
            )
            .order_by(versions.c.paper_id, versions.c.version, places.c.position)
        )
        with self._database.read() as connection:
            return tuple(
                LaterVersion(row.paper_id, row.version, row.submitted_at, row.category, is_primary=row.position == 0)
                for row in connection.execute(statement)
            )
