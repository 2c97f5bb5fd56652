from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from digest.assets import folder
from digest.errors import InputError
from digest.forecast.model import NAMES
from digest.forecast.numbers import read_numbers, write_numbers

SHIPPED = (folder("config") / "forecast.json").read_text(encoding="utf-8")


def test_the_shipped_numbers_give_chances_and_say_how_they_came_about() -> None:
    shipped = read_numbers(SHIPPED, where="shipped")
    rng = np.random.default_rng(0)
    features = rng.normal(size=(50, len(NAMES))).astype(np.float32)
    chances = shipped.platt.chances(shipped.stack.logits(features))
    assert ((chances > 0) & (chances < 1)).all()
    assert np.ptp(chances) > 0.01
    assert shipped.begins < shipped.until == date(2026, 3, 1)
    assert shipped.measured == (date(2026, 1, 1), date(2026, 2, 28))
    assert (np.diff(shipped.known) >= 0).all()
    assert shipped.known[0] < 0.01 < shipped.known[-1] == 1
    assert {"ndcg_at_20", "precision_at_10", "recall_at_20", "auc", "calibration_error"} == set(shipped.figures)


def test_numbers_that_are_written_again_are_the_same() -> None:
    assert write_numbers(read_numbers(SHIPPED, where="shipped")) == SHIPPED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 1}, "another version"),
        ({"features": ["luck"]}, "another version"),
        ({"words": None}, "train yours anew"),
        ({"until": "someday"}, "someday"),
    ],
)
def test_a_file_that_holds_something_else_is_explained(change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_numbers(json.dumps(json.loads(SHIPPED) | change), where="mine.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000])
def test_what_is_no_forecast_at_all_is_explained(text: str) -> None:
    with pytest.raises(InputError, match=r"Reading the forecast mine\.json: .*train yours anew"):
        read_numbers(text, where="mine.json")
