"""Texts as sparse vectors of their words: counted once, kept as bytes, weighted against what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from scipy.sparse import csr_matrix

# Named so that vectors made by another rule are never compared with these.
ENCODER = "words-1"
_DIMENSIONS = 2**20
_MOST_COUNTED = 255


@dataclass(frozen=True, slots=True)
class TermVector:
    """How often each hashed word occurs in one text: `places` and `counts` of equal length, places rising."""

    places: np.ndarray
    counts: np.ndarray

    def to_bytes(self) -> bytes:
        """Four bytes a place (little-endian), then one byte a count."""
        return bytes(self.places.astype("<i4").tobytes() + self.counts.astype("u1").tobytes())

    @classmethod
    def from_bytes(cls, stored: bytes) -> TermVector:
        """The vector that `to_bytes` wrote."""
        import numpy as np  # noqa: PLC0415 - late, so that commands without ranking start quickly

        size = len(stored) // 5
        return cls(np.frombuffer(stored, "<i4", size), np.frombuffer(stored, "u1", size, offset=4 * size))


def count_terms(texts: Sequence[str]) -> list[TermVector]:
    """One vector a text: English words of two letters and more, lower case, without stop words."""
    if not texts:
        return []
    import numpy as np  # noqa: PLC0415
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415

    vectorizer = HashingVectorizer(
        n_features=_DIMENSIONS, stop_words="english", norm=None, alternate_sign=False, dtype=np.float32
    )
    matrix = vectorizer.transform(texts)
    matrix.sort_indices()
    rows = zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    counts = np.minimum(matrix.data, _MOST_COUNTED).astype("u1")
    return [TermVector(matrix.indices[start:end], counts[start:end]) for start, end in rows]


def weigh(vectors: Sequence[TermVector], *, earlier: int) -> csr_matrix:
    """TF-IDF rows of unit length, shape (len(vectors), 2**20); the first `earlier` rows alone tell how rare a word is.

    Term frequency is sublinear and the inverse document frequency smoothed, as scikit-learn documents them
    (https://scikit-learn.org/stable/modules/feature_extraction.html#tfidf-term-weighting). With fewer than two
    earlier rows all rows tell.
    """
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415

    counts = _stack(vectors)
    if not vectors:
        return counts
    learn_from = counts[:earlier] if earlier > 1 else counts
    return TfidfTransformer(sublinear_tf=True).fit(learn_from).transform(counts)


def _stack(vectors: Sequence[TermVector]) -> csr_matrix:
    import numpy as np  # noqa: PLC0415
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    ends = np.cumsum([0, *(len(vector.places) for vector in vectors)])
    places = np.concatenate([np.empty(0, "<i4"), *(vector.places for vector in vectors)])
    counts = np.concatenate([np.empty(0, "u1"), *(vector.counts for vector in vectors)]).astype("float32")
    return csr_matrix((counts, places, ends), shape=(len(vectors), _DIMENSIONS))
