"""What other services said about papers: observations over time, mentions, authors, and when each was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from digest.model.attention import AuthorRecord, Mention, Observation
from digest.store.attention_schema import askings, author_records, mentions, observations
from digest.store.fetches import save_validators
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from digest.model.attention import Harvest
    from digest.store.database import Database


class Asking(NamedTuple):
    """When a source last answered for a paper, and whether it knew it."""

    asked_at: datetime
    is_known: bool


class AttentionStore:
    """Keeps what the attention sources say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, harvest: Harvest, *, source: str, now: datetime) -> None:
        """All of one answer in one transaction; saving the same answer again changes nothing."""
        with self._database.write() as connection:
            again = _repeat(connection, harvest.unchanged, source, now)
            _save_observations(connection, (*harvest.observations, *again))
            _save_mentions(connection, harvest.mentions)
            _save_authors(connection, harvest.authors)
            _save_askings(connection, harvest, source, now)
            for validators in harvest.validators:
                save_validators(connection, validators)

    def find_askings(self, source: str, paper_ids: Sequence[str]) -> dict[str, Asking]:
        """When the source last answered for these papers; one that was never asked about is left out."""
        found: dict[str, Asking] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                rows = connection.execute(
                    select(askings).where(askings.c.source == source, askings.c.paper_id.in_(some))
                )
                found.update((row.paper_id, Asking(row.asked_at, row.is_known)) for row in rows)
        return found

    def find_asked(self, paper_ids: Sequence[str]) -> frozenset[str]:
        """Those of the papers that at least one source has answered for."""
        found: set[str] = set()
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                asked = select(askings.c.paper_id).where(askings.c.paper_id.in_(some)).distinct()
                found.update(connection.scalars(asked))
        return frozenset(found)

    def find_observations(
        self, paper_ids: Sequence[str], *, before: datetime | None = None
    ) -> dict[str, tuple[Observation, ...]]:
        """The papers' whole time series, oldest first, by paper; with `before` only what was observed by then."""
        found: dict[str, list[Observation]] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                statement = select(observations).where(observations.c.paper_id.in_(some))
                if before is not None:
                    statement = statement.where(observations.c.observed_at < before)
                for row in connection.execute(statement.order_by(observations.c.observed_at)):
                    found.setdefault(row.paper_id, []).append(_observation(row))
        return {paper_id: tuple(series) for paper_id, series in found.items()}

    def find_mentions(
        self, *, source: str, since: datetime | None = None, before: datetime | None = None
    ) -> tuple[Mention, ...]:
        """The source's mentions that were first seen from `since` on and before `before`, oldest first."""
        statement = select(mentions).where(mentions.c.source == source)
        if since is not None:
            statement = statement.where(mentions.c.first_seen_at >= since)
        if before is not None:
            statement = statement.where(mentions.c.first_seen_at < before)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(mentions.c.first_seen_at, mentions.c.paper_id))
            return tuple(map(_mention, rows))

    def find_mentions_of(self, paper_ids: Sequence[str]) -> dict[str, tuple[Mention, ...]]:
        """Every mention of these papers, oldest first, by paper."""
        found: dict[str, list[Mention]] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                statement = select(mentions).where(mentions.c.paper_id.in_(some))
                for row in connection.execute(statement.order_by(mentions.c.first_seen_at, mentions.c.source)):
                    found.setdefault(row.paper_id, []).append(_mention(row))
        return {paper_id: tuple(seen) for paper_id, seen in found.items()}

    def find_authors(self, paper_ids: Sequence[str]) -> dict[str, tuple[AuthorRecord, ...]]:
        """What the sources said last of the authors of these papers, by paper, in order of source and position."""
        found: dict[str, list[AuthorRecord]] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                statement = select(author_records).where(author_records.c.paper_id.in_(some))
                ordered = statement.order_by(author_records.c.source, author_records.c.position)
                for row in connection.execute(ordered):
                    found.setdefault(row.paper_id, []).append(_author(row))
        return {paper_id: tuple(records) for paper_id, records in found.items()}


def _repeat(connection: Connection, paper_ids: Sequence[str], source: str, now: datetime) -> tuple[Observation, ...]:
    """The last values of these papers, which still hold, as of now."""
    last: dict[tuple[str, str], float] = {}
    for some in chunks(paper_ids):
        of_source = select(observations).where(observations.c.source == source, observations.c.paper_id.in_(some))
        for row in connection.execute(of_source.order_by(observations.c.observed_at)):
            last[row.paper_id, row.metric] = row.value
    return tuple(Observation(paper_id, source, metric, value, now) for (paper_id, metric), value in last.items())


def _save_observations(connection: Connection, found: Iterable[Observation]) -> None:
    rows = [
        {
            "paper_id": one.paper_id,
            "source": one.source,
            "metric": one.metric,
            "observed_at": one.observed_at,
            "value": one.value,
        }
        for one in found
    ]
    upsert(connection, observations, rows)


def _save_mentions(connection: Connection, found: Iterable[Mention]) -> None:
    rows = [
        {
            "source": one.source,
            "key": one.key,
            "paper_id": one.paper_id,
            "url": one.url,
            "title": one.title,
            "mentioned_at": one.mentioned_at,
            "first_seen_at": one.observed_at,
            "organisation": one.organisation,
            "repository": one.repository,
            "authors": list(one.authors),
        }
        for one in found
    ]
    changing = ("url", "title", "mentioned_at", "organisation", "repository", "authors")
    upsert(connection, mentions, rows, update=lambda new: {name: new[name] for name in changing})


def _save_authors(connection: Connection, found: Iterable[AuthorRecord]) -> None:
    names = tuple(author_records.c.keys())
    rows = [
        {name: list(value) if name == "organisations" else value for name in names for value in [getattr(one, name)]}
        for one in found
    ]
    upsert(connection, author_records, rows, update=lambda new: {name: new[name] for name in names[3:]})


def _save_askings(connection: Connection, harvest: Harvest, source: str, now: datetime) -> None:
    known = set(harvest.unchanged)
    known.update(one.paper_id for one in harvest.observations)
    known.update(one.paper_id for one in harvest.mentions)
    known.update(one.paper_id for one in harvest.authors)
    rows = [
        {"source": source, "paper_id": paper_id, "asked_at": now, "is_known": paper_id in known}
        for paper_id in dict.fromkeys(harvest.asked)
    ]
    upsert(connection, askings, rows, update=lambda new: {"asked_at": new.asked_at, "is_known": new.is_known})


def _observation(row: Row[tuple[object, ...]]) -> Observation:
    return Observation(row.paper_id, row.source, row.metric, row.value, row.observed_at)


def _mention(row: Row[tuple[object, ...]]) -> Mention:
    return Mention(
        row.paper_id,
        row.source,
        row.key,
        row.url,
        row.title,
        row.mentioned_at,
        row.first_seen_at,
        row.organisation,
        row.repository,
        tuple(row.authors),
    )


def _author(row: Row[tuple[object, ...]]) -> AuthorRecord:
    fields = {name: getattr(row, name) for name in author_records.c.keys()}  # noqa: SIM118 - a SQLAlchemy collection
    return AuthorRecord(**{**fields, "organisations": tuple(row.organisations)})
