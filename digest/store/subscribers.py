"""Subscribers: their state, their preferences, and what happened to them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, insert, select, update

from digest.model.delivery import DeliveryState
from digest.model.subscriber import (
    Frequency,
    Preferences,
    RecordedEvent,
    Schedule,
    Subscriber,
    SubscriberEvent,
    SubscriberState,
)
from digest.store.mail_schema import deliveries, notices, subscriber_events, subscribers
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from digest.addresses import MailAddress
    from digest.model.subscriber import NoticeKind
    from digest.store.database import Database

_SCHEDULE = tuple(field.name for field in fields(Schedule))
_PAGE = 1000


class SubscriberStore:
    """Saves and finds subscribers; a change is made only if nobody else made one first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(  # noqa: PLR0913 - one transaction for all of it
        self,
        subscriber: Subscriber,
        address: MailAddress,
        *,
        event: SubscriberEvent,
        source: str,
        notice: NoticeKind | None,
        now: datetime,
    ) -> bool:
        """Saves a new subscriber with the event, and the notice to be sent; False when the mailbox is known already."""
        row = {"mailbox": address.mailbox, "domain": address.domain, "bounces": 0, **_row(subscriber)}
        with self._database.write() as connection:
            known = select(subscribers.c.id).where(subscribers.c.mailbox == address.mailbox)
            if connection.scalar(known) is not None:
                return False
            connection.execute(insert(subscribers).values(row))
            _record(connection, subscriber.key, event, source, notice, now)
        return True

    def add_many(self, added: Sequence[tuple[Subscriber, MailAddress]], *, event: SubscriberEvent) -> int:
        """Saves new subscribers with one event each, at the time they were asked; how many were new."""
        with self._database.write() as connection:
            known = _count(connection)
            rows = [
                {"mailbox": address.mailbox, "domain": address.domain, "bounces": 0, **_row(one)}
                for one, address in added
            ]
            upsert(connection, subscribers, rows, key=["mailbox"])
            by_key = {one.key: one for one, _ in added}
            events = []
            for some in chunks(list(by_key)):
                statement = select(subscribers.c.id, subscribers.c.key).where(subscribers.c.key.in_(some))
                events += [
                    {
                        "subscriber_id": row.id,
                        "at": by_key[row.key].asked_at,
                        "what": event.value,
                        "source": by_key[row.key].source,
                    }
                    for row in connection.execute(statement)
                ]
            if events:
                connection.execute(insert(subscriber_events), events)
            return _count(connection) - known

    def change(  # noqa: PLR0913 - one transaction for all of it
        self,
        subscriber: Subscriber,
        *,
        was: SubscriberState,
        event: SubscriberEvent | None,
        source: str,
        notice: NoticeKind | None,
        now: datetime,
    ) -> bool:
        """Saves the subscriber as it is now, if its state is still `was`; False when it isn't."""
        values = _row(subscriber)
        if subscriber.state is SubscriberState.CONFIRMED and was is not SubscriberState.CONFIRMED:
            values["bounces"] = 0
        with self._database.write() as connection:
            same = (subscribers.c.key == subscriber.key) & (subscribers.c.state == was.value)
            if not connection.execute(update(subscribers).where(same).values(values)).rowcount:
                return False
            _record(connection, subscriber.key, event, source, notice, now)
        return True

    def find(self, key: str) -> Subscriber | None:
        """The subscriber with that key."""
        return self._find(subscribers.c.key == key)

    def find_by_mailbox(self, mailbox: str) -> Subscriber | None:
        """The subscriber with that mailbox."""
        return self._find(subscribers.c.mailbox == mailbox)

    def find_known(self, mailboxes: Sequence[str]) -> set[str]:
        """Those of the mailboxes that belong to a subscriber, in whatever state."""
        known: set[str] = set()
        with self._database.read() as connection:
            for some in chunks(mailboxes):
                known.update(connection.scalars(select(subscribers.c.mailbox).where(subscribers.c.mailbox.in_(some))))
        return known

    def find_all(self, state: SubscriberState | None = None) -> Iterator[Subscriber]:
        """Every subscriber, or those in a state, in the order they came."""
        last = 0
        while True:
            statement = select(subscribers).where(subscribers.c.id > last).order_by(subscribers.c.id).limit(_PAGE)
            if state:
                statement = statement.where(subscribers.c.state == state.value)
            with self._database.read() as connection:
                rows = connection.execute(statement).all()
            yield from map(read_subscriber, rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1].id

    def count(self) -> dict[SubscriberState, int]:
        """How many subscribers are in each state."""
        statement = select(subscribers.c.state, func.count()).group_by(subscribers.c.state)
        with self._database.read() as connection:
            return {SubscriberState(state): count for state, count in connection.execute(statement)}

    def find_events(self, key: str) -> tuple[RecordedEvent, ...]:
        """What happened to a subscriber, the oldest first."""
        statement = (
            select(subscriber_events)
            .join(subscribers, subscribers.c.id == subscriber_events.c.subscriber_id)
            .where(subscribers.c.key == key)
            .order_by(subscriber_events.c.id)
        )
        with self._database.read() as connection:
            return tuple(
                RecordedEvent(SubscriberEvent(row.what), row.at, row.source) for row in connection.execute(statement)
            )

    def erase(self, key: str) -> bool:
        """Deletes the subscriber with all that is known of it, mail on its way included; False when there is none."""
        with self._database.write() as connection:
            _forget_mail(connection, select(subscribers.c.id).where(subscribers.c.key == key))
            return bool(connection.execute(delete(subscribers).where(subscribers.c.key == key)).rowcount)

    def forget_unconfirmed(self, *, before: datetime) -> int:
        """Deletes those who were asked before a moment and never confirmed; how many."""
        stale = (subscribers.c.state == SubscriberState.UNCONFIRMED.value, subscribers.c.asked_at < before)
        with self._database.write() as connection:
            return connection.execute(delete(subscribers).where(*stale)).rowcount

    def _find(self, condition: Any) -> Subscriber | None:
        with self._database.read() as connection:
            row = connection.execute(select(subscribers).where(condition)).one_or_none()
            return None if row is None else read_subscriber(row)


