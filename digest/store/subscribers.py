"""Subscribers: their state, their preferences, and what happened to them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from digest.model.subscriber import (
    Frequency,
    RecordedEvent,
    Schedule,
    Subscriber,
    SubscriberEvent,
    SubscriberState,
)
from digest.store.database import tried_again
from digest.store.forgetting import close_questions, forget
from digest.store.mail_schema import notices, questions, subscriber_events, subscribers
from digest.store.questions import Question
from digest.store.upsert import chunks, upsert
from digest.store.wishes import read_preferences, read_wishes, write_preferences, write_wishes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from digest.addresses import MailAddress
    from digest.model.subscriber import NoticeKind, Preferences
    from digest.store.database import Database

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is written down beside a change: the event, where it came from, and the notice to be sent of it.

    `wishes` are what somebody asked for; they stay with the notice until its question is answered. A notice that must
    wait for its turn has a moment `due_at`.
    """

    at: datetime
    source: str
    event: SubscriberEvent | None = None
    notice: NoticeKind | None = None
    wishes: Preferences | None = None
    due_at: datetime | None = None


class SubscriberStore:
    """Saves and finds subscribers; a change is made only if nobody else made one first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @tried_again
    def add(self, subscriber: Subscriber, address: MailAddress, happening: Happening) -> bool:
        """Saves a new subscriber and what happened; False when the mailbox is known already."""
        row = {"mailbox": address.mailbox, "domain": address.domain, "bounces": 0, **_row(subscriber)}
        with self._database.write() as connection:
            upsert(connection, subscribers, [row], key=["mailbox"])
            subscriber_id = connection.scalar(_id_of(subscriber.key))
            if subscriber_id is None:
                return False
            _record(connection, subscriber_id, happening)
        return True

    @tried_again
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

    @tried_again
    def change(
        self, subscriber: Subscriber, *happenings: Happening, was: Subscriber, answers: int | None = None
    ) -> bool:
        """Saves what differs from how the subscriber `was`, and what happened; False when the state changed since.

        A new state makes links that were sent before useless. With `answers`, the question in that notice must still
        be open.
        """
        before = _row(was)
        values = {name: value for name, value in _row(subscriber).items() if value != before[name]}
        if subscriber.state is SubscriberState.CONFIRMED and was.state is not SubscriberState.CONFIRMED:
            values["bounces"] = 0
        with self._database.write() as connection:
            same = (subscribers.c.key == subscriber.key) & (subscribers.c.state == was.state.value)
            # Locked first, so that nobody answers or closes the question in between.
            subscriber_id = connection.scalar(select(subscribers.c.id).where(same).with_for_update())
            if subscriber_id is None or (answers and not _is_open(connection, subscriber_id, answers)):
                return False
            if values:
                connection.execute(update(subscribers).where(subscribers.c.id == subscriber_id).values(values))
            if subscriber.state is not was.state:
                close_questions(connection, subscriber_id)
            for happening in happenings:
                _record(connection, subscriber_id, happening)
        return True

    @tried_again
    def unsubscribe(self, key: str, happening: Happening) -> bool:
        """Notes that a subscriber left, and what happened; False for one who had left before, or is unknown.

        Who is suppressed stays so, hears nothing, and has left once that is lifted.
        """
        left, suppressed = SubscriberState.UNSUBSCRIBED.value, SubscriberState.SUPPRESSED.value
        with self._database.write() as connection:
            columns = (subscribers.c.id, subscribers.c.state, subscribers.c.state_before)
            row = connection.execute(select(*columns).where(subscribers.c.key == key).with_for_update()).one_or_none()
            if row is None:
                return False
            close_questions(connection, row.id)
            if left in (row.state, row.state_before):
                return False
            is_suppressed = row.state == suppressed
            values = {"state_before": left} if is_suppressed else {"state": left, "paused_until": None}
            connection.execute(update(subscribers).where(subscribers.c.id == row.id).values(values))
            _record(connection, row.id, replace(happening, notice=None) if is_suppressed else happening)
        return True

    @tried_again
    def notify(self, key: str, happening: Happening) -> bool:
        """Saves a notice to be sent, and touches nothing else; False when there is no such subscriber."""
        with self._database.write() as connection:
            subscriber_id = connection.scalar(_id_of(key))
            if subscriber_id is None:
                return False
            _record(connection, subscriber_id, happening)
        return True

    def find(self, key: str) -> Subscriber | None:
        """The subscriber with that key."""
        return self._find(subscribers.c.key == key)

    def find_by_mailbox(self, mailbox: str) -> Subscriber | None:
        """The subscriber with that mailbox."""
        return self._find(subscribers.c.mailbox == mailbox)

    def find_question(self, key: str, notice_id: int) -> Question | None:
        """The question that a notice to the subscriber passed on; None when it was answered, or is no longer good."""
        statement = (
            select(notices.c.wishes, notices.c.source, notices.c.asked_at, subscribers.c.address)
            .join(subscribers, subscribers.c.id == notices.c.subscriber_id)
            .where(subscribers.c.key == key, notices.c.id == notice_id, notices.c.wishes.is_not(None))
        )
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
            if row is None:
                return None
            return Question(notice_id, row.address, read_wishes(row.wishes), row.source, row.asked_at)

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

    @tried_again
    def forget_unconfirmed(self, *, before: datetime) -> int:
        """Forgets those who were asked before a moment and never said yes, and questions of that age; how many."""
        never = (subscribers.c.state == SubscriberState.UNCONFIRMED.value) & subscribers.c.confirmed_at.is_(None)
        with self._database.write() as connection:
            old = (notices.c.asked_at < before, notices.c.wishes.is_not(None))
            connection.execute(update(notices).where(*old).values(wishes=None, source=None))
            connection.execute(delete(questions).where(questions.c.asked_at < before))
            return forget(connection, never & (subscribers.c.asked_at < before))

    def _find(self, condition: Any) -> Subscriber | None:
        with self._database.read() as connection:
            row = connection.execute(select(subscribers).where(condition)).one_or_none()
            return None if row is None else read_subscriber(row)


def _count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(subscribers)) or 0


def _id_of(key: str) -> Any:
    return select(subscribers.c.id).where(subscribers.c.key == key)


def _is_open(connection: Connection, subscriber_id: int, notice_id: int) -> bool:
    mine = (notices.c.id == notice_id, notices.c.subscriber_id == subscriber_id, notices.c.wishes.is_not(None))
    return connection.scalar(select(notices.c.id).where(*mine)) is not None


def _record(connection: Connection, subscriber_id: int, happening: Happening) -> None:
    if happening.event:
        event = {"at": happening.at, "what": happening.event.value, "source": happening.source}
        connection.execute(insert(subscriber_events).values(subscriber_id=subscriber_id, **event))
    if happening.notice:
        notice: dict[str, Any] = {"kind": happening.notice.value, "state": "pending", "reason": "", "attempts": 0}
        if happening.wishes:
            notice |= {"wishes": write_wishes(happening.wishes), "source": happening.source}
        when = {"asked_at": happening.at, "due_at": happening.due_at or happening.at}
        connection.execute(insert(notices).values(subscriber_id=subscriber_id, **notice, **when))


def _row(subscriber: Subscriber) -> dict[str, Any]:
    schedule = subscriber.preferences.schedule
    return {
        "key": subscriber.key,
        "address": subscriber.address,
        "state": subscriber.state.value,
        "source": subscriber.source,
        "asked_at": subscriber.asked_at,
        "confirmed_at": subscriber.confirmed_at,
        "paused_until": subscriber.paused_until,
        **asdict(schedule),
        "preferences": write_preferences(subscriber.preferences),
    }


def read_subscriber(row: Row[tuple[Any, ...]]) -> Subscriber:
    """The subscriber in a row of the table."""
    return Subscriber(
        key=row.key,
        address=row.address,
        state=SubscriberState(row.state),
        preferences=read_preferences(row.preferences, _schedule(row)),
        source=row.source,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        paused_until=row.paused_until,
    )


def _schedule(row: Row[tuple[Any, ...]]) -> Schedule:
    return Schedule(Frequency(row.frequency), row.weekday, row.hour, row.zone)
