"""The forecast as a signal: its value, and what it says to a reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from factories import make_paper
from test_signals import make_day

from digest.model.forecast import Forecast
from digest.signals.forecast import ForecastSignal

FORECAST = Forecast("2611.90001", 0.336, 1200, date(2026, 3, 1), {"authors": 1.4, "words": 0.8, "links": 0.75})


def note_of(**changes: object) -> str:
    forecast = replace(FORECAST, **changes)  # type: ignore[arg-type]
    day = replace(make_day(make_paper()), forecasts={"2611.90001": forecast})
    (reading,) = ForecastSignal().measure(day)
    return reading.note


def test_it_is_the_chance_with_the_record_it_rests_on() -> None:
    day = replace(make_day(make_paper()), forecasts={"2611.90001": FORECAST})
    (reading,) = ForecastSignal().measure(day)
    assert (reading.value, reading.sample_size) == (0.336, 1200)
    assert "track records" in reading.source
    assert "2026-03-01" in reading.source


def test_without_a_forecast_it_abstains() -> None:
    (reading,) = ForecastSignal().measure(make_day(make_paper()))
    assert reading.value is None
    assert reading.note == ""


def test_without_a_record_it_says_that_it_goes_by_texts_alone() -> None:
    day = replace(make_day(make_paper()), forecasts={"2611.90001": replace(FORECAST, picks=0)})
    (reading,) = ForecastSignal().measure(day)
    assert reading.sample_size is None
    assert "texts alone" in reading.source


@pytest.mark.parametrize(
    ("lifts", "why"),
    [
        (FORECAST.lifts, ", for its authors' earlier papers and its words"),
        ({"links": 0.9, "words": 0.1}, ", for what it links"),
        ({"words": 0.69}, ""),
        ({}, ""),
    ],
)
def test_the_strongest_reasons_are_said(lifts: dict[str, float], why: str) -> None:
    assert note_of(lifts=lifts) == f"34% likely to be picked up on Hugging Face{why}"


def test_a_small_chance_is_no_reason() -> None:
    assert note_of(chance=0.04) == ""
