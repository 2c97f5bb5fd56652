"""Drops what nobody needs any more of the mail of long ago, a little at a time, and keeps the sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from digest.model.delivery import DeliveryState
from digest.store.database import tried_again
from digest.store.mail_schema import audiences, backoffs, deliveries, due_times
from digest.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from digest.store.database import Database

# So many rows are dropped in one transaction: others want to write too.
_PORTION = 2000
_UNSENT = (DeliveryState.EXCLUDED, DeliveryState.EXPIRED)
_HANDED_OVER = (DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.FAILED, DeliveryState.UNCERTAIN)
Sums = dict[str, dict[str, int]]


class PruneStore:
    """Keeps the tables of mail from growing without end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prune(self, *, sent_before: datetime, unsent_before: datetime) -> int:
        """Drops deliveries that were due before these moments, by whether they were handed over; how many.

        A dropped one can't be shown in a browser any more, and its papers may come again. With the unsent go the due
        times of editions whose audience was frozen by then, and what domains asked for.
        """
        dropped = sum(self._drop_all(state, sent_before) for state in _HANDED_OVER)
        dropped += sum(self._drop_all(state, unsent_before) for state in _UNSENT)
        frozen = select(audiences.c.edition_id).where(audiences.c.frozen_at < unsent_before)
        with self._database.write() as connection:
            connection.execute(delete(due_times).where(due_times.c.edition_id.in_(frozen)))
            connection.execute(delete(backoffs).where(backoffs.c.until < unsent_before))
        return dropped

    def _drop_all(self, state: DeliveryState, before: datetime) -> int:
        dropped = 0
        while number := self._drop_some(state, before):
            dropped += number
        return dropped

    @tried_again
    def _drop_some(self, state: DeliveryState, before: datetime) -> int:
        some = (
            select(deliveries.c.id, deliveries.c.edition_id, deliveries.c.reason)
            .where(deliveries.c.state == state.value, deliveries.c.due_at < before)
            .order_by(deliveries.c.due_at, deliveries.c.id)
            .limit(_PORTION)
            .with_for_update(skip_locked=True)
        )
        with self._database.write() as connection:
            rows = connection.execute(some).all()
            reasons: dict[int, Counter[str]] = defaultdict(Counter)
            for row in rows:
                reasons[row.edition_id][row.reason] += 1
            for edition_id, counted in reasons.items():
                _keep_sums(connection, edition_id, state, counted)
            for ids in chunks([row.id for row in rows]):
                connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))
        return len(rows)


def _keep_sums(connection: Connection, edition_id: int, state: DeliveryState, reasons: Mapping[str, int]) -> None:
    which = audiences.c.edition_id == edition_id
    dropped = connection.scalar(select(audiences.c.dropped).where(which).with_for_update())
    sums = {state.value: sum(reasons.values())}
    excluded = reasons if state is DeliveryState.EXCLUDED else {}
    connection.execute(update(audiences).where(which).values(dropped=add_sums(dropped, sums, excluded)))


def add_sums(dropped: Sums | None, states: Mapping[str, int], excluded: Mapping[str, int]) -> Sums:
    """Counts of deliveries by state, and of the excluded by reason, with those that were dropped."""
    kept = dropped or {"states": {}, "excluded": {}}
    return {
        "states": dict(Counter(kept["states"]) + Counter(states)),
        "excluded": dict(Counter(kept["excluded"]) + Counter(excluded)),
    }
