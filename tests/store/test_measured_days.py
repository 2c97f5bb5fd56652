"""What is measured of own days: found, kept, and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY, WEDNESDAY
from factory_editions import make_contribution, make_edition, make_entry
from talked_about import pick, save_papers

from digest.model.announcement import AnnounceType
from digest.model.forecast import Forecast
from digest.model.ranking import MeasuredDay, RankedPaper
from digest.store.editions import EditionStore
from digest.store.forecasts import ForecastStore
from digest.store.measured_days import MeasuredDayStore

if TYPE_CHECKING:
    from digest.store.database import Database

DAY = timedelta(days=1)
MEASURED = MeasuredDay(WEDNESDAY, 40, 3, {"score": {"ndcg_at_20": 0.5}}, "forecast 20", NOON)


@pytest.fixture
def store(any_database: Database) -> MeasuredDayStore:
    save_papers(any_database, WEDNESDAY, "2611.90001", "2611.90002", "2611.90003", "2611.90004")
    strong, weak = make_entry(1, score=80), make_entry(2, score=30)
    rising = make_entry(3, first_on=WEDNESDAY - DAY)
    newer = make_entry(4, announce_type=AnnounceType.REPLACE)
    parts = (make_contribution("forecast", weight=20.0), make_contribution("venue", weight=0.25))
    strong = replace(strong, score=replace(strong.score, contributions=parts))
    EditionStore(any_database).save(make_edition(strong, weak, rising, newer, on=WEDNESDAY), now=NOON)
    made = [Forecast("2611.90001", 0.4, 9, WEDNESDAY, {})]
    ForecastStore(any_database).save(made, on=WEDNESDAY, model="0123456789abcdef", now=NOON)
    return MeasuredDayStore(any_database)


def test_the_days_papers_are_found_as_they_were_ranked(store: MeasuredDayStore) -> None:
    assert store.find_ranked(WEDNESDAY, picked=frozenset({"2611.90002"})) == (
        RankedPaper("2611.90001", 80, 0.4, 2, is_picked=False),
        RankedPaper("2611.90002", 30, None, 2, is_picked=True),
    )
    assert store.find_ranked(THURSDAY, picked=frozenset()) == ()


def test_what_a_day_was_ranked_by_is_told(store: MeasuredDayStore) -> None:
    told = store.find_ranked_by(WEDNESDAY)
    assert told == f"forecast 20, code 1, novelty 1, venue 0.25, trained until {WEDNESDAY} (012345)"


def test_a_day_is_unmeasured_until_it_is_saved(any_database: Database, store: MeasuredDayStore) -> None:
    EditionStore(any_database).save(make_edition(make_entry(2), on=THURSDAY, is_sample=True), now=NOON)
    assert store.find_unmeasured(before=WEDNESDAY) == ()
    assert store.find_unmeasured(before=THURSDAY + DAY) == (WEDNESDAY,)
    store.save(MEASURED)
    assert store.find_unmeasured(before=THURSDAY + DAY) == ()


def test_what_came_out_late_or_by_a_forecast_of_later_days_proves_nothing(any_database: Database) -> None:
    save_papers(any_database, WEDNESDAY, "2611.90001")
    save_papers(any_database, THURSDAY, "2611.90002")
    editions, store = EditionStore(any_database), MeasuredDayStore(any_database)
    editions.save(make_edition(make_entry(1), on=WEDNESDAY), now=NOON + 2 * DAY)
    editions.save(make_edition(make_entry(2), on=THURSDAY), now=NOON)
    assert store.find_unmeasured(before=THURSDAY + DAY) == (THURSDAY,)
    made = [Forecast("2611.90002", 0.4, 9, THURSDAY + DAY, {})]
    ForecastStore(any_database).save(made, on=THURSDAY, model="one", now=NOON)
    assert store.find_unmeasured(before=THURSDAY + DAY) == ()


def test_measured_days_come_back_as_they_were_saved_last(store: MeasuredDayStore) -> None:
    store.save(replace(MEASURED, picked=1))
    store.save(MEASURED)
    other = replace(MEASURED, announced_on=THURSDAY, figures={})
    store.save(other)
    assert store.find_all() == (MEASURED, other)


def test_watching_begins_with_the_first_mention_and_ends_with_the_last_look(
    any_database: Database, store: MeasuredDayStore
) -> None:
    assert store.find_watched("huggingface") is None
    pick(any_database, "2611.90001", NOON, 3, says=NOON - 5 * DAY)
    pick(any_database, "2611.90002", NOON + DAY, 3)
    assert store.find_watched("huggingface") == (NOON - 5 * DAY, NOON + DAY)
