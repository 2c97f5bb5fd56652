from __future__ import annotations

import pytest
from factories import NOON, make_paper
from hypothesis import given
from hypothesis import strategies as st

from digest.model.signal import Reading
from digest.rank.score import score

WEIGHTS = {"novelty": 2.0, "code": 1.0}


def reading(paper_id: str, value: float | None, signal: str = "novelty") -> Reading:
    return Reading(signal, paper_id, value, "a test", NOON, note="a note")


def papers(count: int, category: str = "cs.CL", start: int = 0) -> list[str]:
    return [f"2611.{90_000 + start + number}" for number in range(count)]


@given(st.lists(st.tuples(st.none() | st.floats(0, 1), st.none() | st.floats(0, 9)), min_size=1, max_size=40))
def test_scores_lie_between_0_and_100_and_are_the_sum_of_their_contributions(
    values: list[tuple[float | None, float | None]],
) -> None:
    ids = papers(len(values))
    readings = [reading(key, one) for key, (one, _) in zip(ids, values, strict=True)]
    readings += [reading(key, two, "code") for key, (_, two) in zip(ids, values, strict=True)]
    scores = score([make_paper(key) for key in ids], readings, WEIGHTS)
    for found in scores.values():
        assert 0 <= found.total <= 100
        assert found.total == pytest.approx(sum(one.points for one in found.contributions), abs=0.001)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30, unique=True))
def test_a_higher_reading_never_scores_lower(values: list[float]) -> None:
    ids = papers(len(values))
    scores = score([make_paper(key) for key in ids], map(reading, ids, values), WEIGHTS)
    in_order = [scores[key].total for _, key in sorted(zip(values, ids, strict=True))]
    assert in_order == sorted(in_order)


def test_a_signal_that_abstains_is_no_zero() -> None:
    ids = papers(3)
    readings = [reading(key, value) for key, value in zip(ids, (0.1, 0.5, 0.9), strict=True)]
    readings += [reading(ids[0], 1.0, "code"), reading(ids[1], 0.0, "code"), reading(ids[2], None, "code")]
    scores = score([make_paper(key) for key in ids], readings, WEIGHTS)
    assert [one.signal for one in scores[ids[2]].contributions] == ["novelty"]
    assert scores[ids[2]].total == pytest.approx(100 * 5 / 6, abs=0.01)


def test_a_paper_of_which_nothing_is_known_has_no_contribution() -> None:
    (found,) = score([make_paper()], [reading("2611.90001", None)], WEIGHTS).values()
    assert (found.total, found.contributions) == (0.0, ())


def test_equal_readings_score_in_the_middle() -> None:
    ids = papers(5)
    scores = score([make_paper(key) for key in ids], [reading(key, 0.3) for key in ids], WEIGHTS)
    assert {one.total for one in scores.values()} == {50.0}


def test_signals_without_weight_are_left_out() -> None:
    (found,) = score([make_paper()], [reading("2611.90001", 1.0, "unheard")], WEIGHTS).values()
    assert found.contributions == ()


def test_readings_are_compared_within_the_papers_own_field() -> None:
    mathematics, language = papers(20), papers(20, start=100)
    everything = [make_paper(key, categories=("math.NT",)) for key in mathematics]
    everything += [make_paper(key) for key in language]
    readings = [reading(key, place / 100) for place, key in enumerate(mathematics)]
    readings += [reading(key, 0.5 + place / 100) for place, key in enumerate(language)]
    scores = score(everything, readings, WEIGHTS)
    best = scores[mathematics[-1]].contributions[0]
    assert (best.field, best.field_size, best.percentile) == ("math.NT", 20, 0.975)


def test_a_field_too_small_for_a_percentile_widens_to_its_archive_then_to_the_day() -> None:
    ids = papers(18)
    few = [make_paper(key, categories=("cs.DB",)) for key in ids[:2]]
    many = [make_paper(key, categories=("cs.CL",)) for key in ids[2:17]]
    alone = [make_paper(ids[17], categories=("math.NT",))]
    scores = score([*few, *many, *alone], [reading(key, 0.5) for key in ids], WEIGHTS)
    fields = [scores[key].contributions[0].field for key in (ids[0], ids[5], ids[17])]
    assert fields == ["cs", "cs.CL", "all fields"]


def test_a_signal_that_is_compared_widely_is_compared_with_the_archive_and_its_earlier_values() -> None:
    ids = papers(40)
    made = [make_paper(key, categories=("cs.CL" if place < 20 else "cs.CV",)) for place, key in enumerate(ids)]
    readings = [reading(key, place / 40) for place, key in enumerate(ids)]
    alone = score(made, readings, WEIGHTS)
    assert alone[ids[19]].total == pytest.approx(97.5)
    wide = score(made, readings, WEIGHTS, wide={"novelty": {"cs": [0.99] * 40, "math": [0.0] * 99}})
    (contribution,) = wide[ids[39]].contributions
    assert (contribution.field, contribution.field_size) == ("cs", 80)
    assert wide[ids[39]].total == pytest.approx(100 * 39.5 / 80, abs=0.01)
    assert wide[ids[19]].total == pytest.approx(100 * 19.5 / 80, abs=0.01)
