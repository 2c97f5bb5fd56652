"""How good an edition's order was."""

from __future__ import annotations

import pytest
from factories import NOON, THURSDAY

from digest.forecast.own_days import METHODS, is_change, measure_ranking, summarise
from digest.model.ranking import MeasuredDay, RankedPaper


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


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (
            "forecast 20, venue 0.25, trained until 2026-03-01 (abc)",
            "forecast 20, trained until 2026-03-01 (abc)",
            False,
        ),
        ("forecast 20", "forecast 20, attention 5", False),
        ("forecast 20, venue 0.25", "forecast 10, venue 0.25", True),
        ("forecast 20, trained until 2026-03-01 (abc)", "forecast 20, trained until 2026-04-01 (def)", True),
    ],
)
def test_a_signal_that_had_nothing_to_say_is_no_change(before: str, after: str, *, changed: bool) -> None:
    assert is_change(before, after) is changed
    assert is_change(after, before) is changed


def test_a_measure_that_no_day_has_is_left_out() -> None:
    day = MeasuredDay(THURSDAY, 9, 9, {"score": {"ndcg_at_20": 0.5}}, "forecast 20", NOON)
    whole = summarise([day])
    assert set(whole.methods) == {"score"}
    assert set(whole.methods["score"]) == {"ndcg_at_20"}
    assert (whole.days, whole.papers, whole.picked) == (1, 9, 9)


def test_without_a_pick_there_is_nothing_to_measure() -> None:
    assert measure_ranking([paper(1, 5, picked=False)]) == {}
    assert measure_ranking([]) == {}


def test_a_forecast_that_lacks_for_some_is_not_measured() -> None:
    found = measure_ranking([*PAPERS, paper(99, 1, chance=None, picked=False)])
    assert "forecast" not in found
    assert "score" in found
