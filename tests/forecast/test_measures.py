from __future__ import annotations

import math

import numpy as np
import pytest

from digest.forecast.measures import calibrate, measure_days


def one_day(scores: list[float], picked: list[int]) -> dict[str, float]:
    told = measure_days([np.arange(len(scores))], np.array(scores), np.array(picked, dtype=bool))
    return {name: measured.mean for name, measured in told.items()}


def test_a_perfect_order_measures_one_as_far_as_there_are_picks() -> None:
    told = one_day([3, 2, 1, 0], [1, 1, 0, 0])
    assert told == {"precision_at_10": 0.2, "recall_at_20": 1, "ndcg_at_20": 1, "auc": 1}


def test_the_worst_order_is_told_apart_from_it() -> None:
    told = one_day([0, 1, 2, 3], [1, 0, 0, 0])
    assert told["auc"] == 0
    assert told["ndcg_at_20"] == pytest.approx(1 / math.log2(5))


def test_only_the_top_counts() -> None:
    scores, picked = list(range(40, 0, -1)), [0] * 10 + [1] + [0] * 10 + [1] + [0] * 18
    told = one_day([float(one) for one in scores], picked)
    assert (told["precision_at_10"], told["recall_at_20"]) == (0, 0.5)
    assert told["ndcg_at_20"] == pytest.approx((1 / math.log2(12)) / (1 + 1 / math.log2(3)))


def test_equal_scores_stay_in_the_order_of_the_list_and_count_half() -> None:
    told = one_day([1, 1, 1, 1], [0, 0, 0, 1])
    assert told["auc"] == 0.5
    assert told["ndcg_at_20"] == pytest.approx(1 / math.log2(5))


def test_a_day_without_a_pick_is_left_out_and_the_interval_holds_the_mean() -> None:
    days = [np.array([0, 1]), np.array([2, 3]), np.array([4, 5])]
    picked = np.array([1, 0, 0, 0, 0, 1], dtype=bool)
    told = measure_days(days, np.array([2.0, 1, 2, 1, 2, 1]), picked)
    assert told["auc"].mean == 0.5
    assert told["auc"].low <= told["auc"].mean <= told["auc"].high


def test_calibration_compares_what_was_given_with_what_came() -> None:
    told = calibrate(np.array([0.05, 0.05, 0.85, 0.85, 1.0]), np.array([0, 0, 1, 0, 1], dtype=bool))
    assert [(one.papers, round(one.given, 2), one.came) for one in told.bins] == [
        (2, 0.05, 0),
        (2, 0.85, 0.5),
        (1, 1, 1),
    ]
    assert told.error == pytest.approx((2 * 0.05 + 2 * 0.35 + 0) / 5)
