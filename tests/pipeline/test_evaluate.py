from __future__ import annotations

from datetime import timedelta

import pytest
from invented_days import FIRST, invent

from digest.errors import InputError
from digest.forecast.compare import FORECAST
from digest.forecast.numbers import read_numbers, write_numbers
from digest.forecast.train import FEWEST_DAYS
from digest.pipeline.evaluate import evaluate_trend

SINCE, UNTIL = FIRST + timedelta(days=FEWEST_DAYS + 5), FIRST + timedelta(days=FEWEST_DAYS + 24)


def test_the_forecast_learns_who_is_picked_up_and_is_compared_with_simple_orders() -> None:
    papers, picks = invent(FEWEST_DAYS + 25, papers=15)
    report = evaluate_trend(papers, picks, since=SINCE, until=UNTIL)
    assert (report.compared.papers, report.since, report.forecaster.until) == (20 * 15, SINCE, SINCE)
    assert 0 < report.compared.picked < report.compared.papers
    assert list(report.compared.methods) == [
        "forecast",
        "forecast by text alone",
        "tf-idf logistic regression",
        "category prior",
        "author count",
        "newest first",
        "random",
    ]
    forecast, chance = (report.compared.methods[name].measures["auc"] for name in (FORECAST, "random"))
    assert forecast.low > chance.high
    assert forecast.mean > report.compared.methods["forecast by text alone"].measures["auc"].mean
    calibration = report.compared.methods[FORECAST].calibration
    assert calibration
    assert sum(one.papers for one in calibration.bins) == report.compared.papers

    assert report.trained_on == (SINCE,)
    assert report.latest is None

    kept = read_numbers(write_numbers(report.forecaster), where="memory")
    again = evaluate_trend(papers, picks, since=SINCE, until=UNTIL, forecaster=kept)
    assert again.forecaster.until == SINCE
    assert again.compared.methods["random"] == report.compared.methods["random"]
    assert abs(again.compared.methods[FORECAST].measures["auc"].mean - forecast.mean) < 0.05


def test_training_again_is_told_and_the_latest_learns_from_the_measured_days_too() -> None:
    papers, picks = invent(FEWEST_DAYS + 25, papers=15)
    report = evaluate_trend(papers, picks, since=SINCE, until=UNTIL, every=12, with_latest=True)
    assert report.trained_on == (SINCE, SINCE + timedelta(days=12))
    assert report.latest
    assert report.latest.until == UNTIL + timedelta(days=1)
    assert report.latest.stack.line.start != report.forecaster.stack.line.start


def test_days_without_a_pick_and_too_little_to_learn_from_are_told() -> None:
    papers, picks = invent(60)
    with pytest.raises(InputError, match="no paper of those days was picked up"):
        evaluate_trend(papers, picks, since=FIRST + timedelta(days=400), until=FIRST + timedelta(days=410))
    with pytest.raises(InputError, match=r"over 4\d days, and it takes 100 over"):
        evaluate_trend(papers, picks, since=FIRST + timedelta(days=50), until=FIRST + timedelta(days=59))
