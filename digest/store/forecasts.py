"""What forecasts are made from, and what was forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from digest.model.forecast import Background, Forecast, Pick
from digest.model.paper import archive_of
from digest.store.attention_schema import mentions, observations
from digest.store.forecast_schema import backgrounds, forecasts
from digest.store.schema import NEWS, announcements, paper_categories
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Row

    from digest.store.database import Database

_PICKED_BY, _UPVOTES = "huggingface", "upvotes"


class ForecastStore:
    """Keeps the background of every announced paper, and every forecast that was made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_unread(self, *, model: str, since: date, before: date) -> dict[date, tuple[str, ...]]:
        """Papers first announced between two days of which that model has kept no background, by day."""
        days = _first_days()
        known = and_(backgrounds.c.paper_id == days.c.paper_id, backgrounds.c.model == model)
        statement = (
            select(days.c.first_on, days.c.paper_id)
            .outerjoin(backgrounds, known)
            .where(days.c.first_on >= since, days.c.first_on < before, backgrounds.c.paper_id.is_(None))
            .order_by(days.c.first_on, days.c.paper_id)
        )
        with self._database.read() as connection:
            return _by_day(connection.execute(statement))

    def find_announced(self, *, before: date) -> dict[date, tuple[str, ...]]:
        """Every paper first announced before a day, by day, oldest first."""
        days = _first_days()
        statement = select(days.c.first_on, days.c.paper_id).where(days.c.first_on < before)
        with self._database.read() as connection:
            return _by_day(connection.execute(statement.order_by(days.c.first_on, days.c.paper_id)))

    def save_backgrounds(self, read: Sequence[Background], *, model: str) -> None:
        """What a model read, in place of what an earlier one did."""
        rows = [
            {
                "paper_id": one.paper_id,
                "announced_on": one.announced_on,
                "model": model,
                "text_logit": one.text_logit,
                "authors": "\n".join(one.authors),
                "owners": "\n".join(one.owners),
            }
            for one in read
        ]
        columns = ("announced_on", "model", "text_logit", "authors", "owners")
        with self._database.write() as connection:
            upsert(connection, backgrounds, rows, update=lambda new: {name: new[name] for name in columns})

    def find_backgrounds(self, *, model: str, since: date, before: date) -> tuple[Background, ...]:
        """What that model read of the papers first announced between two days, in order."""
        columns = [backgrounds.c[name] for name in ("paper_id", "announced_on", "text_logit", "authors", "owners")]
        statement = (
            select(*columns)
            .where(backgrounds.c.model == model)
            .where(backgrounds.c.announced_on >= since, backgrounds.c.announced_on < before)
            .order_by(backgrounds.c.announced_on, backgrounds.c.paper_id)
        )
        with self._database.read() as connection:
            return tuple(
                Background(
                    paper_id, day, logit, tuple(authors.split("\n")), tuple(owners.split("\n") if owners else ())
                )
                for paper_id, day, logit, authors, owners in connection.execute(statement)
            )

    def find_picks(self, *, before: datetime) -> tuple[Pick, ...]:
        """The papers that were picked up as far as was known at a moment, the first first, with the upvotes seen first.

        A pick counts from when the source says, if it does.
        """
        picked = (mentions.c.source == _PICKED_BY, mentions.c.first_seen_at < before)
        upvoted = (observations.c.source == _PICKED_BY, observations.c.metric == _UPVOTES)
        with self._database.read() as connection:
            upvotes: dict[str, float] = {}
            series = select(observations).where(*upvoted, observations.c.observed_at < before)
            for row in connection.execute(series.order_by(observations.c.observed_at)):
                upvotes.setdefault(row.paper_id, row.value)
            rows = connection.execute(select(mentions).where(*picked)).all()
        found = (
            Pick(row.paper_id, min(row.mentioned_at or row.first_seen_at, row.first_seen_at), _whole(upvotes, row))
            for row in rows
        )
        return tuple(sorted(found, key=lambda pick: (pick.seen_at, pick.paper_id)))

    def save(self, made: Iterable[Forecast], *, on: date, model: str, now: datetime) -> None:
        """Forecasts of the papers announced `on`; one that was made before stays."""
        rows = [
            {
                "paper_id": one.paper_id,
                "announced_on": on,
                "model": model,
                "chance": one.chance,
                "picks": one.picks,
                "trained_until": one.trained_until,
                "lifts": dict(one.lifts),
                "made_at": now,
            }
            for one in made
        ]
        with self._database.write() as connection:
            upsert(connection, forecasts, rows)

    def find_chances(self, *, since: date, before: date) -> dict[str, list[float]]:
        """The chances that were forecast of papers announced between two days, by the primary category's archive."""
        statement = (
            select(paper_categories.c.category, forecasts.c.chance)
            .join(paper_categories, paper_categories.c.paper_id == forecasts.c.paper_id)
            .where(paper_categories.c.position == 0)
            .where(forecasts.c.announced_on >= since, forecasts.c.announced_on < before)
        )
        found: dict[str, list[float]] = {}
        with self._database.read() as connection:
            for category, chance in connection.execute(statement):
                found.setdefault(archive_of(category), []).append(chance)
        return found

    def find(self, paper_ids: Sequence[str]) -> dict[str, Forecast]:
        """The forecasts of these papers, by id."""
        found: dict[str, Forecast] = {}
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                rows = connection.execute(select(forecasts).where(forecasts.c.paper_id.in_(some)))
                found.update((row.paper_id, _forecast(row)) for row in rows)
        return found


def _first_days() -> Any:
    first = func.min(announcements.c.announced_on).label("first_on")
    news = select(announcements.c.paper_id, first).where(announcements.c.announce_type.in_(NEWS))
    return news.group_by(announcements.c.paper_id).subquery()


def _by_day(rows: Iterable[Any]) -> dict[date, tuple[str, ...]]:
    found: dict[date, list[str]] = {}
    for row in rows:
        found.setdefault(row.first_on, []).append(row.paper_id)
    return {day: tuple(ids) for day, ids in found.items()}


def _whole(upvotes: dict[str, float], row: Row[tuple[object, ...]]) -> int:
    return round(upvotes.get(row.paper_id, 0))


def _forecast(row: Row[tuple[object, ...]]) -> Forecast:
    return Forecast(row.paper_id, row.chance, row.picks, row.trained_until, row.lifts)
