"""Announcements and their batches: what was announced on a day, and what of it is here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, bindparam, delete, func, or_, select

from digest.model.announcement import Announcement, AnnounceType, Batch, BatchState, ListedPaper
from digest.store import schema
from digest.store.fetches import save_validators
from digest.store.papers import read_papers, save_announced, save_detailed
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from digest.model.fetch import Validators
    from digest.model.paper import Paper
    from digest.store.database import Database

_ANNOUNCEMENTS = schema.announcements
_BATCHES = schema.batches
_IS_ARXIVS_OWN = _ANNOUNCEMENTS.c.dated_by == schema.DATED_BY_ARXIV
# A day that history tells may be wrong by the weeks for which moderators hold a paper, but hardly by more.
_SURE_AFTER = timedelta(days=30)


class AnnouncementStore:
    """Saves batches with their papers, each in one transaction, and finds them again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_batch(
        self,
        batch: Batch,
        papers: Sequence[Paper],
        announcements: Sequence[Announcement],
        *,
        validators: Validators | None,
        now: datetime,
    ) -> None:
        """Saves what one category's documents told; the same again changes nothing."""
        with self._database.write() as connection:
            save_announced(connection, papers)
            _save_announcements(connection, announcements)
            _save_batch(connection, batch, now)
            if validators:
                save_validators(connection, validators)

    def save_details(
        self,
        papers: Sequence[Paper],
        announcements: Sequence[Announcement],
        batches: Sequence[Batch],
        *,
        now: datetime,
    ) -> None:
        """Saves what the query API told, with the announcements and batches that it completes."""
        with self._database.write() as connection:
            save_detailed(connection, papers)
            _save_announcements(connection, announcements)
            for batch in batches:
                _save_batch(connection, batch, now)

    def find_newest_day(self) -> date | None:
        """The last day with a batch, also a quiet one, or None in an empty store."""
        with self._database.read() as connection:
            found: date | None = connection.scalar(select(func.max(_BATCHES.c.announced_on)))
            return found

    def find_batches(self, on: date, *, since: date | None = None) -> tuple[Batch, ...]:
        """The batches of a day, or of all days from `since` to it, by day and category."""
        statement = select(_BATCHES).where(_BATCHES.c.announced_on.between(since or on, on))
        statement = statement.order_by(_BATCHES.c.announced_on, _BATCHES.c.category)
        with self._database.read() as connection:
            return tuple(_batch(row) for row in connection.execute(statement))

    def find_announcements(self, on: date, *, category: str | None = None) -> tuple[Announcement, ...]:
        """That day's announcements after arXiv's own documents, of one category or of all, by paper and category.

        What history says of a day is no part of it: the documents of the day are what proves it.
        """
        statement = select(_ANNOUNCEMENTS).where(_ANNOUNCEMENTS.c.announced_on == on, _IS_ARXIVS_OWN)
        if category:
            statement = statement.where(_ANNOUNCEMENTS.c.category == category)
        statement = statement.order_by(_ANNOUNCEMENTS.c.paper_id, _ANNOUNCEMENTS.c.category)
        with self._database.read() as connection:
            return tuple(_announcement(row) for row in connection.execute(statement))

    def find_first_news(self, *, since: date, until: date, categories: Sequence[str]) -> dict[str, date]:
        """The papers that are news between two days in some categories, each with the first such day, oldest first."""
        first = func.min(_ANNOUNCEMENTS.c.announced_on)
        statement = (
            select(_ANNOUNCEMENTS.c.paper_id, first)
            .where(
                _ANNOUNCEMENTS.c.announced_on.between(since, until),
                _ANNOUNCEMENTS.c.category.in_(categories),
                _ANNOUNCEMENTS.c.announce_type.in_([one.value for one in AnnounceType if one.is_news]),
            )
            .group_by(_ANNOUNCEMENTS.c.paper_id)
            .order_by(first, _ANNOUNCEMENTS.c.paper_id)
        )
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def find_earlier(self, paper_ids: Sequence[str], *, before: date) -> tuple[Announcement, ...]:
        """The announcements of these papers on days before `before`; what history tells, when it is a month older."""
        found: list[Announcement] = []
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                day = _ANNOUNCEMENTS.c.announced_on
                is_sure = or_(_IS_ARXIVS_OWN, day < before - _SURE_AFTER)
                statement = select(_ANNOUNCEMENTS).where(_ANNOUNCEMENTS.c.paper_id.in_(some), day < before, is_sure)
                found += [_announcement(row) for row in connection.execute(statement)]
        return tuple(found)

    def find_papers(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        """Those of the papers that are stored, by id."""
        with self._database.read() as connection:
            return read_papers(connection, paper_ids)

    def find_undetailed(self, on: date, *, since: date | None = None) -> tuple[str, ...]:
        """Ids of papers announced on a day, or from `since` to it, with a version that the query API hasn't told."""
        papers = schema.papers
        statement = (
            select(papers.c.id)
            .join(_ANNOUNCEMENTS, _ANNOUNCEMENTS.c.paper_id == papers.c.id)
            .where(_ANNOUNCEMENTS.c.announced_on.between(since or on, on), _IS_ARXIVS_OWN)
            .where(papers.c.detailed_version < papers.c.version)
            .distinct()
            .order_by(papers.c.id)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(statement))


def _announcement(row: Row[tuple[object, ...]]) -> Announcement:
    return Announcement(row.paper_id, row.version, row.category, row.announced_on, AnnounceType(row.announce_type))


def _batch(row: Row[tuple[object, ...]]) -> Batch:
    missing = tuple(ListedPaper(paper_id, AnnounceType(kind)) for paper_id, kind in row.missing)
    return Batch(row.category, row.announced_on, BatchState(row.state), row.expected, row.seen, missing)


def _save_announcements(connection: Connection, announcements: Sequence[Announcement]) -> None:
    rows = [
        {
            "paper_id": one.paper_id,
            "category": one.category,
            "announced_on": one.announced_on,
            "announce_type": one.announce_type.value,
            "version": one.version,
        }
        for one in announcements
    ]
    _drop_history(connection, announcements)
    upsert(connection, _ANNOUNCEMENTS, rows)


def _drop_history(connection: Connection, announcements: Sequence[Announcement]) -> None:
    """Takes away what history said and arXiv's own documents settle.

    Of a paper that is new, all; of one that is cross-listed, what it said of that category; of a replaced one, no more
    than what would stand in its place.
    """
    table, history = _ANNOUNCEMENTS, ~_IS_ARXIVS_OWN
    new = sorted({one.paper_id for one in announcements if one.announce_type is AnnounceType.NEW})
    for some in chunks(new):
        connection.execute(delete(table).where(table.c.paper_id.in_(some), history))
    others = [
        {
            "paper": one.paper_id,
            "listed_in": one.category,
            "day": one.announced_on,
            "any_day": one.announce_type.is_news,
        }
        for one in announcements
        if one.announce_type is not AnnounceType.NEW
    ]
    same = (table.c.paper_id == bindparam("paper"), table.c.category == bindparam("listed_in"))
    same_day = or_(bindparam("any_day", type_=Boolean), table.c.announced_on == bindparam("day"))
    if others:
        connection.execute(delete(table).where(*same, same_day, history), others)


def _save_batch(connection: Connection, batch: Batch, now: datetime) -> None:
    key = (_BATCHES.c.category == batch.category) & (_BATCHES.c.announced_on == batch.announced_on)
    row = connection.execute(select(_BATCHES).where(key)).one_or_none()
    if row is not None and _batch(row) == batch:
        return
    values = {
        "category": batch.category,
        "announced_on": batch.announced_on,
        "state": batch.state.value,
        "expected": batch.expected,
        "seen": batch.seen,
        "missing": [[one.paper_id, one.announce_type.value] for one in batch.missing],
        "changed_at": now,
    }
    upsert(connection, _BATCHES, [values], update=_all_but_key)


def _all_but_key(new: Any) -> dict[str, Any]:
    return {name: new[name] for name in ("state", "expected", "seen", "missing", "changed_at")}
