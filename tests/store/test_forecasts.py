"""What forecasts are made from, kept and found again."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from factories import NOON, THURSDAY, WEDNESDAY
from talked_about import pick, save_papers

from digest.model.announcement import AnnounceType
from digest.model.forecast import Background, Forecast
from digest.store.forecasts import ForecastStore

if TYPE_CHECKING:
    from digest.store.database import Database

DAY = timedelta(days=1)
FORECAST = Forecast("2611.90001", 0.25, 120, date(2026, 3, 1), {"authors": 0.5, "words": -0.1})


def background(paper_id: str, on: date, **changes: object) -> Background:
    values = {"text_logit": -2.5, "authors": ("ada northmere", "bo fell"), "owners": ()} | changes
    return Background(paper_id, on, **values)  # type: ignore[arg-type]


def test_papers_are_unread_until_this_model_has_read_them(any_database: Database) -> None:
    store = ForecastStore(any_database)
    save_papers(any_database, WEDNESDAY, "2611.90001", "2611.90002")
    save_papers(any_database, THURSDAY, "2611.90002", "2611.90003")
    every = {WEDNESDAY: ("2611.90001", "2611.90002"), THURSDAY: ("2611.90003",)}
    assert store.find_unread(model="one", since=WEDNESDAY, before=THURSDAY + DAY) == every
    assert store.find_unread(model="one", since=THURSDAY, before=THURSDAY + DAY) == {THURSDAY: ("2611.90003",)}
    store.save_backgrounds([background("2611.90001", WEDNESDAY)], model="one")
    assert store.find_unread(model="one", since=WEDNESDAY, before=THURSDAY) == {WEDNESDAY: ("2611.90002",)}
    assert store.find_unread(model="two", since=WEDNESDAY, before=THURSDAY + DAY) == every


def test_a_paper_that_was_only_replaced_is_not_read(any_database: Database) -> None:
    save_papers(any_database, WEDNESDAY, "2611.90001", kind=AnnounceType.REPLACE)
    assert ForecastStore(any_database).find_unread(model="one", since=WEDNESDAY, before=THURSDAY) == {}


def test_every_announced_paper_is_found_on_its_first_day(any_database: Database) -> None:
    store = ForecastStore(any_database)
    save_papers(any_database, THURSDAY, "2611.90003", "2611.90001")
    save_papers(any_database, WEDNESDAY, "2611.90001", "2611.90002")
    first = {WEDNESDAY: ("2611.90001", "2611.90002")}
    assert store.find_announced(before=THURSDAY) == first
    assert store.find_announced(before=THURSDAY + DAY) == {**first, THURSDAY: ("2611.90003",)}


def test_backgrounds_come_back_as_they_were_saved_last(any_database: Database) -> None:
    store = ForecastStore(any_database)
    save_papers(any_database, WEDNESDAY, "2611.90001", "2611.90002")
    store.save_backgrounds([background("2611.90001", WEDNESDAY), background("2611.90002", WEDNESDAY)], model="one")
    again = background("2611.90001", WEDNESDAY, text_logit=1.5, owners=("account:tide-lab", "host:example.org"))
    store.save_backgrounds([again], model="one")
    found = store.find_backgrounds(model="one", since=WEDNESDAY, before=THURSDAY)
    assert found == (again, background("2611.90002", WEDNESDAY))
    assert store.find_backgrounds(model="one", since=THURSDAY, before=THURSDAY + DAY) == ()
    assert store.find_backgrounds(model="two", since=WEDNESDAY, before=THURSDAY) == ()


def test_picks_are_those_known_at_a_moment_with_their_first_upvotes(any_database: Database) -> None:
    store = ForecastStore(any_database)
    pick(any_database, "2611.90002", NOON, 5)
    pick(any_database, "2611.90002", NOON + DAY, 50)
    pick(any_database, "2611.90001", NOON + DAY, 7, says=NOON - DAY)
    (first,) = store.find_picks(before=NOON + DAY)
    assert (first.paper_id, first.seen_at, first.upvotes) == ("2611.90002", NOON, 5)
    both = store.find_picks(before=NOON + 2 * DAY)
    assert [(one.paper_id, one.seen_at, one.upvotes) for one in both] == [
        ("2611.90001", NOON - DAY, 7),
        ("2611.90002", NOON, 5),
    ]
    assert both[0].seen_at.tzinfo is UTC


def test_what_was_forecast_once_stays(any_database: Database) -> None:
    store = ForecastStore(any_database)
    save_papers(any_database, WEDNESDAY, "2611.90001")
    store.save([FORECAST], on=WEDNESDAY, model="one", now=NOON)
    store.save([Forecast("2611.90001", 0.9, 0, date(2026, 4, 1), {})], on=WEDNESDAY, model="two", now=NOON + DAY)
    assert store.find(["2611.90001", "2611.90009"]) == {"2611.90001": FORECAST}


def test_chances_of_earlier_days_are_found_by_archive(any_database: Database) -> None:
    store = ForecastStore(any_database)
    save_papers(any_database, WEDNESDAY, "2611.90001")
    store.save([FORECAST], on=WEDNESDAY, model="one", now=NOON)
    assert store.find_chances(since=WEDNESDAY, before=THURSDAY) == {"cs": [0.25]}
    assert store.find_chances(since=THURSDAY, before=THURSDAY + DAY) == {}
