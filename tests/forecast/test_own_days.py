"""How good an edition's order was."""

from __future__ import annotations

import pytest

from digest.forecast.own_days import METHODS, measure_ranking
from digest.model.ranking import RankedPaper


def paper(number: int, score: float, *, chance: float | None = 0.1, authors: int = 3, picked: bool) -> RankedPaper:
    return RankedPaper(f"2611.{number:05d}", score, chance, authors, is_picked=picked)


PAPERS = [paper(number, 100 - number, chance=number / 50, authors=number, picked=number < 10) for number in range(40)]


def test_each_order_is_measured_against_what_was_picked() -> None:
    found = measure_ranking(PAPERS)
    assert set(found) == set(METHODS)
    assert found["score"] == {"precision_at_10": 1, "recall_at_20": 1, "ndcg_at_20": 1, "auc": 1}
    for worst in ("forecast", "author count", "newest first"):
        assert found[worst]["precision_at_10"] == found[worst]["auc"] == 0


def test_chance_picks_its_share() -> None:
    random = measure_ranking(PAPERS)["random"]
    assert random["precision_at_10"] == pytest.approx(0.25, abs=0.06)
    assert random["auc"] == pytest.approx(0.5, abs=0.06)


def test_without_a_pick_there_is_nothing_to_measure() -> None:
    assert measure_ranking([paper(1, 5, picked=False)]) == {}
    assert measure_ranking([]) == {}


def test_a_forecast_that_lacks_for_some_is_not_measured() -> None:
    found = measure_ranking([*PAPERS, paper(99, 1, chance=None, picked=False)])
    assert "forecast" not in found
    assert "score" in found
