from __future__ import annotations

from typing import TYPE_CHECKING

from digest.text.terms import count_terms, weigh
from digest.topics.clusters import cluster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

TEXTS = [
    *(f"glacier ice snow melt winter note{number}" for number in range(5)),
    *(f"coral reef ocean bleaching algae note{number}" for number in range(5)),
]
IDS = [f"g{number}" for number in range(5)] + [f"c{number}" for number in range(5)]


def vectors(texts: Sequence[str]) -> csr_matrix:
    return weigh(count_terms(texts), earlier=0)


def by_kind(ids: Sequence[str]) -> float:
    """Values a group of one kind by its size, and a mixed one at nothing."""
    return float(len(ids)) if len({one[0] for one in ids}) == 1 else 0.0


def test_the_branches_that_are_worth_most_become_the_groups() -> None:
    assert cluster(IDS, vectors(TEXTS), judge=by_kind) == [tuple(IDS[5:]), tuple(IDS[:5])]


def test_branches_worth_nothing_become_no_groups() -> None:
    assert cluster(IDS, vectors(TEXTS), judge=lambda _: 0.0) == []


def test_a_whole_worth_more_than_its_parts_stays_whole() -> None:
    assert cluster(IDS, vectors(TEXTS), judge=lambda ids: float(len(ids) ** 2)) == [tuple(sorted(IDS))]


def test_no_group_is_smaller_than_four_or_larger_than_sixty() -> None:
    ids = [f"{number:03}" for number in range(130)]
    texts = [f"glacier ice snow note{number} mark{number}" for number in range(130)]
    groups = cluster(ids, vectors(texts), judge=lambda ids: float(len(ids) ** 2))
    assert groups
    assert all(4 <= len(group) <= 60 for group in groups)


def test_too_few_papers_or_no_shared_word_make_no_group() -> None:
    assert cluster(["a", "b", "c"], vectors(["ice melt", "ice snow", "ice melt"]), judge=lambda _: 1.0) == []
    assert cluster(list("abcdef"), vectors([f"lone{n}" for n in range(6)]), judge=lambda _: 1.0) == []
