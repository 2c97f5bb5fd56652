"""Orders papers so that the top isn't five times the same idea."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from scipy.sparse import csr_matrix

    from digest.model.signal import Score


def diversify(
    paper_ids: Sequence[str],
    vectors: csr_matrix,
    scores: Mapping[str, Score],
    *,
    diversity: float,
    depth: int = 200,
) -> list[str]:
    """The ids from first to last by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998).

    Each next paper has the largest (1 - diversity) × score/100 - diversity × its greatest cosine similarity to a paper
    before it. `vectors` are rows of unit length in the order of `paper_ids`; beyond the `depth` best scores, where
    nobody is shown more, papers follow by score. Ties go by id.
    """
    by_score = sorted(range(len(paper_ids)), key=lambda row: (-scores[paper_ids[row]].total, paper_ids[row]))
    top = by_score[:depth]
    if not top:
        return []
    similar = (vectors[top] @ vectors[top].T).toarray()
    order = _pick(similar, [scores[paper_ids[row]].total / 100 for row in top], diversity)
    return [paper_ids[row] for row in (*(top[place] for place in order), *by_score[depth:])]


def _pick(similar: np.ndarray, relevance: Sequence[float], diversity: float) -> list[int]:
    import numpy as np  # noqa: PLC0415 - late, so that commands without ranking start quickly

    gain = (1 - diversity) * np.asarray(relevance)
    nearest = np.zeros(len(gain))
    order: list[int] = []
    for _ in range(len(gain)):
        place = int(np.argmax(gain - diversity * nearest))
        order.append(place)
        gain[place] = -np.inf
        nearest = np.maximum(nearest, similar[place])
    return order
