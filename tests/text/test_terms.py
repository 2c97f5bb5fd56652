from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digest.text.terms import TermVector, count_terms, weigh

TEXTS = ["tides rise at noon", "tides fall at night", "number theory of primes", ""]


@given(st.lists(st.text(alphabet="abc de", max_size=60), min_size=1, max_size=5))
def test_vectors_survive_being_kept_as_bytes(texts: list[str]) -> None:
    for vector in count_terms(texts):
        again = TermVector.from_bytes(vector.to_bytes())
        assert again.places.tolist() == vector.places.tolist()
        assert again.counts.tolist() == vector.counts.tolist()


def test_rows_have_unit_length_and_empty_texts_have_none() -> None:
    rows = weigh(count_terms(TEXTS), earlier=0)
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1)).ravel().tolist()
    assert np.allclose(lengths[0], [1, 1, 1, 0])


def test_texts_with_shared_words_are_closer() -> None:
    rows = weigh(count_terms(TEXTS), earlier=0)
    similar = (rows @ rows.T).toarray()
    assert similar[0, 1] > 0.2 > similar[0, 2] == 0


def test_only_earlier_texts_tell_how_rare_a_word_is() -> None:
    vectors = count_terms(["tides rise", "tides fall", "tides rise again", "primes"])
    with_more = count_terms(["tides rise", "tides fall", "tides rise again", "primes", "primes primes", "primes"])
    first = weigh(vectors, earlier=2)[2]
    second = weigh(with_more, earlier=2)[2]
    assert (first != second).nnz == 0
