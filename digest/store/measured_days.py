"""How the editions' papers fared, and what was measured of each day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from digest.model.ranking import MeasuredDay, RankedPaper
from digest.store.attention_schema import mentions
from digest.store.forecast_schema import forecasts, measured_days
from digest.store.schema import NEWS, authorships, contributions, editions, entries
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from digest.store.database import Database

_IN_TIME = timedelta(days=1)
_COLUMNS = tuple(MeasuredDay.__dataclass_fields__)


class MeasuredDayStore:
    """Finds what can be measured, and keeps what was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_unmeasured(self, *, before: date) -> tuple[date, ...]:
        """The days before `before` that have an edition, no sample, and were never measured; oldest first.

        An edition that came out more than a day after its own, or by a forecast that had learned from its day, is left
        out: more was known by then.
        """
        learned = exists().where(
            forecasts.c.announced_on == editions.c.announced_on, forecasts.c.trained_until > editions.c.announced_on
        )
        statement = (
            select(editions.c.announced_on, editions.c.published_at)
            .outerjoin(measured_days, measured_days.c.announced_on == editions.c.announced_on)
            .where(editions.c.announced_on < before, measured_days.c.announced_on.is_(None), ~editions.c.is_sample)
            .where(~learned)
            .order_by(editions.c.announced_on)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(row.announced_on for row in rows if row.published_at.date() <= row.announced_on + _IN_TIME)

    def find_watched(self, source: str) -> tuple[datetime, datetime] | None:
        """The moment of the source's first mention, and when one was last looked for; None when none was ever found."""
        first = func.coalesce(mentions.c.mentioned_at, mentions.c.first_seen_at)
        seen = select(func.min(first), func.max(mentions.c.first_seen_at))
        with self._database.read() as connection:
            first, last = connection.execute(seen.where(mentions.c.source == source)).one()
            return None if first is None else (first, last)

    def find_ranked(self, on: date, *, picked: frozenset[str]) -> tuple[RankedPaper, ...]:
        """The papers announced that day as its edition ranked them, best first; `picked` are those taken up since."""
        authors = (
            select(authorships.c.paper_id, func.count().label("number")).group_by(authorships.c.paper_id).subquery()
        )
        statement = (
            select(entries.c.paper_id, entries.c.score, entries.c.card, forecasts.c.chance, authors.c.number)
            .join(editions, editions.c.id == entries.c.edition_id)
            .outerjoin(forecasts, forecasts.c.paper_id == entries.c.paper_id)
            .outerjoin(authors, authors.c.paper_id == entries.c.paper_id)
            .where(editions.c.announced_on == on)
            .order_by(entries.c.rank)
        )
        with self._database.read() as connection:
            return tuple(
                RankedPaper(row.paper_id, row.score, row.chance, row.number or 0, row.paper_id in picked)
                for row in connection.execute(statement)
                if row.card["announce_type"] in NEWS and not row.card.get("first_on")
            )

    def find_ranked_by(self, on: date) -> str:
        """The weights by which that day's edition was ranked, and the forecast, e.g. `forecast 20, venue 0.25`."""
        with self._database.read() as connection:
            return ", ".join([*_weights(connection, on), *_models(connection, on)])

    def save(self, day: MeasuredDay) -> None:
        """What was measured, in place of what was measured of that day before."""
        row = {name: getattr(day, name) for name in _COLUMNS}
        row["figures"] = {method: dict(figures) for method, figures in day.figures.items()}
        with self._database.write() as connection:
            upsert(connection, measured_days, [row], update=lambda new: {name: new[name] for name in _COLUMNS[1:]})

    def find_all(self) -> tuple[MeasuredDay, ...]:
        """Every measured day, oldest first."""
        statement = select(measured_days).order_by(measured_days.c.announced_on)
        with self._database.read() as connection:
            return tuple(
                MeasuredDay(**{name: getattr(row, name) for name in _COLUMNS}) for row in connection.execute(statement)
            )


def _weights(connection: Connection, on: date) -> list[str]:
    statement = (
        select(contributions.c.signal, func.max(contributions.c.weight).label("weight"))
        .join(editions, editions.c.id == contributions.c.edition_id)
        .where(editions.c.announced_on == on)
        .group_by(contributions.c.signal)
    )
    found = sorted(connection.execute(statement), key=lambda row: (-row.weight, row.signal))
    return [f"{row.signal} {row.weight:g}" for row in found]


def _models(connection: Connection, on: date) -> list[str]:
    known = select(forecasts.c.trained_until, forecasts.c.model).where(forecasts.c.announced_on == on).distinct()
    rows = connection.execute(known.order_by(forecasts.c.trained_until, forecasts.c.model))
    return [f"trained until {row.trained_until} ({row.model[:6]})" for row in rows]
