"""Attention: what counts of a paper's observations, and how it fades."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY, WEDNESDAY, make_paper
from hypothesis import given
from hypothesis import strategies as st
from test_signals import make_day

from digest.model.attention import Observation
from digest.signals.attention import Attention, read_attention

if TYPE_CHECKING:
    from digest.model.signal import Reading

DAY = timedelta(days=1)
PAPER = "2611.90001"


def observed(value: float, at: datetime, metric: str = "upvotes", source: str = "huggingface") -> Observation:
    return Observation(PAPER, source, metric, value, at)


def read(*series: Observation, first_on: date = WEDNESDAY, now: datetime = NOON) -> Reading:
    return read_attention(PAPER, series, first_on=first_on, now=now)


def value_of(*series: Observation, now: datetime = NOON) -> float:
    value = read(*series, now=now).value
    assert value is not None
    return value


def test_what_nobody_mentions_has_no_attention() -> None:
    reading = read()
    assert (reading.value, reading.note, reading.sample_size) == (0, "", 0)
    assert read(observed(0, NOON)).value == 0


def test_more_talk_is_more_attention_and_it_fades() -> None:
    few, many = observed(5, NOON), observed(50, NOON)
    assert 0 < value_of(few) < value_of(many)
    assert value_of(many) > value_of(many, now=NOON + 3 * DAY) > value_of(many, now=NOON + 30 * DAY) > 0


def test_what_was_gained_lately_counts_more_than_the_same_gained_before() -> None:
    slow = [observed(40, NOON - 9 * DAY), observed(41, NOON)]
    fast = [observed(1, NOON - 9 * DAY), observed(41, NOON)]
    assert value_of(*fast) > value_of(*slow)


def test_stars_from_before_the_paper_came_are_not_its_own() -> None:
    assert value_of(observed(90_000, NOON, "stars", "github")) == 0
    grown = value_of(observed(90_000, NOON - DAY, "stars", "github"), observed(90_050, NOON, "stars", "github"))
    assert grown > 0


def test_a_count_that_falls_and_comes_back_gains_nothing() -> None:
    steady = value_of(observed(40, NOON - 2 * DAY))
    series = [observed(40, NOON - 2 * DAY), observed(3, NOON - DAY), observed(40, NOON)]
    assert value_of(*series) == pytest.approx(steady)


def test_it_says_what_is_known_now_the_strongest_first() -> None:
    reading = read(
        observed(30, NOON - DAY),
        observed(1, NOON, "comments"),
        observed(1, NOON, "points", "hackernews"),
        observed(44, NOON),
    )
    assert reading.note == "44 upvotes on Hugging Face, 1 point on Hacker News"
    assert reading.source == "hackernews, huggingface"
    assert (reading.observed_at, reading.sample_size) == (NOON, 4)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 2000)), max_size=12))
def test_any_series_gives_a_number_that_is_not_negative(points: list[tuple[float, int]]) -> None:
    series = [observed(value, NOON - timedelta(hours=hours)) for value, hours in points]
    assert value_of(*sorted(series, key=lambda one: one.observed_at)) >= 0


def test_papers_of_the_day_abstain_until_somebody_talks_about_one() -> None:
    day = make_day(make_paper(PAPER), make_paper("2611.90002"))
    assert [one.value for one in Attention().measure(day)] == [None, None]
    first, second = Attention().measure(replace(day, observations={PAPER: [observed(9, NOON)]}))
    assert first.value
    assert second.value == 0
    assert day.announced_on == THURSDAY
