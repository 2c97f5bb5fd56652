"""Counts of what was done lately, so that nobody does too much of it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from digest.store.mail_schema import tallies
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be done within a time."""

    name: str
    most: int
    window: timedelta


class TallyStore:
    """Counts in windows of time; a window begins when something is first counted.

    Names are kept as hashes keyed with `key`, because they may be addresses.
    """

    def __init__(self, database: Database, key: str) -> None:
        self._database = database
        self._key = key.encode()

    def count(self, limits: Iterable[Limit], *, now: datetime) -> tuple[Limit, ...]:
        """Counts each once more; those that are over their limit now."""
        over = []
        with self._database.write() as connection:
            for limit in limits:
                name = hmac.digest(self._key, f"tally\n{limit.name}".encode(), hashlib.sha256).hex()
                row = connection.execute(select(tallies).where(tallies.c.name == name)).one_or_none()
                since, number = (row.since, row.number) if row else (now, 0)
                if since <= now - limit.window:
                    since, number = now, 0
                upsert(
                    connection,
                    tallies,
                    [{"name": name, "since": since, "number": number + 1}],
                    update=lambda new: {"since": new.since, "number": new.number},
                )
                if number >= limit.most:
                    over.append(limit)
        return tuple(over)

    def forget(self, *, before: datetime) -> None:
        """Drops windows that began before a moment."""
        with self._database.write() as connection:
            connection.execute(delete(tallies).where(tallies.c.since < before))
