"""The forecast of one day out of what is kept of the days before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import pytest
from invented_days import FIRST, invent

from digest.forecast.history import make_history
from digest.forecast.numbers import Forecaster
from digest.forecast.score import measure_features
from digest.forecast.today import Past, forecast_day, read_text
from digest.forecast.train import FEWEST_DAYS, train

if TYPE_CHECKING:
    from digest.model.forecast import Announced, Background

PAPERS, PICKS = invent(FEWEST_DAYS + 10, papers=12)
TODAY = FIRST + timedelta(days=FEWEST_DAYS + 4)
OWN = [one for one in PAPERS if one.announced_on == TODAY]


@pytest.fixture(scope="module")
def forecaster() -> Forecaster:
    until = FIRST + timedelta(days=FEWEST_DAYS)
    trained = train(make_history(PAPERS, PICKS), until=until.toordinal(), begins=FIRST.toordinal())
    return Forecaster(trained.text, trained.stack, trained.platt, trained.text_platt, FIRST, until, {})


def read_all(forecaster: Forecaster, papers: list[Announced]) -> list[Background]:
    days = groupby(papers, key=lambda paper: paper.announced_on)
    return [one for _, of_day in days for one in read_text(forecaster.text, list(of_day))]


def past_of(forecaster: Forecaster, before: date = TODAY) -> Past:
    papers = [one for one in PAPERS if one.announced_on < before]
    return Past(read_all(forecaster, papers), [one for one in PICKS if one.seen_at.date() < before])


def test_the_forecast_of_a_day_is_that_of_the_evaluation(forecaster: Forecaster) -> None:
    past = past_of(forecaster)
    assert past.begins is not None
    history = make_history(PAPERS, PICKS)
    features = measure_features(forecaster, history, begins=past.begins.toordinal(), since=TODAY.toordinal())
    span = history.span(TODAY.toordinal())
    expected = forecaster.platt.chances(forecaster.stack.logits(features[span]))
    forecasts = forecast_day(forecaster, OWN, past)
    assert [forecasts[one.paper_id].chance for one in OWN] == pytest.approx(list(expected), abs=1e-5)
    assert max(expected) - min(expected) > 0.1
    assert {one.picks for one in forecasts.values()} == {len(past.picks)}


def test_without_a_record_the_text_alone_is_judged(forecaster: Forecaster) -> None:
    full = past_of(forecaster)
    by_text = forecast_day(forecaster, OWN, Past((), ()))
    assert {one.picks for one in by_text.values()} == {0}
    assert "authors" not in by_text[OWN[0].paper_id].lifts
    for thin in (replace(full, picks=full.picks[-20:]), replace(full, picks=[])):
        assert forecast_day(forecaster, OWN, thin) == by_text


def test_what_lifts_a_paper_is_said_by_group(forecaster: Forecaster) -> None:
    forecasts = forecast_day(forecaster, OWN, past_of(forecaster))
    known = {one.paper_id for one in OWN if any("Known" in name for name in one.authors)}
    lifts = {paper_id: one.lifts["authors"] for paper_id, one in forecasts.items()}
    assert known
    assert min(lifts[one] for one in known) > max(lift for one, lift in lifts.items() if one not in known)
    assert {"words", "text", "links", "venue", "team", "field", "timing"} < set(forecasts[OWN[0].paper_id].lifts)


def test_a_paper_without_authors_has_a_chance_and_changes_nobody_elses(forecaster: Forecaster) -> None:
    nobodys = replace(OWN[-1], paper_id="2699.99999", authors=())
    past = past_of(forecaster)
    alone, joined = forecast_day(forecaster, OWN[:-1], past), forecast_day(forecaster, [*OWN[:-1], nobodys], past)
    assert 0 < joined["2699.99999"].chance < 1
    for paper_id, forecast in alone.items():
        assert joined[paper_id].chance == pytest.approx(forecast.chance, abs=0.1)
    best = max(alone.values(), key=lambda one: one.chance)
    assert joined[best.paper_id].chance > 0.7 * best.chance


def test_a_day_without_papers_has_no_forecast(forecaster: Forecaster) -> None:
    assert forecast_day(forecaster, [], past_of(forecaster)) == {}
    assert read_text(forecaster.text, []) == ()


def test_one_paper_alone_has_one(forecaster: Forecaster) -> None:
    (only,) = forecast_day(forecaster, OWN[:1], past_of(forecaster)).values()
    assert 0 < only.chance < 1
    assert set(only.lifts.values()) == {0}
