from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from digest.model.signal import Score
from digest.rank.diversify import diversify


def order(totals: list[float], rows: list[list[float]], *, diversity: float, depth: int = 200) -> list[str]:
    ids = [f"p{number:03}" for number in range(len(totals))]
    scores = {key: Score(key, total, ()) for key, total in zip(ids, totals, strict=True)}
    return diversify(ids, csr_matrix(np.array(rows)), scores, diversity=diversity, depth=depth)


TWINS = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]


def test_without_diversity_the_score_alone_orders() -> None:
    assert order([90, 89, 50], TWINS, diversity=0.0) == ["p000", "p001", "p002"]


def test_a_near_copy_goes_behind_another_idea() -> None:
    assert order([90, 89, 50], TWINS, diversity=0.5) == ["p000", "p002", "p001"]


def test_no_papers_give_no_order() -> None:
    assert diversify([], csr_matrix((0, 2)), {}, diversity=0.3) == []


@given(
    st.lists(st.tuples(st.floats(0, 100), st.sampled_from([(1.0, 0.0), (0.0, 1.0)])), min_size=1, max_size=20),
    st.floats(0, 1),
    st.integers(1, 25),
)
def test_every_paper_appears_once_and_the_best_goes_first(
    papers: list[tuple[float, tuple[float, float]]], diversity: float, depth: int
) -> None:
    totals = [total for total, _ in papers]
    found = order(totals, [list(row) for _, row in papers], diversity=diversity, depth=depth)
    assert sorted(found) == [f"p{number:03}" for number in range(len(papers))]
    if diversity < 1:
        assert totals[int(found[0][1:])] == max(totals)
