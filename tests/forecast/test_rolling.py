"""A forecast of many days, trained again as it goes, rests on nothing later either."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from invented_days import FIRST, invent

from digest.forecast.history import SETTLED, make_history
from digest.forecast.rolling import Rolled, forecast_days
from digest.forecast.train import FEWEST_DAYS

if TYPE_CHECKING:
    from digest.model.forecast import Pick

EVERY = 6
PAPERS, PICKS = invent(FEWEST_DAYS + 2 * EVERY + 2, papers=12)
DAYS = np.array([paper.announced_on.toordinal() for paper in PAPERS])
SINCE = FIRST.toordinal() + FEWEST_DAYS
AGAIN = SINCE + EVERY


def roll(picks: list[Pick]) -> Rolled:
    history = make_history(PAPERS, picks)
    return forecast_days(history, since=SINCE, until=SINCE + 2 * EVERY + 1, begins=SINCE - FEWEST_DAYS, every=EVERY)


@pytest.fixture(scope="module")
def rolled() -> Rolled:
    return roll(PICKS)


def test_every_day_is_forecast_by_what_was_trained_last(rolled: Rolled) -> None:
    assert rolled.trained_on == (SINCE, AGAIN, AGAIN + EVERY)
    assert rolled.first.until == SINCE
    first = rolled.first.stack.logits(rolled.first.features)
    assert np.array_equal(rolled.scores.logits[among(SINCE, AGAIN)], first[among(SINCE, AGAIN)])
    assert not np.allclose(rolled.scores.logits[among(AGAIN, AGAIN + EVERY)], first[among(AGAIN, AGAIN + EVERY)])
    measured = DAYS >= SINCE
    assert ((rolled.scores.chances[measured] > 0) & (rolled.scores.chances[measured] < 1)).all()
    assert not rolled.scores.chances[~measured].any()


def test_labels_a_week_later_change_nothing_for_earlier_days(rolled: Rolled) -> None:
    cut = FIRST + timedelta(days=FEWEST_DAYS + EVERY)
    moved = [
        one if one.seen_at.date() < cut else replace(one, seen_at=one.seen_at + timedelta(days=7)) for one in PICKS
    ]
    other = roll(moved)
    assert rolled.scores.logits[among(AGAIN + SETTLED // 2, AGAIN + EVERY + 2)].std() > 0.1
    for ours, theirs in zip(fields(rolled), fields(other), strict=True):
        assert np.array_equal(ours[among(SINCE, AGAIN + 1)], theirs[among(SINCE, AGAIN + 1)])
        assert not np.array_equal(
            ours[among(AGAIN + 1, AGAIN + 2 * EVERY)], theirs[among(AGAIN + 1, AGAIN + 2 * EVERY)]
        )


def test_upvotes_of_later_picks_change_nothing_for_earlier_days(rolled: Rolled) -> None:
    cut = FIRST + timedelta(days=FEWEST_DAYS + EVERY)
    praised = [one if one.seen_at.date() < cut else replace(one, upvotes=10 * one.upvotes + 50) for one in PICKS]
    other = roll(praised)
    assert np.array_equal(rolled.scores.logits[among(SINCE, AGAIN + 1)], other.scores.logits[among(SINCE, AGAIN + 1)])
    assert not np.array_equal(rolled.scores.logits, other.scores.logits)


def fields(rolled: Rolled) -> tuple[np.ndarray, np.ndarray]:
    return rolled.scores.logits, rolled.scores.chances


def among(first: int, after: int) -> np.ndarray:
    found: np.ndarray = np.isin(DAYS, np.arange(first, after))
    return found
