"""The word vectors of papers, counted once a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from digest.store import schema
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from digest.store.database import Database

_VECTORS = schema.term_vectors


class VectorStore:
    """Saves vectors as bytes, and finds those of earlier papers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, vectors: Mapping[str, tuple[int, bytes]], *, encoder: str) -> None:
        """Keeps each paper's (version, bytes), in place of an older one."""
        rows = [
            {"paper_id": paper_id, "version": version, "encoder": encoder, "terms": terms}
            for paper_id, (version, terms) in vectors.items()
        ]
        with self._database.write() as connection:
            upsert(
                connection,
                _VECTORS,
                rows,
                update=lambda new: {"version": new.version, "encoder": new.encoder, "terms": new.terms},
            )

    def find(self, paper_ids: Sequence[str], *, encoder: str) -> dict[str, bytes]:
        """The vectors of those papers that have one by this encoder, by id."""
        found: dict[str, bytes] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                statement = select(_VECTORS.c.paper_id, _VECTORS.c.terms).where(
                    _VECTORS.c.paper_id.in_(some), _VECTORS.c.encoder == encoder
                )
                found.update({row.paper_id: row.terms for row in connection.execute(statement)})
        return found

    def find_unencoded(self, *, encoder: str, limit: int) -> tuple[str, ...]:
        """Ids of papers, the newest first, whose present version has no vector by this encoder."""
        papers = schema.papers
        same = and_(_VECTORS.c.paper_id == papers.c.id, _VECTORS.c.encoder == encoder)
        statement = (
            select(papers.c.id)
            .outerjoin(_VECTORS, same)
            .where(or_(_VECTORS.c.paper_id.is_(None), _VECTORS.c.version < papers.c.version))
            .order_by(papers.c.id.contains("/"), papers.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(statement))

    def find_earlier(
        self, *, before: date, categories: Sequence[str], encoder: str, limit: int
    ) -> list[tuple[str, str, bytes]]:
        """(id, primary category, vector) of the newest papers known before a day in these fields.

        A paper counts when its primary category is one of `categories`; one that was only replaced that day is an
        earlier paper too. Shape (at most `limit`, 3).
        """(id, primary category, vector) of the newest papers known before a day in these fields.

        Replacements announced that day are earlier papers too.         A paper counts when its primary category is one of `categories`; shape (at most `limit`, 3).
        """
        first, announcements = schema.paper_categories, schema.announcements
        announced_since = select(announcements.c.paper_id).where(
            announcements.c.announced_on >= before, announcements.c.announce_type.in_(("new", "cross"))
        )
        announced_before = select(announcements.c.paper_id).where(announcements.c.announced_on < before)
        statement = (
            select(_VECTORS.c.paper_id, first.c.category, _VECTORS.c.terms)
            .join(first, and_(first.c.paper_id == _VECTORS.c.paper_id, first.c.position == 0))
            .where(
                _VECTORS.c.encoder == encoder,
                first.c.category.in_(categories),
                or_(_VECTORS.c.paper_id.in_(announced_before), _VECTORS.c.paper_id.not_in(announced_since)),
            )
            .order_by(_VECTORS.c.paper_id.contains("/"), _VECTORS.c.paper_id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.paper_id, row.category, row.terms) for row in connection.execute(statement)]
