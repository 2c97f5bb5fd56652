from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.phrases import candidate_phrases, fold, folded_words


def texts(text: str) -> list[str]:
    return [phrase.text for phrase in candidate_phrases(text)]


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("model", "models"),
        ("LLM", "LLMs"),
        ("policy", "Policies"),
        ("mixture of experts", "Mixture-of-Experts"),
        ("box", "boxes"),
        ("loss", "losses"),
        ("analysis", "Analysis"),
        ("author", "author's"),
    ],
)
def test_case_number_and_hyphens_make_no_difference_to_folded_words(one: str, many: str) -> None:
    assert folded_words(one) == folded_words(many)


@pytest.mark.parametrize(("word", "other"), [("gas", "ga"), ("class", "clas"), ("bus", "bu"), ("basis", "basi")])
def test_an_s_that_is_no_plural_stays(word: str, other: str) -> None:
    assert fold(word) != fold(other)


def test_a_mark_keeps_two_sentences_words_apart() -> None:
    assert folded_words("in vision. Language models") == ["in", "vision", ".", "language", "model"]


def test_noun_phrases_of_two_to_four_words_are_candidates() -> None:
    found = texts("We study graph neural network pruning")
    assert "graph neural network pruning" in found
    assert "neural network pruning" in found
    assert "pruning" not in found


def test_a_hyphenated_compound_is_one_word_and_keeps_its_spelling() -> None:
    (phrase,) = candidate_phrases("Retrieval-augmented generation")
    assert phrase.text == "Retrieval-augmented generation"
    assert phrase.key == ("retrieval", "augmented", "generation")


@pytest.mark.parametrize(
    "text",
    [
        "experimental results",
        "the proposed method",
        "a novel approach",
        "state of the art",
        "state-of-the-art performance",
        "extensive experiments demonstrate",
        "significantly improves accuracy",
        "large language models",
        "code is available at https://github.com/",
        "improving captions",
        "5.2 points",
    ],
)
def test_boilerplate_offers_no_phrase(text: str) -> None:
    assert texts(text) == []


def test_a_phrase_crosses_no_function_word_verb_or_mark() -> None:
    assert texts("LLM agents write GPU kernels for sparse tensors (wave turbines), ocean gliders") == [
        "LLM agents",
        "GPU kernels",
        "sparse tensors",
        "wave turbines",
        "ocean gliders",
    ]


def test_a_phrase_ends_with_no_adjective() -> None:
    assert texts("multimodal medical retrieval") == ["multimodal medical retrieval", "medical retrieval"]


@given(st.text(max_size=200))
def test_any_text_has_candidates_of_two_to_four_words_that_stand_in_it(text: str) -> None:
    for phrase in candidate_phrases(text):
        assert 2 <= len(phrase.text.split(" ")) <= 4
        assert all(word in text for word in phrase.text.split(" "))
