"""The ranking of own days is measured once, when it is known what came of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from factories import NOON, WEDNESDAY
from factory_editions import make_edition, make_entry
from talked_about import pick, save_papers

from digest.pipeline.measure import MeasureDays
from digest.store.editions import EditionStore
from digest.store.forecasts import ForecastStore
from digest.store.measured_days import MeasuredDayStore

if TYPE_CHECKING:
    from digest.model.ranking import MeasuredDay
    from digest.store.database import Database

DAY = timedelta(days=1)
IDS = tuple(f"2611.{90_001 + number}" for number in range(20))


def measure(database: Database, now: datetime) -> tuple[MeasuredDay, ...]:
    return MeasureDays(store=MeasuredDayStore(database), forecasts=ForecastStore(database), clock=lambda: now).run()


def publish(database: Database) -> None:
    save_papers(database, WEDNESDAY, *IDS)
    edition = make_edition(*(make_entry(rank + 1, score=90 - rank) for rank in range(20)), on=WEDNESDAY)
    EditionStore(database).save(edition, now=NOON)


def test_a_day_is_measured_when_its_window_has_closed_and_only_once(database: Database) -> None:
    publish(database)
    pick(database, "2611.80000", NOON - 20 * DAY, 1)
    pick(database, IDS[0], NOON + DAY, 5)
    pick(database, IDS[1], NOON + 30 * DAY, 5)
    assert measure(database, NOON + 5 * DAY) == ()
    (day,) = measure(database, NOON + 31 * DAY)
    assert (day.announced_on, day.papers, day.picked) == (WEDNESDAY, 20, 1)
    assert day.figures["score"]["ndcg_at_20"] == 1
    assert measure(database, NOON + 32 * DAY) == ()
    assert MeasuredDayStore(database).find_all() == (day,)


def test_a_day_that_was_not_watched_to_its_end_waits(database: Database) -> None:
    publish(database)
    pick(database, "2611.80000", NOON - 20 * DAY, 1)
    pick(database, IDS[0], NOON + DAY, 5)
    assert measure(database, NOON + 31 * DAY) == ()


def test_a_day_from_before_anybody_watched_is_left_alone(database: Database) -> None:
    publish(database)
    pick(database, IDS[0], NOON, 5)
    pick(database, "2611.80000", NOON + 30 * DAY, 1)
    assert measure(database, NOON + 31 * DAY) == ()


def test_a_day_of_which_nothing_was_picked_says_so(database: Database) -> None:
    publish(database)
    pick(database, "2611.80000", NOON - 20 * DAY, 1)
    pick(database, "2611.80001", NOON + 30 * DAY, 1)
    (day,) = measure(database, NOON + 31 * DAY)
    assert (day.papers, day.picked, day.figures) == (20, 0, {})
