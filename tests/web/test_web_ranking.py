"""The page that says how good the ranking is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY
from web_desk import WebDesk
from web_pages import measure_days

from digest.model.ranking import MeasuredDay

if TYPE_CHECKING:
    from digest.store.database import Database


@pytest.fixture
def web(database: Database) -> WebDesk:
    return WebDesk(database)


def test_it_says_that_nothing_is_measured_yet(web: WebDesk) -> None:
    page = web.get("/ranking")
    assert page.status_code == 200
    assert "Nothing is measured yet" in page.text
    assert "<table" not in page.text
    assert 'href="/ranking"' in web.get("/").text


def test_days_without_a_pick_are_told_as_such(web: WebDesk) -> None:
    web.site.measured_days.save(MeasuredDay(THURSDAY, 183, 0, {}, "forecast 20", NOON))
    page = web.get("/ranking").text
    assert "None of the 183 papers of 1 measured day was picked up there" in page
    assert "<svg" not in page


def test_figures_and_a_plot_and_what_changed(web: WebDesk, database: Database) -> None:
    days = [THURSDAY - timedelta(days=ago) for ago in (40, 30, 20, 10)]
    measure_days(database, days)
    page = web.get("/ranking").text
    assert page.count('<circle class="fill"') == 3
    assert page.count('class="change"') == 1
    for words in ("Our score", "At random", "forecast 10, attention 5", "forecast 20, attention 5", "Day by day"):
        assert words in page
    assert [page.count(f'href="/editions/{day}"') for day in days] == [1, 1, 1, 1]
    assert page.index(str(days[3])) < page.index(str(days[0]), page.index("Day by day"))


def test_one_day_is_no_line(web: WebDesk, database: Database) -> None:
    measure_days(database, [THURSDAY])
    page = web.get("/ranking").text
    assert "<svg" not in page
    assert "Our score" in page
