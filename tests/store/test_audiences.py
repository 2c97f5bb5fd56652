from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from factory_editions import make_edition
from sqlalchemy import select, text
from subscribing import START, Desk

from digest.addresses import read_address
from digest.edition.calendar import find_due, find_expiry
from digest.errors import StoreError
from digest.model.delivery import Audience, DeliveryState, Missed
from digest.model.subscriber import (
    Frequency,
    Preferences,
    Schedule,
    Subscriber,
    SubscriberEvent,
    SubscriberState,
    SuppressionReason,
)
from digest.store.audiences import JOINED, AudienceStore
from digest.store.deliveries import DeliveryStore
from digest.store.editions import EditionStore
from digest.store.mail_schema import deliveries, due_times, subscribers
from digest.store.pruning import PruneStore
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


def test_who_was_confirmed_since_is_known_and_can_be_taken_in(desk: Desk) -> None:
    store = AudienceStore(desk.database)
    desk.confirmed("ada@example.org", at(13))
    paused = desk.confirmed("bo@example.org", at(13))
    desk.use.pause(paused.key, None, source="web")
    desk.clock.turn(timedelta(minutes=1))
    publish(desk, DAYS[2])
    freeze(desk, DAYS[2])
    assert store.find_missed(published_after=START - timedelta(hours=1)) is None
    desk.clock.turn(timedelta(hours=3))
    desk.use.resume(paused.key, source="web")
    desk.confirmed("cleo@example.org", at(13))
    desk.ask("dan@example.org")
    missed = store.find_missed(published_after=START - timedelta(hours=1))
    assert missed == Missed(DAYS[2], START + timedelta(minutes=1), 1)
    assert store.find_missed(published_after=desk.clock.now) is None
    now = desk.clock.now
    assert store.take_in(DAYS[2], due=lambda schedule, _: due(schedule, now), now=now) == 1
    assert store.take_in(DAYS[2], due=lambda schedule, _: due(schedule, now), now=now) == 0
    assert rows(desk) == [("19", "ada", "pending", "19 13"), ("19", "cleo", "pending", "20 13")]
    counts = store.count(DAYS[2])
    assert counts
    assert counts.adds_up
    assert (counts.audience.candidates, counts.audience.queued) == (3, 2)


def test_who_was_imported_since_is_taken_in_whenever_they_agreed(desk: Desk) -> None:
    desk.confirmed("ada@example.org", at(13))
    publish(desk, DAYS[2])
    freeze(desk, DAYS[2])
    long_ago = START - timedelta(days=900)
    bo = Subscriber("bo", "bo@example.org", SubscriberState.CONFIRMED, at(14), "table", long_ago, long_ago)
    desk.store.add_many([(bo, read_address("bo@example.org"))], event=SubscriberEvent.IMPORTED)
    assert AudienceStore(desk.database).take_in(DAYS[2], due=due, now=START) == 1


def test_taking_in_touches_nothing_of_those_who_are_in_already(desk: Desk) -> None:
    desk.confirmed("ada@example.org", at(13))
    publish(desk, DAYS[3])
    freeze(desk, DAYS[3])
    publish(desk, DAYS[2])
    freeze(desk, DAYS[2])
    before = rows(desk)
    desk.confirmed("cleo@example.org", at(14))
    assert AudienceStore(desk.database).take_in(DAYS[3], due=due, now=desk.clock.now) == 1
    assert rows(desk) == [*before, ("20", "cleo", "pending", "19 14")]


def test_a_pause_ends_on_its_day_and_that_is_recorded(desk: Desk) -> None:
    ada = desk.confirmed()
    desk.use.pause(ada.key, DAYS[3], source="web")
    store = AudienceStore(desk.database)
    store.end_pauses(lambda _: DAYS[2], now=desk.clock.now)
    assert not store.has_readers()
    store.end_pauses(lambda _: DAYS[3], now=desk.clock.now)
    assert store.has_readers()
    publish(desk, DAYS[3])
    assert freeze(desk, DAYS[3]).queued == 1
    resumed = "SELECT source FROM subscriber_events WHERE what = 'resumed'"
    with desk.database.read() as connection:
        assert list(connection.scalars(text(resumed))) == ["the pause is over"]


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


