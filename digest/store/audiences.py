"""The audience of an edition: who is to get it and when, frozen in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, insert, literal, or_, select, update

from digest.errors import StoreError
from digest.model.delivery import Audience, DeliveryCounts, DeliveryState, Missed
from digest.model.subscriber import Frequency, Schedule, SubscriberEvent, SubscriberState
from digest.store.database import tried_again
from digest.store.mail_schema import audiences, deliveries, due_times, subscriber_events, subscribers
from digest.store.pruning import add_sums
from digest.store.schema import editions
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

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
_PAUSE_OVER = "the pause is over"
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
        is confirmed is queued. A mail of an earlier edition that is not due yet is taken back, and the new one draws on
        both; mails of newer editions stay as they are.
        """

        def work(connection: Connection) -> Audience:
            row = connection.execute(
                select(editions.c.id, editions.c.published_at).where(editions.c.announced_on == on)
            ).one_or_none()
            if row is None:
                raise StoreError(f"Freezing the audience of {on}: there is no edition of that day. Run: digest publish")
            frozen = _find(connection, on)
            if frozen:
                return frozen
            _save_due_times(connection, row.id, lambda schedule: due(schedule, row.published_at), _is_confirmed())
            _queue(connection, row.id, on, now, _is_confirmed())
            return _close(connection, row.id, on, now)

        return self._database.write_alone(audiences, work)

    def take_in(
        self, on: date, *, due: Callable[[Schedule, datetime], tuple[datetime, datetime]], now: datetime
    ) -> int:
        """Adds to the frozen audience of that day's edition who was confirmed since; how many.

        Who was paused then, or has left and come back, isn't among them.
        """

        def work(connection: Connection) -> int:
            found = connection.execute(
                select(audiences, editions.c.published_at).join(editions).where(editions.c.announced_on == on)
            ).one_or_none()
            if found is None:
                return 0
            new = _is_new(found.edition_id, found.frozen_at)
            _save_due_times(connection, found.edition_id, lambda schedule: due(schedule, found.published_at), new)
            number = _queue(connection, found.edition_id, on, now, new)
            sums = {"candidates": found.candidates + number, "queued": found.queued + number}
            connection.execute(update(audiences).where(audiences.c.edition_id == found.edition_id).values(sums))
            return number

        return self._database.write_alone(audiences, work)

    def find_missed(self, *, published_after: datetime) -> Missed | None:
        """Those who came too late for the newest edition with an audience, if it came out after a moment; or None."""
        newest = (
            select(audiences.c.edition_id, audiences.c.frozen_at, editions.c.announced_on)
            .join(editions)
            .where(editions.c.published_at > published_after)
            .order_by(editions.c.announced_on.desc())
        )
        with self._database.read() as connection:
            found = connection.execute(newest.limit(1)).one_or_none()
            if found is None:
                return None
            late = select(func.count()).select_from(subscribers).where(_is_new(found.edition_id, found.frozen_at))
            number = connection.scalar(late) or 0
            return Missed(found.announced_on, found.frozen_at, number) if number else None

    @tried_again
    def end_pauses(self, over: Callable[[Schedule], date], *, now: datetime) -> None:
        """Lets the digest come again to those whose pause is over; `over` says until what day, from their schedule."""
        columns = [subscribers.c[name] for name in ("id", "paused_until", *_SCHEDULE)]
        paused = select(*columns).where(
            subscribers.c.state == SubscriberState.PAUSED.value, subscribers.c.paused_until.is_not(None)
        )
        event = {"what": SubscriberEvent.RESUMED.value, "source": _PAUSE_OVER, "at": now}
        values = {"state": SubscriberState.CONFIRMED.value, "paused_until": None}
        with self._database.write() as connection:
            rows = connection.execute(paused.with_for_update()).all()
            for ids in chunks([row.id for row in rows if row.paused_until <= over(_schedule(row))]):
                connection.execute(update(subscribers).where(subscribers.c.id.in_(ids)).values(values))
                connection.execute(insert(subscriber_events), [{"subscriber_id": one, **event} for one in ids])

    def has_readers(self) -> bool:
        """Whether an audience frozen now would have anybody in it."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists().where(_is_confirmed()))))

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
            states = (
                select(deliveries.c.state, func.count().label("number")).where(of_edition).group_by(deliveries.c.state)
            )
            reasons = (
                select(deliveries.c.reason, func.count().label("number"))
                .where(of_edition, deliveries.c.state == DeliveryState.EXCLUDED.value)
                .group_by(deliveries.c.reason)
            )
            sums = add_sums(
                connection.scalar(select(audiences.c.dropped).where(audiences.c.edition_id == _edition_id(on))),
                {row.state: row.number for row in connection.execute(states)},
                {row.reason: row.number for row in connection.execute(reasons)},
            )
        by_state = {DeliveryState(state): number for state, number in sums["states"].items()}
        return DeliveryCounts(audience, by_state, sums["excluded"])


def _edition_id(on: date) -> Any:
    return select(editions.c.id).where(editions.c.announced_on == on).scalar_subquery()


def _find(connection: Connection, on: date) -> Audience | None:
    row = connection.execute(select(audiences).where(audiences.c.edition_id == _edition_id(on))).one_or_none()
    return None if row is None else Audience(on, row.candidates, row.queued, dict(row.excluded))


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(Frequency(row.frequency), row.weekday, row.hour, row.zone)


def _save_due_times(
    connection: Connection,
    edition_id: int,
    due: Callable[[Schedule], tuple[datetime, datetime]],
    whose: ColumnElement[bool],
) -> None:
    columns = [subscribers.c[name] for name in _SCHEDULE]
    rows = []
    for found in connection.execute(select(*columns).where(whose).distinct()):
        due_at, expires_at = due(_schedule(found))
        rows.append(
            {
                "edition_id": edition_id,
                **dict(zip(_SCHEDULE, found, strict=True)),
                "due_at": due_at,
                "expires_at": expires_at,
            }
        )
    upsert(connection, due_times, rows, update=lambda new: {"due_at": new.due_at, "expires_at": new.expires_at})


def _is_confirmed() -> ColumnElement[bool]:
    return subscribers.c.state == SubscriberState.CONFIRMED.value


def _is_new(edition_id: int, frozen_at: datetime) -> ColumnElement[bool]:
    """Whether somebody has become a reader since an audience was frozen.

    An import has the day of the consent for its time, so there the order tells.
    """
    events, ids = subscriber_events.c, deliveries.c.subscriber_id
    newest = select(func.coalesce(func.max(ids), 0)).where(deliveries.c.edition_id == edition_id).scalar_subquery()
    confirmed = and_(events.what == SubscriberEvent.CONFIRMED.value, events.at >= frozen_at)
    imported = and_(events.what == SubscriberEvent.IMPORTED.value, subscribers.c.id > newest)
    became = exists().where(events.subscriber_id == subscribers.c.id, or_(confirmed, imported))
    is_in_it = exists().where(ids == subscribers.c.id, deliveries.c.edition_id == edition_id)
    return and_(_is_confirmed(), became, ~is_in_it)


def _queue(connection: Connection, edition_id: int, on: date, now: datetime, whom: ColumnElement[bool]) -> int:
    """How many are queued by this; what waits for them of earlier editions comes with it."""
    newest = connection.scalar(select(func.max(deliveries.c.id))) or 0
    joining = and_(
        deliveries.c.state == DeliveryState.PENDING.value,
        deliveries.c.attempts == 0,
        deliveries.c.due_at > now,
        deliveries.c.edition_id.in_(select(editions.c.id).where(editions.c.announced_on < on)),
    )
    earlier = (
        select(deliveries.c.subscriber_id, func.min(deliveries.c.first_on).label("first_on"))
        .where(joining)
        .group_by(deliveries.c.subscriber_id)
        .cte("earlier")
    )
    fits = and_(due_times.c.edition_id == edition_id, *(due_times.c[name] == subscribers.c[name] for name in _SCHEDULE))
    chosen = (
        select(
            literal(edition_id),
            subscribers.c.id,
            func.coalesce(earlier.c.first_on, literal(on)),
            subscribers.c.domain,
            literal(DeliveryState.PENDING.value),
            literal(""),
            due_times.c.due_at,
            due_times.c.expires_at,
            literal(0),
        )
        .join(due_times, fits)
        .outerjoin(earlier, earlier.c.subscriber_id == subscribers.c.id)
        .where(whom)
        .order_by(subscribers.c.id)
    )
    connection.execute(insert(deliveries).from_select(_QUEUED, chosen))
    added = (deliveries.c.edition_id == edition_id, deliveries.c.id > newest)
    queued = select(deliveries.c.subscriber_id).where(*added)
    connection.execute(
        update(deliveries)
        .where(joining, deliveries.c.subscriber_id.in_(queued))
        .values(state=DeliveryState.EXCLUDED.value, reason=JOINED, settled_at=now)
    )
    return connection.scalar(select(func.count()).where(*added)) or 0


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
