"""The word vectors of papers, counted once a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_, select

from digest.store import schema
from digest.store.papers import known_before
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement

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

    def find_unencoded(self, *, encoder: str, limit: int, first: Sequence[str] = ()) -> tuple[str, ...]:
        """Ids of papers whose present version has no vector by this encoder: all of `first`, then the newest.

        Shape (at most `limit` and as many as `first`,).
        """
        own = [paper_id for some in chunks(first) for paper_id in self._find_unencoded(encoder, len(some), among=some)]
        others = self._find_unencoded(encoder, limit)
        return tuple(dict.fromkeys((*own, *others)))

    def _find_unencoded(self, encoder: str, limit: int, *, among: Sequence[str] | None = None) -> list[str]:
        papers = schema.papers
        same = and_(_VECTORS.c.paper_id == papers.c.id, _VECTORS.c.encoder == encoder)
        statement = (
            select(papers.c.id)
            .outerjoin(_VECTORS, same)
            .where(or_(_VECTORS.c.paper_id.is_(None), _VECTORS.c.version < papers.c.version))
            .order_by(papers.c.id.contains("/"), papers.c.id.desc())
            .limit(limit)
        )
        if among is not None:
            statement = statement.where(papers.c.id.in_(among))
        with self._database.read() as connection:
            return list(connection.scalars(statement))

    def find_earlier(
        self, *, before: date, archives: Sequence[str], encoder: str, limit: int
    ) -> list[tuple[str, str, bytes]]:
        """(id, primary category, vector) of the newest papers known before a day in these fields.

        A paper counts when its primary category lies in one of `archives`; one that was only replaced that day is an
        earlier paper too. Shape (at most `limit`, 3).
        """
        first = schema.paper_categories
        statement = (
            select(_VECTORS.c.paper_id, first.c.category, _VECTORS.c.terms)
            .join(first, and_(first.c.paper_id == _VECTORS.c.paper_id, first.c.position == 0))
            .where(
                _VECTORS.c.encoder == encoder,
                or_(*(_lies_in(first.c.category, archive) for archive in archives), false()),
                _VECTORS.c.paper_id.in_(known_before(before)),
            )
            .order_by(_VECTORS.c.paper_id.contains("/"), _VECTORS.c.paper_id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.paper_id, row.category, row.terms) for row in connection.execute(statement)]


def _lies_in(category: ColumnElement[str], archive: str) -> ColumnElement[bool]:
    return or_(category == archive, category.startswith(f"{archive}.", autoescape=True))
