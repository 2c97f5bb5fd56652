"""Editions with their topics, entries and contributions: written once, never changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from digest.model.announcement import AnnounceType, DayKind
from digest.model.edition import Card, Edition, EditionTopic, Entry
from digest.model.signal import Contribution, Score
from digest.model.topic import Topic, TopicKind
from digest.store import schema
from digest.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from digest.store.database import Database

_EDITIONS = schema.editions
_ENTRIES = schema.entries
_CONTRIBUTIONS = schema.contributions
_OF_CONTRIBUTION = tuple(Contribution.__dataclass_fields__)


class EditionStore:
    """Saves editions and finds them again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, edition: Edition, *, now: datetime) -> Edition:
        """The day's edition: this one, or the one that was frozen for that day before."""

        def work(connection: Connection) -> Edition:
            frozen = _find(connection, edition.announced_on)
            if frozen is None:
                _insert(connection, edition, now)
            return frozen or edition

        return self._database.write_alone(_EDITIONS, work)

    def find(self, on: date) -> Edition | None:
        """That day's edition."""
        with self._database.read() as connection:
            return _find(connection, on)

    def find_newest(self) -> Edition | None:
        """The last edition, or None."""
        with self._database.read() as connection:
            newest = connection.scalar(select(func.max(_EDITIONS.c.announced_on)))
            return None if newest is None else _find(connection, newest)

    def find_days(self) -> tuple[date, ...]:
        """The days that have an edition, newest first."""
        with self._database.read() as connection:
            return tuple(connection.scalars(select(_EDITIONS.c.announced_on).order_by(_EDITIONS.c.announced_on.desc())))

    def find_notes(self) -> dict[date, DayKind]:
        """The days whose edition is a note that arXiv announces nothing, with why."""
        notes = select(_EDITIONS.c.announced_on, _EDITIONS.c.day_kind).where(
            _EDITIONS.c.day_kind != DayKind.ANNOUNCEMENT.value
        )
        with self._database.read() as connection:
            return {row.announced_on: DayKind(row.day_kind) for row in connection.execute(notes)}

    def find_categories(self, on: date) -> tuple[str, ...]:
        """The categories that a day's edition covers; none without one."""
        with self._database.read() as connection:
            return tuple(connection.scalar(select(_EDITIONS.c.categories).where(_EDITIONS.c.announced_on == on)) or ())

    def find_shown(self, paper_ids: Sequence[str], *, before: date) -> frozenset[str]:
        """Those of the papers that an edition before a day has."""
        statement = select(_ENTRIES.c.paper_id).join(_EDITIONS, _ENTRIES.c.edition_id == _EDITIONS.c.id)
        found: set[str] = set()
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                shown = (_ENTRIES.c.paper_id.in_(some), _EDITIONS.c.announced_on < before)
                found.update(connection.scalars(statement.where(*shown).distinct()))
        return frozenset(found)

    def find_sharing(self, paper_ids: Sequence[str]) -> frozenset[date]:
        """The days whose edition has one of these papers or more."""
        statement = select(_EDITIONS.c.announced_on).join(_ENTRIES, _ENTRIES.c.edition_id == _EDITIONS.c.id).distinct()
        found: set[date] = set()
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                found.update(connection.scalars(statement.where(_ENTRIES.c.paper_id.in_(some))))
        return frozenset(found)

    def find_repeating(self, versions: Mapping[str, int]) -> frozenset[date]:
        """The days whose edition has one of these papers in that version, or in a newer one."""
        version = _ENTRIES.c.card["version"].as_integer().label("version")
        statement = select(_EDITIONS.c.announced_on, _ENTRIES.c.paper_id, version).join(
            _ENTRIES, _ENTRIES.c.edition_id == _EDITIONS.c.id
        )
        found: set[date] = set()
        with self._database.read() as connection:
            for some in chunks(list(versions)):
                rows = connection.execute(statement.where(_ENTRIES.c.paper_id.in_(some)))
                found.update(row.announced_on for row in rows if row.version >= versions[row.paper_id])
        return frozenset(found)

    def find_entry(self, paper_id: str) -> tuple[date, Entry] | None:
        """The newest edition's entry for a paper, with the edition's day; its own day's rather than one as rising."""
        statement = (
            select(_EDITIONS.c.id, _EDITIONS.c.announced_on, _ENTRIES.c.card)
            .join(_ENTRIES, _ENTRIES.c.edition_id == _EDITIONS.c.id)
            .where(_ENTRIES.c.paper_id == paper_id)
            .order_by(_EDITIONS.c.announced_on.desc())
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
            own = (one for one in rows if one.card.get("is_late") or not one.card.get("first_on"))
            row = next(own, rows[0] if rows else None)
            return None if row is None else (row.announced_on, _read_entries(connection, row.id, paper_id)[0])


def _insert(connection: Connection, edition: Edition, now: datetime) -> None:
    result = connection.execute(
        insert(_EDITIONS).values(
            announced_on=edition.announced_on,
            manifest=edition.manifest,
            categories=list(edition.categories),
            announced=edition.announced,
            replaced=edition.replaced,
            missing=edition.missing,
            unproven=list(edition.unproven),
            is_sample=edition.is_sample,
            day_kind=edition.day_kind.value,
            published_at=now,
        )
    )
    edition_id: int = result.inserted_primary_key[0]  # type: ignore[index]
    _insert_many(connection, schema.edition_topics, [_topic_row(edition_id, *one) for one in enumerate(edition.topics)])
    _insert_many(connection, _ENTRIES, [_entry_row(edition_id, entry) for entry in edition.entries])
    rows = [_contribution_row(edition_id, entry, one) for entry in edition.entries for one in entry.score.contributions]
    _insert_many(connection, _CONTRIBUTIONS, rows)


def _insert_many(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _topic_row(edition_id: int, position: int, counted: EditionTopic) -> dict[str, Any]:
    topic = counted.topic
    return {
        "edition_id": edition_id,
        "position": position,
        "slug": topic.slug,
        "name": topic.name,
        "kind": topic.kind.value,
        "announced": counted.announced,
    }


def _entry_row(edition_id: int, entry: Entry) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "paper_id": entry.card.paper_id,
        "rank": entry.rank,
        "topic": entry.topic,
        "score": entry.score.total,
        "why": entry.why,
        "card": {**asdict(entry.card), "first_on": entry.card.first_on and entry.card.first_on.isoformat()},
    }


def _contribution_row(edition_id: int, entry: Entry, one: Contribution) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "paper_id": entry.card.paper_id,
        **{name: getattr(one, name) for name in _OF_CONTRIBUTION},
    }


