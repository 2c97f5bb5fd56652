"""The audience of an edition: who is to get it and when, frozen in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, insert, literal, select, update

from digest.errors import StoreError
from digest.model.delivery import Audience, DeliveryCounts, DeliveryState
from digest.model.subscriber import Frequency, Schedule, SubscriberState
from digest.store.mail_schema import audiences, deliveries, due_times, subscribers
from digest.store.schema import editions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlalchemy import Connection

    from digest.store.database import Database

_SCHEDULE = ("frequency", "weekday", "hour", "zone")
_QUEUED = (
    "edition_id",
    "subscriber_id",
    "first_on",
    "domain",
    "state",
    "reason",
    "due_at",
    "expires_at",
    "attempts",
)
_WAITING = SubscriberState.PAUSED.value, SubscriberState.SUPPRESSED.value
# Why a delivery was taken out again: its papers come with a newer edition's, in one mail.
JOINED = "joined with a newer edition"


class AudienceStore:
    """Freezes audiences, and counts what became of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(
        self, on: date, *, due: Callable[[Schedule, datetime], tuple[datetime, datetime]], now: datetime
    ) -> Audience:
        """The audience of the edition of `on`, made now unless it was before.

        `due` tells from a schedule and the moment of publication when a mail is due and when it expires. Everybody who
        is confirmed is queued; pauses that have ended end here. A mail of an earlier edition that is not due yet is
        taken back, and the new one draws on both.
        """
        with self._database.write() as connection:
            row = connection.execute(
                select(editions.c.id, editions.c.published_at).where(editions.c.announced_on == on)
            ).one_or_none()
            if row is None:
                raise StoreError(f"Freezing the audience of {on}: there is no edition of that day. Run: digest publish")
            frozen = _find(connection, on)
            if frozen:
                return frozen
            _end_pauses(connection, now)
            _save_due_times(connection, row.id, lambda schedule: due(schedule, row.published_at))
            _queue(connection, row.id, on, now)
            return _close(connection, row.id, on, now)

    def find(self, on: date) -> Audience | None:
        """The frozen audience of that day's edition."""
        with self._database.read() as connection:
            return _find(connection, on)

    def find_unfrozen(self, *, published_after: datetime) -> tuple[date, ...]:
        """The days, oldest first, whose edition came out after a moment and has no audience yet.

        An edition older than one that has its audience is not among them: it would come after the newer one.
        """
        newest = select(func.max(editions.c.announced_on)).join(audiences).scalar_subquery()
        statement = (
            select(editions.c.announced_on)
            .where(
                editions.c.published_at > published_after,
                ~exists().where(audiences.c.edition_id == editions.c.id),
                (newest.is_(None)) | (editions.c.announced_on > newest),
            )
            .order_by(editions.c.announced_on)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(statement))

    def find_newest(self) -> tuple[date, ...]:
        """The newest day whose audience is frozen, if there is one."""
        newest = select(func.max(editions.c.announced_on)).join_from(audiences, editions)
        with self._database.read() as connection:
            found: date | None = connection.scalar(newest)
        return () if found is None else (found,)

    def count(self, on: date) -> DeliveryCounts | None:
        """Where the deliveries of that day's edition stand; None while its audience isn't frozen."""
        with self._database.read() as connection:
            audience = _find(connection, on)
            if audience is None:
                return None
            of_edition = deliveries.c.edition_id == _edition_id(on)
            states = select(deliveries.c.state, func.count()).where(of_edition).group_by(deliveries.c.state)
            reasons = (
                select(deliveries.c.reason, func.count().label("number"))
                .where(of_edition, deliveries.c.state == DeliveryState.EXCLUDED.value)
                .group_by(deliveries.c.reason)
            )
            return DeliveryCounts(
                audience,
                {DeliveryState(state): count for state, count in connection.execute(states)},
                {row.reason: row.number for row in connection.execute(reasons)},
            )


def _edition_id(on: date) -> Any:
    return select(editions.c.id).where(editions.c.announced_on == on).scalar_subquery()


