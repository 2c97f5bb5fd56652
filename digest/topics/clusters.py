"""Papers that no configured topic took, joined by the likeness of their words into groups that can be named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from scipy.sparse import csr_matrix

_SMALLEST, _LARGEST = 4, 60
"""How many papers a group may have."""
_MOST_DIMENSIONS = 60


def cluster(
    ids: Sequence[str], vectors: csr_matrix, *, judge: Callable[[Sequence[str]], float]
) -> list[tuple[str, ...]]:
    """Groups of 4 to 60 papers, by their ids, the largest first; papers in no group are left out.

    `vectors` has a row of unit length for each id. The rows are reduced by latent semantic analysis and joined from
    the bottom up by their mean cosine distance; of the tree that this makes, those branches become groups that
    `judge` values most in sum, a branch worth nothing becoming none. So how many groups there are follows from the
    papers. The order of the rows makes no difference.
    """
    order = sorted(range(len(ids)), key=lambda row: ids[row])
    points = _reduce(vectors[order])
    if points is None:
        return []
    branches = [_Branch((ids[row],)) for row in order]
    for left, right in _join(points):
        branches.append(_joined(branches[left], branches[right], judge))
    return sorted(branches[-1].groups, key=lambda group: (-len(group), group))


@dataclass(frozen=True, slots=True)
class _Branch:
    """A branch of the tree: its papers, and the best groups in it with what they are worth together."""

    ids: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...] = ()
    value: float = 0.0


def _joined(left: _Branch, right: _Branch, judge: Callable[[Sequence[str]], float]) -> _Branch:
    ids = tuple(sorted(left.ids + right.ids))
    parts = left.value + right.value
    whole = judge(ids) if _SMALLEST <= len(ids) <= _LARGEST else 0.0
    if whole > parts:
        return _Branch(ids, (ids,), whole)
    return _Branch(ids, left.groups + right.groups, parts)


def _reduce(vectors: csr_matrix) -> np.ndarray | None:
    """The rows in 2 to 60 dimensions, or None where too few papers share too few words."""
    from sklearn.preprocessing import normalize  # noqa: PLC0415 - late: loading scikit-learn takes a second
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415

    shared = vectors[:, vectors.getnnz(axis=0) > 1]
    dimensions = min(_MOST_DIMENSIONS, shared.shape[0] // 2, shared.shape[1])
    if dimensions < 2:
        return None
    places, strengths, _ = randomized_svd(shared, dimensions, random_state=0)
    reduced: np.ndarray = normalize(places * strengths)
    return reduced


def _join(points: np.ndarray) -> list[tuple[int, int]]:
    """Which two branches join, step by step; each step's branch gets the next number after the rows'."""
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415
    from sklearn.metrics.pairwise import cosine_distances  # noqa: PLC0415

    tree = AgglomerativeClustering(n_clusters=None, distance_threshold=0, metric="precomputed", linkage="average")
    tree.fit(cosine_distances(points))
    return [(int(left), int(right)) for left, right in tree.children_]
