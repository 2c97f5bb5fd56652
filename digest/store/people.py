"""Authors of like names with their papers, and how common names are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from digest.model.author import Authorship, Commonness, Mark, Rating
from digest.store import schema
from digest.store.people_schema import author_names
from digest.store.upsert import chunks
from digest.text.names import family_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from digest.store.database import Database
    from digest.text.names import PersonName

_NAMES = author_names.c
# Of a team of thousands, those who stand nearest in the list are enough to know an author by.
_MOST_COAUTHORS = 60
_NOVELTY = "novelty"
_MOST_NEAR = 3000


class PeopleStore:
    """Finds what authors of like names have written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_names(self, name: PersonName) -> tuple[str, ...]:
        """Names as printed that may be this one: those of its family, and those with its parts in another order."""
        parts = sorted({family_key(part) for part in (*name.given, name.family)})
        family = _NAMES.family == family_key(name.family)
        statement = select(_NAMES.name).where(or_(family, _NAMES.family.in_(parts) & _NAMES.given.in_(parts)))
        with self._database.read() as connection:
            return tuple(connection.scalars(statement.order_by(_NAMES.name)))

    def find_near_names(self, name: PersonName) -> tuple[str, ...]:
        """Names as printed of which this may be a misspelling, three thousand at most."""
        begins_alike = _NAMES.family.startswith(family_key(name.family)[:3], autoescape=True)
        is_namesake = _NAMES.given == family_key(name.first or name.family)
        statement = select(_NAMES.name).where(or_(begins_alike, is_namesake))
        with self._database.read() as connection:
            return tuple(connection.scalars(statement.order_by(_NAMES.name).limit(_MOST_NEAR)))

    def find_authorships(self, names: Sequence[str]) -> tuple[Authorship, ...]:
        """Every paper of each of these names as printed, with its co-authors, without what sources say of them."""
        with self._database.read() as connection:
            rows = [
                row
                for some in chunks(names)
                for row in connection.execute(select(schema.authorships).where(schema.authorships.c.name.in_(some)))
            ]
            papers = _read_papers(connection, sorted({row.paper_id for row in rows}))
        return tuple(papers[row.paper_id].authorship(row) for row in rows)

    def find_commonness(self, names: Sequence[PersonName], *, coauthors: Sequence[str]) -> Commonness:
        """How common these names are, these co-authors as printed, and every category."""
        with self._database.read() as connection:
            return Commonness(
                papers=connection.scalar(select(func.count()).select_from(schema.papers)) or 0,
                names=connection.scalar(select(func.count()).select_from(author_names)) or 0,
                of_family=_count(connection, _NAMES.family, sorted({family_key(one.family) for one in names})),
                of_given=_count(connection, _NAMES.given, sorted({family_key(one.first) for one in names})),
                on_papers=_count(connection, schema.authorships.c.name, sorted(set(coauthors))),
                in_category=_count_categories(connection),
            )

    def find_ratings(self, paper_ids: Sequence[str]) -> tuple[Rating, ...]:
        """What editions gave these papers on their own days: one element for each edition and paper.

        An entry as a rising paper is scored by its attention alone, and doesn't count.
        """
        entries, given = schema.entries.c, schema.contributions.c
        same = (given.edition_id == entries.edition_id) & (given.paper_id == entries.paper_id)
        statement = select(entries.paper_id, entries.score, entries.card, given.percentile).outerjoin_from(
            schema.entries, schema.contributions, same & (given.signal == _NOVELTY)
        )
        found: list[Rating] = []
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                rows = connection.execute(statement.where(entries.paper_id.in_(some)).order_by(entries.edition_id))
                found += [
                    Rating(row.paper_id, row.score, row.percentile)
                    for row in rows
                    if row.card.get("is_late") or not row.card.get("first_on")
                ]
        return tuple(found)


class _Known:
    """What is read of one paper."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.names: dict[int, str] = {}
        self.categories: list[str] = []
        self.announced_on: date | None = None

    def authorship(self, row: Any) -> Authorship:
        nearest = sorted(self.names, key=lambda position: (abs(position - row.position), position))
        places = sorted(position for position in nearest[: _MOST_COAUTHORS + 1] if position != row.position)
        return Authorship(
            # The places of authors begin with 0 in this table, and with 1 for people and for the other services.
            mark=Mark(row.paper_id, row.position + 1, row.name),
            title=self.title,
            categories=tuple(self.categories),
            coauthors=tuple(self.names[position] for position in places),
            affiliations=tuple(row.affiliations),
            announced_on=self.announced_on,
        )


def _read_papers(connection: Connection, paper_ids: Sequence[str]) -> dict[str, _Known]:
    authors, categories, told = schema.authorships.c, schema.paper_categories.c, schema.announcements.c
    found: dict[str, _Known] = {}
    for some in chunks(paper_ids):
        titled = select(schema.papers.c.id, schema.papers.c.title).where(schema.papers.c.id.in_(some))
        found.update((paper_id, _Known(title)) for paper_id, title in connection.execute(titled))
        listed = select(authors.paper_id, authors.position, authors.name).where(authors.paper_id.in_(some))
        for paper_id, position, name in connection.execute(listed):
            found[paper_id].names[position] = name
        classed = select(categories.paper_id, categories.category).where(categories.paper_id.in_(some))
        for paper_id, category in connection.execute(classed.order_by(categories.position)):
            found[paper_id].categories.append(category)
        first = select(told.paper_id, func.min(told.announced_on).label("on")).where(told.paper_id.in_(some))
        for paper_id, announced_on in connection.execute(first.group_by(told.paper_id)):
            found[paper_id].announced_on = announced_on
    return found


def _count(connection: Connection, column: Any, values: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for some in chunks(values):
        rows = connection.execute(select(column, func.count()).where(column.in_(some)).group_by(column))
        counts.update((value, number) for value, number in rows)
    return dict(counts)


def _count_categories(connection: Connection) -> dict[str, int]:
    category = schema.paper_categories.c.category
    rows = connection.execute(select(category, func.count()).group_by(category))
    return {row[0]: row[1] for row in rows}
