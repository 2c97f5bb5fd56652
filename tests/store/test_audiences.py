from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from factory_editions import make_edition
from sqlalchemy import select
from subscribing import START, Desk

from digest.edition.calendar import find_due, find_expiry
from digest.errors import StoreError
from digest.model.delivery import Audience, DeliveryState
from digest.model.subscriber import Frequency, Preferences, Schedule, SuppressionReason
from digest.store.audiences import JOINED, AudienceStore
from digest.store.editions import EditionStore
from digest.store.mail_schema import deliveries, subscribers
from digest.store.schema import editions

if TYPE_CHECKING:
    from digest.store.database import Database

DAYS = [date(2026, 11, day) for day in (17, 18, 19, 20)]


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


def due(schedule: Schedule, published_at: datetime) -> tuple[datetime, datetime]:
    due_at = find_due(schedule, published_at)
    return due_at, find_expiry(due_at, published_at, lifetime=timedelta(hours=20))


def publish(desk: Desk, on: date) -> None:
    EditionStore(desk.database).save(make_edition(announced_on=on), now=desk.clock.now)


def freeze(desk: Desk, on: date) -> Audience:
    return AudienceStore(desk.database).freeze(on, due=due, now=desk.clock.now)


def at(hour: int, frequency: Frequency = Frequency.DAILY, weekday: int = 4) -> Preferences:
    return Preferences(schedule=Schedule(frequency, weekday, hour))


def rows(desk: Desk) -> list[tuple[str, str, str, str]]:
    """Edition, subscriber, state and due time of every delivery."""
    statement = (
        select(editions.c.announced_on, subscribers.c.address, deliveries.c.state, deliveries.c.due_at)
        .join_from(deliveries, editions)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .order_by(deliveries.c.id)
    )
    with desk.database.read() as connection:
        found = connection.execute(statement).all()
    return [(f"{one[0]:%d}", one[1].partition("@")[0], one[2], f"{one[3]:%d %H}") for one in found]


def test_who_is_confirmed_is_queued_and_the_others_are_counted_with_their_reason(desk: Desk) -> None:
    desk.confirmed("ada@example.org", at(13))
    desk.confirmed("bo@example.org", at(14))
    desk.use.pause(desk.confirmed("cleo@example.org").key, None, source="web")
    desk.confirmed("dan@example.org")
    desk.use.suppress("dan@example.org", SuppressionReason.BOUNCE, detail="550")
    desk.ask("eve@example.org")
    desk.use.unsubscribe(desk.confirmed("fred@example.org").key, source="web")
    publish(desk, DAYS[2])
    audience = freeze(desk, DAYS[2])
    assert (audience.candidates, audience.queued) == (4, 2)
    assert audience.excluded == {"paused": 1, "suppressed": 1}
    assert rows(desk) == [("19", "ada", "pending", "19 13"), ("19", "bo", "pending", "19 14")]
    counts = AudienceStore(desk.database).count(DAYS[2])
    assert counts
    assert counts.adds_up
    assert counts.states == {DeliveryState.PENDING: 2}


def test_an_audience_is_frozen_once(desk: Desk) -> None:
    desk.confirmed()
    publish(desk, DAYS[2])
    first = freeze(desk, DAYS[2])
    desk.confirmed("late@example.org")
    assert freeze(desk, DAYS[2]) == first == AudienceStore(desk.database).find(DAYS[2])
    assert len(rows(desk)) == 1


def test_a_pause_ends_on_its_day(desk: Desk) -> None:
    desk.use.pause(desk.confirmed().key, START.date() + timedelta(days=1), source="web")
    publish(desk, DAYS[2])
    assert freeze(desk, DAYS[2]).queued == 0
    desk.clock.turn(timedelta(days=1))
    publish(desk, DAYS[3])
    assert freeze(desk, DAYS[3]).queued == 1


def test_a_weekly_mail_joins_the_editions_of_its_week(desk: Desk) -> None:
    desk.confirmed("weekly@example.org", at(7, Frequency.WEEKLY, weekday=5))
    desk.confirmed("daily@example.org", at(13))
    desk.clock.turn(timedelta(days=-1))
    for day in DAYS[1:]:
        publish(desk, day)
        freeze(desk, day)
        desk.clock.turn(timedelta(days=1))
    weekly = [row for row in rows(desk) if row[1] == "weekly"]
    assert [row[2:] for row in weekly] == [
        ("excluded", "21 07"),
        ("excluded", "21 07"),
        ("pending", "21 07"),
    ]
    waiting = select(deliveries.c.first_on).where(deliveries.c.state == "pending").order_by(deliveries.c.first_on)
    with desk.database.read() as connection:
        assert connection.scalar(waiting) == DAYS[1]
    counts = AudienceStore(desk.database).count(DAYS[1])
    assert counts
    assert counts.excluded == {JOINED: 1}
    assert counts.adds_up


def test_editions_that_are_caught_up_at_once_come_in_one_mail(desk: Desk) -> None:
    desk.confirmed("ada@example.org", at(13))
    for day in DAYS:
        publish(desk, day)
    store = AudienceStore(desk.database)
    assert store.find_unfrozen(published_after=START - timedelta(hours=1)) == tuple(DAYS)
    for day in DAYS:
        freeze(desk, day)
    assert [row[2] for row in rows(desk)] == ["excluded", "excluded", "excluded", "pending"]
    assert store.find_unfrozen(published_after=START - timedelta(hours=1)) == ()


def test_an_edition_that_is_older_than_one_already_sent_or_came_out_long_ago_is_not_started(desk: Desk) -> None:
    publish(desk, DAYS[0])
    desk.clock.turn(timedelta(days=1))
    publish(desk, DAYS[2])
    store = AudienceStore(desk.database)
    assert store.find_unfrozen(published_after=START) == (DAYS[2],)
    freeze(desk, DAYS[2])
    publish(desk, DAYS[1])
    assert store.find_unfrozen(published_after=START) == ()


def test_freezing_what_was_not_published_is_explained(desk: Desk) -> None:
    with pytest.raises(StoreError, match="digest publish"):
        freeze(desk, DAYS[0])
    assert AudienceStore(desk.database).count(DAYS[0]) is None


def test_who_is_erased_is_still_accounted_for(desk: Desk) -> None:
    key = desk.confirmed().key
    publish(desk, DAYS[2])
    freeze(desk, DAYS[2])
    desk.use.erase(key)
    counts = AudienceStore(desk.database).count(DAYS[2])
    assert counts
    assert counts.adds_up
    assert counts.excluded == {"erased": 1}
