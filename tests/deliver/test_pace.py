"""When mails may begin: the rate over time, and the rests that a failing relay gets."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.pace import Breaker, Pace, Patience

PATIENCE = Patience(
    failures=3,
    first_pause=timedelta(seconds=5),
    longest_pause=timedelta(minutes=5),
    give_up_after=timedelta(hours=1),
)


def begins(pace: Pace, *, until: float, hold_ups: dict[int, float] | None = None) -> list[float]:
    """When mails begin that are always there; a hold-up after the n-th takes some seconds."""
    now, times = 100.0, []
    while now < 100.0 + until:
        now += pace.wait(now)
        if pace.wait(now) < 1e-9:
            pace.take()
            times.append(now)
            now += (hold_ups or {}).get(len(times), 0)
    return times


@pytest.mark.parametrize("rate", [0.5, 1, 14, 1000])
def test_over_time_the_rate_is_exact(rate: float) -> None:
    times = begins(Pace(rate), until=20)
    assert len(times) == pytest.approx(20 * rate, abs=1.01)


@given(
    rate=st.floats(0.2, 500),
    hold_ups=st.dictionaries(st.integers(1, 50), st.floats(0, 30), max_size=3),
)
def test_no_second_sees_more_than_a_quarter_above_the_rate(rate: float, hold_ups: dict[int, float]) -> None:
    times = begins(Pace(rate), until=5, hold_ups=hold_ups)
    for first in range(0, len(times), 7):
        assert sum(times[first] <= one < times[first] + 1 for one in times) <= max(1, rate / 4) + rate + 1


def test_a_short_hold_up_is_caught_up() -> None:
    assert len(begins(Pace(100), until=10, hold_ups={50: 0.2, 500: 0.2})) == pytest.approx(1000, abs=2)


def failed(breaker: Breaker, *times: float) -> Breaker:
    for now in times:
        breaker.begin()
        breaker.fail(now)
    return breaker


def test_a_few_failures_don_t_stop_anything() -> None:
    breaker = failed(Breaker(PATIENCE), 0, 0)
    breaker.succeed()
    failed(breaker, 1, 1)
    assert breaker.wait(1) == 0


def test_the_third_failure_in_a_row_brings_a_rest_with_one_try_after_it() -> None:
    breaker = failed(Breaker(PATIENCE), 0, 0, 0)
    assert breaker.wait(1) == 4
    assert breaker.wait(5) == 0
    breaker.begin()
    assert breaker.wait(5) == math.inf


def test_rests_double_up_to_the_longest() -> None:
    breaker, now, rests = failed(Breaker(PATIENCE), 0, 0, 0), 0.0, []
    for _ in range(9):
        rests.append(breaker.wait(now))
        now += rests[-1]
        failed(breaker, now)
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_failures_of_what_was_under_way_don_t_lengthen_the_rest() -> None:
    breaker = failed(Breaker(PATIENCE), 0, 0, 0)
    for _ in range(13):
        breaker.fail(0.1)
    assert breaker.wait(0) == 5


def test_one_success_and_all_is_as_before() -> None:
    breaker = failed(Breaker(PATIENCE), 0, 0, 0, 5, 15)
    breaker.begin()
    breaker.succeed()
    assert (breaker.wait(35), breaker.is_open) == (0, False)
    assert failed(breaker, 36, 36, 36).wait(36) == 5


def test_a_try_that_says_nothing_is_followed_by_another() -> None:
    breaker = failed(Breaker(PATIENCE), 0, 0, 0)
    breaker.begin()
    breaker.abstain()
    assert breaker.wait(5) == 0
    assert breaker.is_open


def test_it_gives_up_rather_than_rest_beyond_its_patience() -> None:
    patience = Patience(failures=3, first_pause=timedelta(seconds=5), give_up_after=timedelta(seconds=30))
    breaker = failed(Breaker(patience), 0, 0, 0, 5)
    assert not breaker.has_given_up
    assert failed(breaker, 15).has_given_up