def _find(connection: Connection, on: date) -> Audience | None:
    row = connection.execute(select(audiences).where(audiences.c.edition_id == _edition_id(on))).one_or_none()
    return None if row is None else Audience(on, row.candidates, row.queued, dict(row.excluded))


def _end_pauses(connection: Connection, now: datetime) -> None:
    over = and_(
        subscribers.c.state == SubscriberState.PAUSED.value,
        subscribers.c.paused_until <= now.date(),
    )
    connection.execute(update(subscribers).where(over).values(state=SubscriberState.CONFIRMED.value, paused_until=None))


def _save_due_times(
    connection: Connection, edition_id: int, due: Callable[[Schedule], tuple[datetime, datetime]]
) -> None:
    columns = [subscribers.c[name] for name in _SCHEDULE]
    rows = []
    for found in connection.execute(select(*columns).where(_is_confirmed()).distinct()):
        schedule = Schedule(Frequency(found.frequency), found.weekday, found.hour, found.zone)
        due_at, expires_at = due(schedule)
        rows.append(
            {
                "edition_id": edition_id,
                **dict(zip(_SCHEDULE, found, strict=True)),
                "due_at": due_at,
                "expires_at": expires_at,
            }
        )
    if rows:
        connection.execute(insert(due_times), rows)


def _is_confirmed() -> Any:
    return subscribers.c.state == SubscriberState.CONFIRMED.value


def _queue(connection: Connection, edition_id: int, on: date, now: datetime) -> None:
    earlier = deliveries.alias("earlier")
    not_due = and_(
        earlier.c.state == DeliveryState.PENDING.value,
        earlier.c.attempts == 0,
        earlier.c.due_at > now,
        earlier.c.edition_id != edition_id,
    )
    first_on = select(func.min(earlier.c.first_on)).where(not_due, earlier.c.subscriber_id == subscribers.c.id)
    fits = and_(due_times.c.edition_id == edition_id, *(due_times.c[name] == subscribers.c[name] for name in _SCHEDULE))
    chosen = (
        select(
            literal(edition_id),
            subscribers.c.id,
            func.coalesce(first_on.scalar_subquery(), literal(on)),
            subscribers.c.domain,
            literal(DeliveryState.PENDING.value),
            literal(""),
            due_times.c.due_at,
            due_times.c.expires_at,
            literal(0),
        )
        .join(due_times, fits)
        .where(_is_confirmed())
        .order_by(subscribers.c.id)
    )
    connection.execute(insert(deliveries).from_select(_QUEUED, chosen))
    queued = select(deliveries.c.subscriber_id).where(deliveries.c.edition_id == edition_id)
    connection.execute(
        update(deliveries)
        .where(
            deliveries.c.state == DeliveryState.PENDING.value,
            deliveries.c.attempts == 0,
            deliveries.c.due_at > now,
            deliveries.c.edition_id != edition_id,
            deliveries.c.subscriber_id.in_(queued),
        )
        .values(state=DeliveryState.EXCLUDED.value, reason=JOINED, settled_at=now)
    )


def _close(connection: Connection, edition_id: int, on: date, now: datetime) -> Audience:
    """Counts once more before the transaction ends: who is queued and who isn't must be all there are."""
    of_edition = deliveries.c.edition_id == edition_id
    queued = connection.scalar(select(func.count()).where(of_edition)) or 0
    states = select(subscribers.c.state, func.count().label("number")).group_by(subscribers.c.state)
    counted = {row.state: row.number for row in connection.execute(states)}
    excluded = {state: counted[state] for state in _WAITING if state in counted}
    candidates = counted.get(SubscriberState.CONFIRMED.value, 0) + sum(excluded.values())
    if candidates != queued + sum(excluded.values()):
        raise StoreError(
            f"Freezing the audience of {on}: {candidates} candidates, but {queued} queued and "
            f"{sum(excluded.values())} excluded. Nothing was changed; run digest send again."
        )
    values = {"edition_id": edition_id, "frozen_at": now, "candidates": candidates, "queued": queued}
    connection.execute(insert(audiences).values(**values, excluded=excluded))
    return Audience(on, candidates, queued, excluded)
