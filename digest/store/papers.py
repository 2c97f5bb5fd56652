"""Papers with their versions, authors and categories."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from digest.model.paper import Author, Paper
from digest.store import schema
from digest.store.people_names import save_names
from digest.store.upsert import Row, chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection, Select

    from digest.store.database import Database

_PAPERS = schema.papers
_COLUMNS = (
    "version",
    "title",
    "abstract",
    "comment",
    "doi",
    "journal_ref",
    "license",
    "submitted_at",
    "updated_at",
)


class PaperStore:
    """Finds papers, and saves what the query API tells of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, paper_id: str) -> Paper | None:
        """The paper with that id, or None."""
        return self.find_many([paper_id]).get(paper_id)

    def find_many(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        """Those of the papers that the store has, by id."""
        with self._database.read() as connection:
            return read_papers(connection, paper_ids)

    def find_texts(self, paper_ids: Sequence[str]) -> dict[str, str]:
        """Title and abstract of those of the papers that the store has, by id."""
        found: dict[str, str] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                statement = select(_PAPERS.c.id, _PAPERS.c.title, _PAPERS.c.abstract).where(_PAPERS.c.id.in_(some))
                found.update((row.id, f"{row.title}\n{row.abstract}") for row in connection.execute(statement))
        return found

    def find_comments(self, paper_ids: Sequence[str]) -> dict[str, str]:
        """The authors' comments on those of the papers that have one, by id."""
        found: dict[str, str] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                has_one = (_PAPERS.c.id.in_(some), _PAPERS.c.comment.is_not(None))
                rows = connection.execute(select(_PAPERS.c.id, _PAPERS.c.comment).where(*has_one))
                found.update((row.id, row.comment) for row in rows)
        return found

    def find_primary_categories(self, paper_ids: Sequence[str]) -> dict[str, str]:
        """The papers' primary categories, by id."""
        table = schema.paper_categories
        found: dict[str, str] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                first = (table.c.paper_id.in_(some), table.c.position == 0)
                rows = connection.execute(select(table.c.paper_id, table.c.category).where(*first))
                found.update((row.paper_id, row.category) for row in rows)
        return found

    def count_earlier(self, *, before: date) -> int:
        """How many papers the store knew before a day."""
        with self._database.read() as connection:
            known = connection.scalar(select(func.count()).where(_PAPERS.c.id.in_(known_before(before))))
            return known or 0

    def count_earlier_papers(self, names: Sequence[str], *, before: date) -> dict[str, int]:
        """How many papers each author name has among those known before a day; names with none are left out."""
        counts: dict[str, int] = {}
        table = schema.authorships
        with self._database.read() as connection:
            for some in chunks(sorted(set(names))):
                statement = (
                    select(table.c.name, func.count())
                    .where(table.c.name.in_(some), table.c.paper_id.in_(known_before(before)))
                    .group_by(table.c.name)
                )
                counts.update((name, count) for name, count in connection.execute(statement))
        return counts


def known_before(day: date) -> Select[tuple[str]]:
    """Ids of papers announced before that day, and none that is news on it.

    A paper that was only replaced on the day is older than it. One that is replaced in one category and news in another
    would be compared with itself.
    """
    table = schema.announcements
    is_news = table.c.announce_type.in_(schema.NEWS)
    news = select(table.c.paper_id).where(table.c.announced_on == day, is_news)
    return select(table.c.paper_id).where(
        (table.c.announced_on < day) | ((table.c.announced_on == day) & ~is_news), table.c.paper_id.not_in(news)
    )


def read_papers(connection: Connection, paper_ids: Sequence[str]) -> dict[str, Paper]:
    """Those of the papers that the store has, by id."""
    found: dict[str, Paper] = {}
    for some in chunks(paper_ids):
        authors = _read_lists(connection, schema.authorships, some)
        categories = _read_lists(connection, schema.paper_categories, some)
        for row in connection.execute(select(_PAPERS).where(_PAPERS.c.id.in_(some))):
            found[row.id] = Paper(
                id=row.id,
                authors=tuple(Author(one.name, tuple(one.affiliations)) for one in authors[row.id]),
                categories=tuple(one.category for one in categories[row.id]),
                **{name: getattr(row, name) for name in _COLUMNS},
            )
    return found


def _read_lists(connection: Connection, table: Any, paper_ids: Sequence[str]) -> dict[str, list[Any]]:
    lists: dict[str, list[Any]] = defaultdict(list)
    statement = select(table).where(table.c.paper_id.in_(paper_ids)).order_by(table.c.paper_id, table.c.position)
    for row in connection.execute(statement):
        lists[row.paper_id].append(row)
    return lists


def save_announced(connection: Connection, papers: Iterable[Paper]) -> None:
    """Saves papers as a feed tells of them: an older version, or one whose details are known, is only filled up."""
    by_id = {paper.id: paper for paper in papers}
    stored = _stored_versions(connection, list(by_id))
    newer = [paper for paper in by_id.values() if paper.version > stored.get(paper.id, (0, 0))[0]]
    _save(connection, newer, keep=("comment", "submitted_at", "updated_at"))
    same = [paper for paper in by_id.values() if paper.version == stored.get(paper.id, (0, 0))[0]]
    _fill(connection, same)
    _save_versions(connection, by_id.values())


def save_detailed(connection: Connection, papers: Iterable[Paper]) -> None:
    """Saves papers as the query API tells of them; one that knows less than the store changes nothing there."""
    by_id = {paper.id: paper for paper in papers}
    stored = _stored_versions(connection, list(by_id))
    news = [paper for paper in by_id.values() if _has_news(paper, stored.get(paper.id, (0, 0)))]
    _save(connection, news, keep=("license",), detailed=True)
    _save_versions(connection, by_id.values())


def _has_news(paper: Paper, stored: tuple[int, int]) -> bool:
    version, detailed_version = stored
    return paper.version >= version and paper.version > detailed_version


def _stored_versions(connection: Connection, paper_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    found = {}
    for some in chunks(paper_ids):
        statement = select(_PAPERS.c.id, _PAPERS.c.version, _PAPERS.c.detailed_version).where(_PAPERS.c.id.in_(some))
        found.update({row.id: (row.version, row.detailed_version) for row in connection.execute(statement)})
    return found


def _save(connection: Connection, papers: Sequence[Paper], *, keep: Sequence[str], detailed: bool = False) -> None:
    """Writes the papers whole; where a new value is empty, the old ones of `keep`, DOI and journal stay."""
    if not papers:
        return
    optional = {*keep, "doi", "journal_ref"}
    rows = [
        {"id": paper.id, "detailed_version": paper.version if detailed else 0, **_columns(paper)} for paper in papers
    ]

    def changes(new: Any) -> Mapping[str, Any]:
        values = {
            name: func.coalesce(new[name], _PAPERS.c[name]) if name in optional else new[name] for name in _COLUMNS
        }
        return {**values, "detailed_version": new.detailed_version} if detailed else values

    upsert(connection, _PAPERS, rows, update=changes)
    _replace_lists(connection, papers)


def _columns(paper: Paper) -> Row:
    return {name: getattr(paper, name) for name in _COLUMNS}


def _replace_lists(connection: Connection, papers: Sequence[Paper]) -> None:
    ids = [paper.id for paper in papers]
    for table in (schema.authorships, schema.paper_categories):
        for some in chunks(ids):
            connection.execute(delete(table).where(table.c.paper_id.in_(some)))
    authorships = [
        {
            "paper_id": paper.id,
            "position": place,
            "name": author.name,
            "affiliations": list(author.affiliations),
        }
        for paper in papers
        for place, author in enumerate(paper.authors)
    ]
    categories = [
        {"paper_id": paper.id, "position": place, "category": category}
        for paper in papers
        for place, category in enumerate(paper.categories)
    ]
    upsert(connection, schema.authorships, authorships)
    upsert(connection, schema.paper_categories, categories)
    save_names(connection, [author.name for paper in papers for author in paper.authors])


def _fill(connection: Connection, papers: Sequence[Paper]) -> None:
    """A feed knows the licence, which the query API doesn't tell; a paper that came from there gets it here."""
    optional = ("license", "doi", "journal_ref")
    rows = [{"id": paper.id, "detailed_version": 0, **_columns(paper)} for paper in papers]
    upsert(
        connection,
        _PAPERS,
        rows,
        update=lambda new: {name: func.coalesce(_PAPERS.c[name], new[name]) for name in optional},
    )


def _save_versions(connection: Connection, papers: Iterable[Paper]) -> None:
    moments: dict[tuple[str, int], Any] = {}
    for paper in papers:
        moments[paper.id, paper.version] = paper.updated_at
        if paper.submitted_at:
            moments[paper.id, 1] = paper.submitted_at
    rows = [{"paper_id": key, "version": version, "submitted_at": at} for (key, version), at in moments.items()]
    table = schema.versions
    upsert(
        connection,
        table,
        rows,
        update=lambda new: {"submitted_at": func.coalesce(table.c.submitted_at, new.submitted_at)},
    )