def _find(connection: Connection, on: date) -> Edition | None:
    row = connection.execute(select(_EDITIONS).where(_EDITIONS.c.announced_on == on)).one_or_none()
    if row is None:
        return None
    return Edition(
        announced_on=row.announced_on,
        categories=tuple(row.categories),
        announced=row.announced,
        replaced=row.replaced,
        missing=row.missing,
        unproven=tuple(row.unproven),
        is_sample=row.is_sample,
        topics=_read_topics(connection, row.id),
        entries=_read_entries(connection, row.id),
        manifest=row.manifest,
        day_kind=DayKind(row.day_kind),
    )


def _read_topics(connection: Connection, edition_id: int) -> tuple[EditionTopic, ...]:
    table = schema.edition_topics
    statement = select(table).where(table.c.edition_id == edition_id).order_by(table.c.position)
    return tuple(
        EditionTopic(Topic(row.slug, row.name, TopicKind(row.kind)), row.announced)
        for row in connection.execute(statement)
    )


def _read_entries(connection: Connection, edition_id: int, paper_id: str | None = None) -> tuple[Entry, ...]:
    entries = select(_ENTRIES).where(_ENTRIES.c.edition_id == edition_id).order_by(_ENTRIES.c.rank)
    of_edition = select(_CONTRIBUTIONS).where(_CONTRIBUTIONS.c.edition_id == edition_id)
    if paper_id is not None:
        entries = entries.where(_ENTRIES.c.paper_id == paper_id)
        of_edition = of_edition.where(_CONTRIBUTIONS.c.paper_id == paper_id)
    contributions: dict[str, list[Contribution]] = defaultdict(list)
    for row in connection.execute(of_edition.order_by(_CONTRIBUTIONS.c.points.desc(), _CONTRIBUTIONS.c.signal)):
        contributions[row.paper_id].append(Contribution(**{name: getattr(row, name) for name in _OF_CONTRIBUTION}))
    return tuple(
        Entry(
            rank=row.rank,
            topic=row.topic,
            score=Score(row.paper_id, row.score, tuple(contributions[row.paper_id])),
            card=_card(row.card),
            why=row.why,
        )
        for row in connection.execute(entries)
    )


def _card(stored: dict[str, Any]) -> Card:
    lists = {name: tuple(stored[name]) for name in ("authors", "cross_lists", "sentences")}
    first_on = date.fromisoformat(stored["first_on"]) if stored.get("first_on") else None
    return Card(**{**stored, **lists, "announce_type": AnnounceType(stored["announce_type"]), "first_on": first_on})
