"""Announcements and their batches: what was announced on a day, and what of it is here."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from digest.model.announcement import Announcement, AnnounceType, Provenance
from digest.store import schema
from digest.store.batches import (
    IS_PROVEN,
    drop_contradicted,
    drop_doubtful,
    drop_history,
    read_announcement,
    read_batches,
    save_announcements,
    settle_batch,
)
from digest.store.fetches import save_validators
from digest.store.papers import read_papers, save_announced, save_detailed
from digest.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from digest.model.announcement import Batch, Listing
    from digest.model.fetch import Validators
    from digest.model.paper import Paper
    from digest.store.database import Database

_ANNOUNCEMENTS = schema.announcements
_BATCHES = schema.batches
# A day that history tells may be wrong by the weeks for which moderators hold a paper, but hardly by more.
_SURE_AFTER = timedelta(days=30)


class AnnouncementStore:
    """Saves what was announced, a category and day at a time, and finds it again.

    What the store holds in the end doesn't depend on the order in which documents and days come in: a listing page
    decides what belongs to a batch, a feed what its papers were announced as.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(  # noqa: PLR0913 -- what one category's documents give
        self,
        announcements: Sequence[Announcement],
        papers: Sequence[Paper],
        *,
        source: Provenance,
        now: datetime,
        page: Listing | None = None,
        validators: Validators | None = None,
    ) -> None:
        """Saves what documents told, with the page that lists it if there was one; the same again changes nothing."""
        with self._database.write() as connection:
            save_announced(connection, papers)
            self._save_announced(connection, announcements, source, now, page)
            if validators:
                save_validators(connection, validators)

    def save_details(
        self,
        papers: Sequence[Paper],
        announcements: Sequence[Announcement] = (),
        *,
        source: Provenance = Provenance.QUERY,
        now: datetime,
    ) -> None:
        """Saves what is known of papers beyond their feed, and announcements that `source` tells of."""
        with self._database.write() as connection:
            save_detailed(connection, papers)
            self._save_announced(connection, announcements, source, now, None)

    def _save_announced(
        self,
        connection: Connection,
        announcements: Sequence[Announcement],
        source: Provenance,
        now: datetime,
        page: Listing | None,
    ) -> None:
        by_batch: dict[tuple[str, date], list[Announcement]] = defaultdict(list)
        for one in announcements:
            by_batch[one.category, one.announced_on].append(one)
        drop_history(connection, announcements)
        if page:
            by_batch.setdefault((page.category, page.announced_on), [])
        for (category, on), some in by_batch.items():
            own_page = page if page and (page.category, page.announced_on) == (category, on) else None
            if own_page:
                drop_contradicted(connection, own_page)
            save_announcements(connection, some, source, now, is_sure=own_page is not None)
            settle_batch(connection, category, on, own_page, now)
            listed = [one.paper_id for one in page.papers] if page else []
            drop_doubtful(connection, category, [*listed, *(one.paper_id for one in some)])

    def find_newest_day(self) -> date | None:
        """The last day of which anything is known, also a quiet one, or None in an empty store."""
        with self._database.read() as connection:
            days = (
                connection.scalar(select(func.max(_BATCHES.c.announced_on))),
                connection.scalar(select(func.max(_ANNOUNCEMENTS.c.announced_on)).where(IS_PROVEN)),
            )
        return max((day for day in days if day), default=None)

    def find_batches(self, on: date, *, since: date | None = None) -> tuple[Batch, ...]:
        """The batches of a day, or of all days from `since` to it, by day and category."""
        with self._database.read() as connection:
            return read_batches(connection, since or on, on)

    def find_announcements(self, on: date, *, category: str | None = None) -> tuple[Announcement, ...]:
        """That day's announcements after arXiv's own documents, of one category or of all, by paper and category.

        What history says of a day is no part of it: the documents of the day are what proves it.
        """
        statement = select(_ANNOUNCEMENTS).where(_ANNOUNCEMENTS.c.announced_on == on, IS_PROVEN)
        if category:
            statement = statement.where(_ANNOUNCEMENTS.c.category == category)
        statement = statement.order_by(_ANNOUNCEMENTS.c.paper_id, _ANNOUNCEMENTS.c.category)
        with self._database.read() as connection:
            return tuple(read_announcement(row) for row in connection.execute(statement))

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
                is_sure = or_(IS_PROVEN, day < before - _SURE_AFTER)
                statement = select(_ANNOUNCEMENTS).where(_ANNOUNCEMENTS.c.paper_id.in_(some), day < before, is_sure)
                found += [read_announcement(row) for row in connection.execute(statement)]
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
            .where(_ANNOUNCEMENTS.c.announced_on.between(since or on, on), IS_PROVEN)
            .where(papers.c.detailed_version < papers.c.version)
            .distinct()
            .order_by(papers.c.id)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(statement))