def _forget_mail(connection: Connection, subscriber_id: Any) -> None:
    """Takes out mail on its way, and everything personal from what was sent, so that only the sums stay."""
    of_subscriber = deliveries.c.subscriber_id.in_(subscriber_id)
    waiting = deliveries.c.state.in_((DeliveryState.PENDING.value, DeliveryState.DEFERRED.value))
    excluded = DeliveryState.EXCLUDED.value
    connection.execute(update(deliveries).where(of_subscriber, waiting).values(state=excluded, reason="erased"))
    reason = case((deliveries.c.state == excluded, deliveries.c.reason), else_="")
    connection.execute(
        update(deliveries).where(of_subscriber).values(reason=reason, key=None, taken=None, chosen_by=None)
    )


def _count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(subscribers)) or 0


def _record(  # noqa: PLR0913, PLR0917 - the columns of two rows
    connection: Connection,
    key: str,
    event: SubscriberEvent | None,
    source: str,
    notice: NoticeKind | None,
    now: datetime,
) -> None:
    subscriber_id = connection.scalar(select(subscribers.c.id).where(subscribers.c.key == key))
    if event:
        values = {"subscriber_id": subscriber_id, "at": now, "what": event.value, "source": source}
        connection.execute(insert(subscriber_events).values(values))
    if notice:
        connection.execute(
            insert(notices).values(
                subscriber_id=subscriber_id,
                kind=notice.value,
                state="pending",
                reason="",
                asked_at=now,
                due_at=now,
                attempts=0,
            )
        )


def _row(subscriber: Subscriber) -> dict[str, Any]:
    preferences = asdict(subscriber.preferences)
    schedule = preferences.pop("schedule")
    return {
        "key": subscriber.key,
        "address": subscriber.address,
        "state": subscriber.state.value,
        "source": subscriber.source,
        "asked_at": subscriber.asked_at,
        "confirmed_at": subscriber.confirmed_at,
        "paused_until": subscriber.paused_until,
        **{name: schedule[name] for name in _SCHEDULE},
        "preferences": preferences,
    }


def read_subscriber(row: Row[tuple[Any, ...]]) -> Subscriber:
    """The subscriber in a row of the table."""
    return Subscriber(
        key=row.key,
        address=row.address,
        state=SubscriberState(row.state),
        preferences=_preferences(row),
        source=row.source,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        paused_until=row.paused_until,
    )


def _preferences(row: Row[tuple[Any, ...]]) -> Preferences:
    schedule = Schedule(Frequency(row.frequency), row.weekday, row.hour, row.zone)
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.preferences.items()
    }
    return Preferences(**told, schedule=schedule)
