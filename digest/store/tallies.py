"""Counts of what was done lately, so that nobody does too much of it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, select, update

from digest.store.database import tried_again
from digest.store.mail_schema import tallies
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement

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

    @tried_again
    def count(self, limits: Iterable[Limit], *, now: datetime) -> tuple[Limit, ...]:
        """Counts each once more; those that are over their limit now, however many count at once."""
        over = []
        with self._database.write() as connection:
            for limit in limits:
                name = self._name(limit)
                row = {"name": name, "since": now, "number": 1}
                # One statement, so that two that count at the same moment count two; then the row is ours.
                upsert(connection, tallies, [row], update=partial(_once_more, since=now - limit.window))
                if connection.scalars(select(tallies.c.number).where(tallies.c.name == name)).one() > limit.most:
                    over.append(limit)
        return tuple(over)

    @tried_again
    def reserve(self, limit: Limit, *, now: datetime, within: timedelta) -> datetime | None:
        """Counts one more and says when there is room for it: now, or in a later window.

        What is beyond a window's share takes up the next ones. None, and nothing counted, when those are full too for
        longer than `within`.
        """
        name = self._name(limit)
        mine = tallies.c.name == name
        with self._database.write() as connection:
            # First of all one more, so that the row is ours.
            row = {"name": name, "since": now, "number": 1}
            upsert(connection, tallies, [row], update=lambda _: {"number": tallies.c.number + 1})
            counted = connection.execute(select(tallies.c.since, tallies.c.number).where(mine)).one()
            over = max((now - counted.since) // limit.window, 0)
            before = max(counted.number - 1 - over * limit.most, 0)
            since = counted.since + over * limit.window if before or not over else now
            turn = max(since + before // limit.most * limit.window, now)
            has_room = turn - now <= within
            connection.execute(update(tallies).where(mine).values(since=since, number=before + has_room))
        return turn if has_room else None

    def _name(self, limit: Limit) -> str:
        return hmac.digest(self._key, f"tally\n{limit.name}".encode(), hashlib.sha256).hex()

    @tried_again
    def forget(self, *, before: datetime) -> None:
        """Drops windows that began before a moment."""
        with self._database.write() as connection:
            connection.execute(delete(tallies).where(tallies.c.since < before))


def _once_more(new: Any, *, since: datetime) -> dict[str, ColumnElement[Any]]:
    """One more in a window that began after `since`, or the first in a new one."""
    is_over = tallies.c.since <= since
    return {
        "since": case((is_over, new.since), else_=tallies.c.since),
        "number": case((is_over, new.number), else_=tallies.c.number + 1),
    }
