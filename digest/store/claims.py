"""Chooses the deliveries that a sender may have next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from digest.model.delivery import DeliveryState, Waiting
from digest.store.mail_schema import backoffs, deliveries, subscribers
from digest.store.transitions import HELD, WAITING, drop_orphans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

_PORTION = 64


def choose(connection: Connection, count: int, *, now: datetime) -> list[int]:
    """Ids of at most `count` deliveries that are due, those waiting longest first.

    There is one for each subscriber, and none for whom somebody holds another: what is in a mail depends on the mails
    before it. Domains that are left alone have none.
    """
    resting = frozenset(connection.scalars(select(backoffs.c.domain).where(backoffs.c.until > now)))
    busy = _find_busy(connection)
    chosen: dict[int, int] = {}
    orphans: list[int] = []
    for row in _walk(connection, now, resting, count):
        if row.subscriber_id is None:
            orphans.append(row.id)
        elif row.domain not in resting and row.subscriber_id not in busy:
            chosen.setdefault(row.subscriber_id, row.id)
        if len(chosen) == count:
            break
    drop_orphans(connection, orphans)
    free = _lock(connection, chosen) - _find_busy(connection)
    return [delivery_id for subscriber_id, delivery_id in chosen.items() if subscriber_id in free]


def count_due(connection: Connection, *, now: datetime) -> int:
    """How many deliveries could be sent now."""
    return connection.scalar(_waiting(func.count(), now=now).where(_due_at() <= now)) or 0


def find_waiting(connection: Connection, *, now: datetime) -> tuple[Waiting, ...]:
    """What can be sent later only, the soonest first."""
    numbers = (deliveries.c.state, func.count().label("number"), func.min(_due_at()).label("next_at"))
    later = _waiting(*numbers, now=now).where(_due_at() > now).group_by(deliveries.c.state)
    found = (Waiting(DeliveryState(row.state), row.number, row.next_at) for row in connection.execute(later))
    return tuple(sorted(found, key=lambda one: one.next_at))


def _waiting(*columns: Any, now: datetime) -> Select[Any]:
    return (
        select(*columns)
        .select_from(deliveries)
        .outerjoin(backoffs, backoffs.c.domain == deliveries.c.domain)
        .where(deliveries.c.state.in_(WAITING), deliveries.c.expires_at > now)
    )


def _due_at() -> ColumnElement[Any]:
    """When a delivery can be sent: not while its domain is left alone."""
    return case((backoffs.c.until > deliveries.c.due_at, backoffs.c.until), else_=deliveries.c.due_at)


def _find_busy(connection: Connection) -> set[int]:
    """Subscribers to whom a mail is on its way."""
    return set(connection.scalars(select(deliveries.c.subscriber_id).where(deliveries.c.state.in_(HELD))))


def _lock(connection: Connection, chosen: dict[int, int]) -> set[int]:
    """Those of the subscribers that no other sender chooses for at this moment; where one writes at a time, all."""
    if connection.dialect.name != "postgresql":
        return set(chosen)
    statement = select(subscribers.c.id).where(subscribers.c.id.in_(chosen))
    return set(connection.scalars(statement.with_for_update(key_share=True, skip_locked=True)))


def _walk(connection: Connection, now: datetime, resting: frozenset[str], count: int) -> Iterator[Row[tuple[Any, ...]]]:
    """What is due, by the time it has waited; where much of it is for domains that rest, also once more without."""
    for state in WAITING:
        due = (
            select(deliveries.c.id, deliveries.c.due_at, deliveries.c.domain, deliveries.c.subscriber_id)
            .where(deliveries.c.state == state, deliveries.c.due_at <= now, deliveries.c.expires_at > now)
            .with_for_update(skip_locked=True)
        )
        ordered: Any = due.order_by(deliveries.c.due_at, deliveries.c.id).limit(count)
        front = connection.execute(ordered).all()
        yield from front
        if len(front) == count:
            yield from _step_over(connection, due, resting)


def _step_over(connection: Connection, due: Any, resting: frozenset[str]) -> Iterator[Row[tuple[Any, ...]]]:
    """The same in portions by due time and domain, of a resting domain hardly more than a portion each time.

    There may be a hundred thousand for one domain in front of the first of another.
    """
    ordered = due.order_by(deliveries.c.due_at, deliveries.c.domain, deliveries.c.id).limit(_PORTION)
    rows = connection.execute(ordered).all()
    while rows:
        yield from rows
        found = (connection.execute(ordered.where(place)).all() for place in _behind(rows[-1], resting))
        rows = next(filter(None, found), [])


def _behind(last: Row[tuple[Any, ...]], resting: frozenset[str]) -> Iterator[ColumnElement[bool]]:
    """The places that come next, nearest first.

    Each is found by a look into the index. A comparison of row values is not: SQLite begins it at the row before and
    walks through all that are equal to it in the first values.
    """
    at_once = deliveries.c.due_at == last.due_at
    if last.domain not in resting:
        yield and_(at_once, deliveries.c.domain == last.domain, deliveries.c.id > last.id)
    yield and_(at_once, deliveries.c.domain > last.domain)
    yield deliveries.c.due_at > last.due_at