def test_an_older_edition_takes_nothing_back_of_a_newer_one(desk: Desk) -> None:
    desk.confirmed("ada@example.org", at(15))
    publish(desk, DAYS[1])
    publish(desk, DAYS[2])
    freeze(desk, DAYS[2])
    freeze(desk, DAYS[1])
    assert [row[:3] for row in rows(desk)] == [("19", "ada", "pending"), ("18", "ada", "pending")]
    firsts = select(editions.c.announced_on, deliveries.c.first_on).join_from(deliveries, editions)
    with desk.database.read() as connection:
        assert sorted(map(tuple, connection.execute(firsts))) == [(DAYS[1], DAYS[1]), (DAYS[2], DAYS[2])]


def test_two_that_freeze_at_the_same_moment_get_the_same_audience(desk: Desk) -> None:
    for number in range(40):
        desk.confirmed(f"reader{number}@example.org")
    publish(desk, DAYS[2])
    with ThreadPoolExecutor(4) as threads:
        audiences = list(threads.map(lambda _: freeze(desk, DAYS[2]), range(4)))
    assert audiences == [Audience(DAYS[2], 40, 40, {})] * 4
    assert len(rows(desk)) == 40


def test_who_comes_leaves_or_changes_while_an_audience_is_frozen_disturbs_nothing(desk: Desk) -> None:
    keys = [desk.confirmed(f"reader{number}@example.org", at(15)).key for number in range(60)]
    for key in keys[::2]:
        desk.use.pause(key, START.date() + timedelta(days=1), source="web")
    for day in DAYS:
        publish(desk, day)
    desk.clock.turn(timedelta(days=1))

    def live(number: int) -> None:
        desk.use.change(keys[number], at(16), source="web")
        if number % 5 == 0:
            desk.use.unsubscribe(keys[number], source="web")
        if number % 5 == 1:
            desk.use.erase(keys[number])

    with ThreadPoolExecutor(3) as threads:
        living = threads.map(live, range(60))
        frozen = [freeze(desk, day) for day in DAYS]
        assert len(list(living)) == 60
    assert all(one.queued + sum(one.excluded.values()) == one.candidates for one in frozen)
    for day in DAYS:
        counts = AudienceStore(desk.database).count(day)
        assert counts
        assert counts.adds_up


def test_what_was_dropped_long_after_is_still_accounted_for(desk: Desk) -> None:
    for number in range(3):
        desk.confirmed(f"reader{number}@example.org", at(15))
    for day in DAYS[1:3]:
        publish(desk, day)
        freeze(desk, day)
    store, later = AudienceStore(desk.database), START + timedelta(days=91)
    desk.use.erase(desk.use.find("reader0@example.org").key)
    DeliveryStore(desk.database).expire(now=START + timedelta(days=2))
    before = [store.count(day) for day in DAYS[1:3]]
    assert PruneStore(desk.database).prune(sent_before=later, unsent_before=START) == 0
    assert PruneStore(desk.database).prune(sent_before=later, unsent_before=later) == 6
    assert rows(desk) == []
    assert [store.count(day) for day in DAYS[1:3]] == before
    assert all(one and one.adds_up for one in before)
    with desk.database.read() as connection:
        assert connection.execute(select(due_times)).all() == []


def test_what_may_still_be_sent_is_never_dropped(desk: Desk) -> None:
    desk.confirmed("ada@example.org", at(15))
    publish(desk, DAYS[2])
    freeze(desk, DAYS[2])
    later = START + timedelta(days=500)
    assert PruneStore(desk.database).prune(sent_before=later, unsent_before=later) == 0
    assert [row[2] for row in rows(desk)] == ["pending"]
