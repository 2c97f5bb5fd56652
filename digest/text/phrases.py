"""Words folded for comparing, and the noun-like phrases of a title or abstract that could name what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from digest.text.stop_words import (
    BREAKING,
    NEVER_FIRST,
    NEVER_LAST,
    NOUNS_IN_ED,
    NOUNS_IN_ING,
    NOUNS_IN_LY,
    NOUNS_LIKE_ADJECTIVES,
    SAYING_NOTHING,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD_OR_MARK = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[^\w\s\-‐‑–_]")
_COMPOUND_OR_MARK = re.compile(r"[^\W_]+(?:['’+]?[\-‐‑–]?[^\W_]+)*|[^\w\s]")
_HYPHENS = re.compile(r"[\-‐‑–]")
_FEWEST, _MOST = 2, 4
_ENDINGS_OF_ADJECTIVES = ("al", "ic", "ive", "ous", "ful", "less", "able", "ible", "ary", "like")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """The word in lower case and the singular, for comparing words and not for reading them.

    It need only be the same for both forms: `series` becomes `sery`, and always does.
    """
    word = re.sub(r"['’]s?$", "", word.lower())
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "shes", "tches")) else word[:-1]


def folded_words(text: str) -> list[str]:
    """The text's words, folded, in order; hyphens part words, and any other mark stands as itself."""
    return [fold(word) for word in _WORD_OR_MARK.findall(text)]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase: `key` is its folded words, the same for all its spellings; `text` is this spelling."""

    key: tuple[str, ...]
    text: str


def candidate_phrases(text: str) -> list[Phrase]:
    """Every run of two to four words in the text that could be a name, in order, repeats included.

    A hyphenated compound is one word. A run crosses no mark, function word, verb or adverb; it doesn't begin with an
    adjective of praise ("novel") or a verb's -ing form, nor end with a word that names nothing ("method", "results").
    English has no sure marks of these, so lists in `digest.text.stop_words` say what is what.
    """
    return [phrase for run in _runs(text) for phrase in _phrases_of(run)]


def _runs(text: str) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for word in _COMPOUND_OR_MARK.findall(text):
        if _breaks(word):
            runs.append([])
        else:
            runs[-1].append(word)
    return [run for run in runs if len(run) >= _FEWEST]


@lru_cache(maxsize=100_000)
def _breaks(word: str) -> bool:
    lower = word.lower()
    if not lower[0].isalnum() or lower in BREAKING or lower.replace(".", "").isdigit():
        return True
    if _HYPHENS.search(lower):
        return False
    is_adverb = lower.endswith("ly") and lower not in NOUNS_IN_LY
    return is_adverb or (len(lower) > 4 and lower.endswith("ed") and lower not in NOUNS_IN_ED)


def _phrases_of(run: list[str]) -> Iterator[Phrase]:
    for start in range(len(run) - _FEWEST + 1):
        for end in range(start + _FEWEST, min(start + _MOST, len(run)) + 1):
            words = run[start:end]
            key = tuple(fold(part) for word in words for part in _HYPHENS.split(word))
            if _is_name(words) and " ".join(key) not in SAYING_NOTHING:
                yield Phrase(key, " ".join(words))


def _is_name(words: list[str]) -> bool:
    return (
        words[0].lower() not in NEVER_FIRST
        and _may_end(words[-1].lower())
        and not any(_is_verb_in_ing(word.lower()) for word in words[:-1])
        and not any(len(word) == 1 and word.isalpha() for word in words)
    )


@lru_cache(maxsize=100_000)
def _may_end(word: str) -> bool:
    singular = fold(word)
    if word in NEVER_LAST or singular in NEVER_LAST:
        return False
    return not word.endswith(_ENDINGS_OF_ADJECTIVES) or singular in NOUNS_LIKE_ADJECTIVES


def _is_verb_in_ing(word: str) -> bool:
    return word.endswith("ing") and len(word) > 5 and word not in NOUNS_IN_ING and not _HYPHENS.search(word)
