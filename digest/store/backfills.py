"""Papers of the past with their announcements, and how far the past was read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from digest.model.history import Window, WindowRead
from digest.store import schema
from digest.store.backfills_schema import backfills
from digest.store.papers import save_announced, save_detailed
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from digest.model.announcement import Announcement
    from digest.model.history import PaperHistory
    from digest.model.paper import Paper
    from digest.store.database import Database

_ANNOUNCEMENTS = schema.announcements


class DatedBy(StrEnum):
    """What an announcement's day is known by: arXiv's own documents of the day, a file of the past, or an estimate."""

    ARXIV = schema.DATED_BY_ARXIV
    FILE = "file"
    ESTIMATE = "estimate"


class BackfillStore:
    """Saves the past, a page at a time, each in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_read(self, set_names: Collection[str]) -> tuple[WindowRead, ...]:
        """What was read of these sets, in order of set and day."""
        statement = select(backfills).where(backfills.c.set_name.in_(list(set_names)))
        statement = statement.order_by(backfills.c.set_name, backfills.c.first_on, backfills.c.last_on)
        with self._database.read() as connection:
            return tuple(
                WindowRead(Window(row.set_name, row.first_on, row.last_on), row.place, row.papers, row.finished_on)
                for row in connection.execute(statement)
            )

    def save_page(
        self, histories: Sequence[PaperHistory], estimated: Sequence[Announcement], read: WindowRead, *, now: datetime
    ) -> int:
        """Saves a page with how far its window is read thereby; how many papers the store didn't have.

        A paper that is stored in a newer version, or in the same one with its details, stays as it is. Announcements
        are saved of those papers alone of which none is stored as news: an estimate contradicts nothing.
        """
        papers = [one.paper for one in histories]
        with self._database.write() as connection:
            unknown = len(papers) - _count_stored(connection, papers)
            save_detailed(connection, papers)
            _save_versions(connection, histories)
            _save_history(connection, estimated, DatedBy.ESTIMATE, stands={*DatedBy})
            _save_read(connection, read, now)
        return unknown

    def save_dump(self, papers: Sequence[Paper], announcements: Sequence[Announcement]) -> int:
        """Saves papers with the announcements that a file states; how many papers the store didn't have.

        What arXiv's own documents or an earlier file say stands; estimates give way.
        """
        with self._database.write() as connection:
            unknown = len(papers) - _count_stored(connection, papers)
            save_announced(connection, papers)
            _save_history(connection, announcements, DatedBy.FILE, stands={DatedBy.ARXIV, DatedBy.FILE})
        return unknown


def _count_stored(connection: Connection, papers: Sequence[Paper]) -> int:
    table = schema.papers
    counts = (
        connection.scalar(select(func.count()).where(table.c.id.in_([paper.id for paper in some])))
        for some in chunks(papers)
    )
    return sum(count or 0 for count in counts)


def _save_versions(connection: Connection, histories: Iterable[PaperHistory]) -> None:
    """Every version with its time; times that are stored already stay."""
    table = schema.versions
    rows = [
        {"paper_id": one.paper.id, "version": version, "submitted_at": at}
        for one in histories
        for version, at in one.versions
    ]
    upsert(
        connection,
        table,
        rows,
        update=lambda new: {"submitted_at": func.coalesce(table.c.submitted_at, new.submitted_at)},
    )


def _save_history(
    connection: Connection, announcements: Sequence[Announcement], dated_by: DatedBy, *, stands: Collection[DatedBy]
) -> None:
    """Saves the announcements of papers that have no news dated by one of `stands`, in place of weaker ones."""
    settled = _find_settled(connection, announcements, stands)
    fitting = [one for one in announcements if one.paper_id not in settled]
    table = _ANNOUNCEMENTS
    for some in chunks(sorted({one.paper_id for one in fitting})):
        weaker = table.c.dated_by.not_in([*stands])
        connection.execute(delete(table).where(table.c.paper_id.in_(some), weaker))
    rows = [
        {
            "paper_id": one.paper_id,
            "category": one.category,
            "announced_on": one.announced_on,
            "announce_type": one.announce_type.value,
            "version": one.version,
            "dated_by": dated_by.value,
        }
        for one in fitting
    ]
    upsert(connection, table, rows)


def _find_settled(
    connection: Connection, announcements: Sequence[Announcement], stands: Collection[DatedBy]
) -> set[str]:
    table, found = _ANNOUNCEMENTS, set[str]()
    for some in chunks(sorted({one.paper_id for one in announcements})):
        statement = select(table.c.paper_id).where(
            table.c.paper_id.in_(some), table.c.announce_type.in_(schema.NEWS), table.c.dated_by.in_([*stands])
        )
        found.update(connection.scalars(statement))
    return found


def _save_read(connection: Connection, read: WindowRead, now: datetime) -> None:
    row = {
        "set_name": read.window.set_name,
        "first_on": read.window.first_on,
        "last_on": read.window.last_on,
        "place": read.place,
        "papers": read.papers,
        "finished_on": read.finished_on,
        "changed_at": now,
    }
    changing = ("place", "papers", "finished_on", "changed_at")
    upsert(connection, backfills, [row], update=lambda new: {name: new[name] for name in changing})
