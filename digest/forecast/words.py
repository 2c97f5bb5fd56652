"""The words and word pairs of papers as sparse vectors."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scipy.sparse import csr_matrix

    from digest.model.forecast import Announced

_WORD = re.compile(r"\w[\w\-]*")
_FEWEST_PAPERS = 50


class Words:
    """TF-IDF over a fixed set of words and word pairs: logarithmic counts, rows of unit length."""

    def __init__(self, idf: Mapping[str, float]) -> None:
        self.terms = tuple(idf)
        self.idf = np.array(list(idf.values()), dtype=np.float32)
        self._vectorizer = _vectorizer(vocabulary={term: place for place, term in enumerate(self.terms)})
        self._vectorizer.idf_ = self.idf

    @classmethod
    def learn(cls, papers: Sequence[Announced]) -> Words:
        """The words and pairs that at least 50 of the papers have."""
        vectorizer = _vectorizer(min_df=min(_FEWEST_PAPERS, max(1, len(papers) // 20)))
        vectorizer.fit(papers)
        terms = vectorizer.get_feature_names_out()
        return cls({str(term): round(float(idf), 4) for term, idf in zip(terms, vectorizer.idf_, strict=True)})

    def vectors(self, papers: Sequence[Announced]) -> csr_matrix:
        """Papers × terms, float32."""
        return self._vectorizer.transform(papers).tocsr()


def split_words(paper: Announced) -> list[str]:
    """The words of title, abstract and comment in small letters, then the pairs of neighbours."""
    words = _WORD.findall(f"{paper.title} . {paper.abstract} . {paper.comment}".lower())
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


def _vectorizer(**options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - takes most of a second

    return TfidfVectorizer(analyzer=split_words, sublinear_tf=True, dtype=np.float32, **options)
