"""Abstracts are cut into whole sentences, and the telling ones are picked word for word."""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.sentences import key_sentences, split_sentences
from digest.text.tex import to_unicode

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "Calibrated Tides: forecasting harbour levels with small models"
ABSTRACT = (
    "Recently, large models have been used for many forecasting problems. However, they are costly to run. "
    "In this paper, we propose Calibrated Tides, a small model for forecasting harbour levels. "
    "It has two layers. "
    "On ten harbours, our model outperforms the previous best by 12% at a tenth of the cost. "
    "Code is available at https://github.com/example/tides."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "We follow Miller et al. and keep the same split.",
        "The methods, e.g. boosting, are compared vs. A simple baseline.",
        "We make three contributions: 1. a dataset, 2. a model, and 3. a proof.",
        "The key findings include: size matters; (ii) data matters more; and (iii) time does not.",
        "Specifically, i) we train longer, ii) we train on more (see Fig. 3).",
        "It scores 0.93 (95% CI 0.91-0.95; P<.001 vs. baseline) on the test set.",
    ],
)
def test_abbreviations_lists_and_colons_do_not_end_a_sentence(sentence: str) -> None:
    assert split_sentences(f"{sentence} Another one follows.") == (sentence, "Another one follows.")


def test_short_sentences_that_end_in_a_number_stay_apart() -> None:
    assert split_sentences("We train with batch size 32. This works in 2024. We stop at 5.") == (
        "We train with batch size 32.",
        "This works in 2024.",
        "We stop at 5.",
    )


def test_no_text_has_no_sentences() -> None:
    assert split_sentences(" \n ") == ()
    assert key_sentences("A title", "") == ()


@given(st.text(alphabet="aB1 .,:;!?()\n\"'é–…", max_size=200))
def test_sentences_are_the_text_itself_in_order(text: str) -> None:
    squeezed, at = " ".join(text.split()), 0
    for sentence in split_sentences(text):
        assert sentence == sentence.strip() != ""
        at = squeezed.index(sentence, at) + len(sentence)
    assert "".join(split_sentences(text)).replace(" ", "") == squeezed.replace(" ", "")


def test_the_contribution_and_the_finding_are_picked() -> None:
    assert key_sentences(TITLE, ABSTRACT) == (
        "In this paper, we propose Calibrated Tides, a small model for forecasting harbour levels.",
        "On ten harbours, our model outperforms the previous best by 12% at a tenth of the cost.",
    )


def test_background_and_availability_are_never_picked_before_the_contribution() -> None:
    assert key_sentences(TITLE, ABSTRACT, count=1) == (
        "In this paper, we propose Calibrated Tides, a small model for forecasting harbour levels.",
    )


def test_a_sentence_that_hangs_on_another_is_left_out_when_a_standing_one_says_as_much() -> None:
    abstract = (
        "We prove a bound on the tide. The sea is wide. They show that harbour levels fall by 3% everywhere. "
        "Experiments show that harbour levels fall by 4% everywhere."
    )
    assert key_sentences("A bound on harbour levels", abstract)[-1].startswith("Experiments")


def test_a_single_sentence_is_taken_whatever_it_is() -> None:
    assert key_sentences("Title", "Recently, this was withdrawn.") == ("Recently, this was withdrawn.",)


def test_one_very_long_sentence_is_better_than_none() -> None:
    long = "We propose " + "a very long description of a method, " * 20 + "and that is all."
    assert key_sentences("A method", long + " Short background here.", longest=200)[0] == long


SENTENCES = st.lists(
    st.sampled_from(
        [
            "We propose a model of the tides and the moon.",
            "This is hard.",
            "Results show that it improves accuracy by 5%.",
            "However, existing work is slow and costly in most of the harbours that were studied before.",
            "We prove that the bound is tight for every harbour and every moon.",
            "Code is available at https://example.org/code.",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(SENTENCES, st.integers(1, 5), st.integers(60, 600))
def test_picked_sentences_are_few_short_enough_and_in_the_order_of_the_abstract(
    sentences: list[str], count: int, longest: int
) -> None:
    abstract = " ".join(sentences)
    picked = key_sentences("Tides", abstract, count=count, longest=longest)
    assert 1 <= len(picked) <= count
    assert len(picked) == 1 or len(" ".join(picked)) <= longest
    at = 0
    for sentence in picked:
        at = abstract.index(sentence, at) + len(sentence)


def test_a_huge_abstract_takes_no_more_than_a_moment() -> None:
    started = time.perf_counter()
    for piece in ("we ", "(", "data ", "A. ", "we propose it. ", "1. "):
        key_sentences("Title", piece * (100_000 // len(piece)))
    assert time.perf_counter() - started < 10


@pytest.mark.recorded
def test_recorded_abstracts_give_sentences_that_begin_and_end_like_sentences(recorded: Path) -> None:
    with gzip.open(recorded / "data/arxiv-days/all-categories-2025-06.jsonl.gz", "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line in lines][:1500]
    picked = [
        sentence
        for paper in papers
        for sentence in key_sentences(to_unicode(paper["title"]), to_unicode(paper["abstract"]))
    ]
    odd = [sentence for sentence in picked if sentence[-1] not in ".!?)”\"'" or sentence[0] in ",;:)"]
    assert len(picked) > 1.7 * len(papers)
    assert len(odd) < 0.01 * len(picked)
