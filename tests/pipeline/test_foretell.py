"""Forecasts out of the store: each made once, and only from what was known when the day began."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY, WEDNESDAY
from talked_about import pick, save_papers

from digest.assets import folder
from digest.forecast.numbers import read_numbers
from digest.pipeline.foretell import Foretell
from digest.store.forecasts import ForecastStore
from digest.store.papers import PaperStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.forecast.numbers import Forecaster
    from digest.store.database import Database

IDS = ("2611.90001", "2611.90002", "2611.90003")


@pytest.fixture(scope="module")
def forecaster() -> Forecaster:
    file = folder("config") / "forecast.json"
    return read_numbers(file.read_text(encoding="utf-8"), where=str(file))


@pytest.fixture
def foretell(database: Database, forecaster: Forecaster) -> Callable[[str], Foretell]:
    def make(name: str) -> Foretell:
        return Foretell(
            load=lambda: (name, forecaster),
            store=ForecastStore(database),
            papers=PaperStore(database),
            clock=lambda: NOON,
        )

    save_papers(database, WEDNESDAY, *IDS[:2])
    save_papers(database, THURSDAY, IDS[2])
    return make


def test_a_forecast_is_made_once(database: Database, foretell: Callable[[str], Foretell]) -> None:
    papers = tuple(PaperStore(database).find_many(IDS[2:]).values())
    first = foretell("one").run(THURSDAY, papers)
    assert 0 < first[IDS[2]].chance < 1
    assert foretell("two").run(THURSDAY, papers) == first


def test_earlier_papers_are_read_once_by_each_model(database: Database, foretell: Callable[[str], Foretell]) -> None:
    papers = tuple(PaperStore(database).find_many(IDS[2:]).values())
    said: list[str] = []
    foretell("one").run(THURSDAY, papers, told=said.append)
    assert said == [f"reading the papers of {WEDNESDAY}"]
    kept = ForecastStore(database).find_backgrounds(model="one", since=WEDNESDAY, before=THURSDAY)
    assert [(one.paper_id, one.authors) for one in kept] == [
        (paper_id, ("ada northmere", "bo fell")) for paper_id in IDS[:2]
    ]


def test_a_paper_that_came_late_is_not_its_own_authors_record(
    database: Database, foretell: Callable[[str], Foretell]
) -> None:
    begins = datetime.combine(THURSDAY, time(), UTC)
    for number in range(100):
        pick(database, f"2610.{number:05d}", begins - timedelta(days=40), 3)
    papers = tuple(PaperStore(database).find_many(IDS[:1]).values())
    before = foretell("one").run(THURSDAY, papers)[IDS[0]]
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM forecasts")
    pick(database, IDS[0], begins - timedelta(hours=3), 500)
    after = foretell("one").run(THURSDAY, papers)[IDS[0]]
    assert (before.picks, after.picks) == (100, 101)
    assert after.chance == pytest.approx(before.chance, abs=0.02)


def test_picks_of_the_day_itself_are_not_known_when_it_begins(
    database: Database, foretell: Callable[[str], Foretell]
) -> None:
    begins = datetime.combine(THURSDAY, time(), UTC)
    known = [begins - timedelta(days=40, hours=-number / 10) for number in range(100)]
    for number, at in enumerate(known):
        pick(database, f"2610.{number:05d}", at, 3)
    papers = tuple(PaperStore(database).find_many(IDS[2:]).values())
    pick(database, IDS[0], begins, 500)
    forecast = foretell("one").run(THURSDAY, papers)[IDS[2]]
    assert forecast.picks == 100
    assert foretell("one").find_chances(THURSDAY + timedelta(days=1)) == {"cs": [forecast.chance]}
