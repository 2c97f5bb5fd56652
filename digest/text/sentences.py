"""Cuts an abstract into sentences, and picks the ones that tell best what the paper does and finds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentencex import segment

from digest.text.cues import ASIDE, BACKGROUND, COMMON_WORDS, DOES, FIGURE, FINDS, HANGS, IS_NEW
from digest.text.phrases import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENDS = re.compile(r"[.!?…][\"'”’)\]]*$")
_ABBREVIATION = re.compile(
    r"\b(?:et al|e\.\s?g|i\.\s?e|vs|cf|viz|resp|approx|[Ff]igs?|[Ee]qs?|[Ss]ecs?|[Rr]efs?|w\.r\.t|a\.k\.a|[A-Z])\.$"
)
_BARE_LABEL = re.compile(r"(?:^|[:;,]\s)\(?(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)]$")
_GOES_ON = re.compile(r"(?:and|or|but|which|that|to|of|for|with|in|by|than|where|while|the|an?)\s|[,;:)%–]")
_WORD = re.compile(r"[^\W\d_]{3,}")


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each with the authors' characters, whitespace squeezed.

    The library also cuts behind "et al.", list labels, colons and semicolons; such pieces are joined again.
    """
    sentences: list[str] = []
    for piece in segment("en", " ".join(text.split())):
        if sentences and _is_unfinished(sentences[-1][-16:].strip(), piece, sentences[-1]):
            sentences[-1] += piece
        elif piece.strip():
            sentences.append(piece)
    return tuple(sentence.strip() for sentence in sentences)


def _is_unfinished(end: str, following: str, sentence: str) -> bool:
    return (
        _ENDS.search(end) is None
        or _ABBREVIATION.search(end) is not None
        or _BARE_LABEL.search(end) is not None
        or _GOES_ON.match(following) is not None
        or sentence.rfind("(") > sentence.rfind(")")
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence with what speaks for it: its merit as such, and how well it tells what is done and what is found."""

    at: int
    text: str
    words: frozenset[str]
    merit: float
    does: float
    finds: float
    hangs: bool


def key_sentences(title: str, abstract: str, *, count: int = 2, longest: int = 420) -> tuple[str, ...]:
    """At most `count` sentences of the abstract that tell what the paper does and finds, word for word, in its order.

    Together they stay near `longest` characters; one sentence longer than that is better than none.
    """
    sentences = split_sentences(abstract)
    if len(sentences) <= 1:
        return sentences[:count]
    candidates = _candidates(title, sentences)
    chosen: list[_Candidate] = []
    while len(chosen) < count:
        best = _best(candidates, chosen, room=longest - sum(len(each.text) + 1 for each in chosen))
        if best is None:
            break
        chosen.append(best)
    return tuple(candidate.text for candidate in sorted(chosen, key=lambda candidate: candidate.at))


def _candidates(title: str, sentences: Sequence[str]) -> tuple[_Candidate, ...]:
    lowered = [sentence.lower() for sentence in sentences]
    words = [_content_words(sentence) for sentence in lowered]
    spread = Counter(word for each in words for word in each)
    title_words = _content_words(title.lower())
    does = [_does(sentence) for sentence in lowered]
    begins = next((at for at, value in enumerate(does) if value), 0)
    return tuple(
        _Candidate(
            at=at,
            text=sentences[at],
            words=words[at],
            merit=_merit(text, words[at], title_words, spread) - 1.2 * (at < begins),
            does=does[at],
            finds=1.2 * bool(FINDS.search(text)) + 0.8 * bool(FIGURE.search(text)),
            hangs=HANGS.match(text) is not None,
        )
        for at, text in enumerate(lowered)
    )


def _content_words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in _WORD.findall(text) if word not in COMMON_WORDS)


def _does(sentence: str) -> float:
    return 1.4 + 1.2 * bool(IS_NEW.search(sentence)) if DOES.search(sentence) else 0.0


def _merit(text: str, words: frozenset[str], title: frozenset[str], spread: Counter[str]) -> float:
    """How well the sentence stands for the whole: words shared with the title and with other sentences, less faults."""
    central = sum(spread[word] - 1 for word in words) / (len(words) + 4)
    shared = len(words & title) / (len(title) + 1)
    faults = (
        1.2 * bool(BACKGROUND.match(text))
        + 3.0 * bool(ASIDE.search(text))
        + 1.0 * (len(text) < 50)
        + 0.8 * (len(text) > 320)
        + 0.8 * text.endswith((":", "?"))
    )
    return central + 1.5 * shared - faults


def _best(candidates: Iterable[_Candidate], chosen: Sequence[_Candidate], *, room: int) -> _Candidate | None:
    """The candidate that adds most, first what the paper does, then what it finds; None when the rest says little."""
    taken = {candidate.at for candidate in chosen}
    told = frozenset[str]().union(*(candidate.words for candidate in chosen))

    def worth(candidate: _Candidate) -> float:
        weight_of_does, weight_of_finds = (0.4, 1.0) if chosen else (1.0, 0.4)
        repeats = len(candidate.words & told) / (len(candidate.words) + 1)
        hangs = candidate.hangs and candidate.at - 1 not in taken
        tells = weight_of_does * candidate.does + weight_of_finds * candidate.finds
        return candidate.merit + tells - 1.2 * repeats - 1.3 * hangs

    free = [each for each in candidates if each.at not in taken and (len(each.text) <= room or not chosen)]
    best = max(free, key=worth, default=None)
    return None if best is not None and chosen and worth(best) <= 0 else best
