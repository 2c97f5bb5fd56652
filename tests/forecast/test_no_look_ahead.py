"""Nothing that was computed for a day changes when anything later does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from invented_days import FIRST, invent

from digest.forecast.effects import measure_effects
from digest.forecast.history import History, make_history
from digest.forecast.record import measure_record
from digest.forecast.train import FEWEST_DAYS, train

if TYPE_CHECKING:
    from digest.model.forecast import Announced, Pick

PAPERS, PICKS = invent(FEWEST_DAYS + 15, papers=12)
CUT = FIRST + timedelta(days=FEWEST_DAYS)
BEGINS = FIRST.toordinal()
WEEK = timedelta(days=7)


def later_by_a_week(picks: list[Pick]) -> list[Pick]:
    """Every pick that wasn't known at the beginning of the day is seen a week later still."""
    return [one if one.seen_at.date() < CUT else replace(one, seen_at=one.seen_at + WEEK) for one in picks]


def without_what_follows(papers: list[Announced]) -> list[Announced]:
    return [one for one in papers if one.announced_on <= CUT]


def measure(history: History) -> np.ndarray:
    logits = np.linspace(-3, 0, len(PAPERS))[: len(history.papers)]
    record = measure_record(history, 1 / (1 + np.exp(-logits)), begins=BEGINS)
    return np.concatenate([record, measure_effects(history, logits, begins=BEGINS)], axis=1)


def until_the_cut(features: np.ndarray) -> np.ndarray:
    return features[[place for place, paper in enumerate(PAPERS[: len(features)]) if paper.announced_on <= CUT]]


@pytest.mark.parametrize("change", ["labels a week later", "no later labels", "no later papers"])
def test_track_records_know_nothing_of_later_days(change: str) -> None:
    papers, picks = PAPERS, PICKS
    if change == "labels a week later":
        picks = later_by_a_week(PICKS)
    elif change == "no later labels":
        picks = [one for one in PICKS if one.seen_at.date() < CUT]
    else:
        papers = without_what_follows(PAPERS)
    before, after = measure(make_history(PAPERS, PICKS)), measure(make_history(papers, picks))
    assert np.array_equal(until_the_cut(before), until_the_cut(after))
    assert np.ptp(until_the_cut(before), axis=0).max() > 1


def test_training_knows_nothing_of_later_days() -> None:
    until = CUT.toordinal()
    begins = until - FEWEST_DAYS
    before = train(make_history(PAPERS, PICKS), until=until, begins=begins)
    after = train(make_history(PAPERS, later_by_a_week(PICKS)), until=until, begins=begins)
    assert np.array_equal(until_the_cut(before.features), until_the_cut(after.features))
    for one in (before, after):
        assert one.stack.logits(until_the_cut(one.features)).std() > 0.1
    assert np.array_equal(
        before.stack.logits(until_the_cut(before.features)), after.stack.logits(until_the_cut(after.features))
    )
    assert before.platt == after.platt
