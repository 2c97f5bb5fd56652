"""A group's name: the phrase that its papers share and the rest of the day doesn't."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from digest.text.phrases import candidate_phrases, folded_words
from digest.topics.spelling import Usage, write_heading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from digest.model.paper import Paper
    from digest.text.phrases import Phrase

Key = tuple[str, ...]
"""A phrase as its folded words."""

_FEWEST_PAPERS = 3
_SHARE = 0.4
"""A name stands in at least three of the group's papers, and in this share of them."""
_LIFT = 4.0
"""How many times more usual a name is in its group than in the rest of the day, at least."""
_IN_TITLE, _IN_ABSTRACT, _IN_NEITHER = 1.0, 0.6, -0.5
"""What a paper of the group adds to a phrase's weight by where it has the phrase."""
_NEARLY_AS_FREQUENT = 0.7
_FULLER = 0.15
"""What each word after the second adds to a phrase's weight."""


class Names:
    """The phrases that a day's papers offer, for naming groups of some of them."""

    def __init__(self, day: Sequence[Paper], grouped: Iterable[Paper], *, taken: Iterable[str] = ()) -> None:
        """`day` is all papers of the day; `grouped` are those that groups are made of; no group gets a `taken` name."""
        self._day_size = len(day)
        self._everywhere: Counter[Key] = Counter()
        self._usage = Usage()
        for paper in day:
            self._everywhere.update({phrase.key for phrase in _phrases(paper)})
            self._usage.learn(phrase.text for phrase in candidate_phrases(paper.abstract))
        self._papers = {paper.id: paper for paper in grouped}
        self._weights = _weigh(self._papers.values(), taken={tuple(folded_words(name)) for name in taken})

    def value(self, ids: Sequence[str]) -> float:
        """How well these papers can be named: the weight of their best phrase, 0 without one.

        A phrase's weight grows with the papers that hold it (1 for the title, 0.6 for the abstract, -0.5 for neither)
        and with the logarithm of how much more usual it is among them than in the rest of the day, in the manner of
        class-based TF-IDF (https://arxiv.org/abs/2203.05794).
        """
        return max(self._score(ids).values(), default=0.0)

    def choose(self, ids: Sequence[str]) -> Key | None:
        """The phrase that names these papers, or None; a longer one nearly as frequent takes the place of its part."""
        scores = self._score(ids)
        if not scores:
            return None
        best = min(scores, key=lambda key: (-scores[key], key))
        enough = _NEARLY_AS_FREQUENT * self._count(best, ids)
        fuller = [key for key in scores if holds(key, best) and self._count(key, ids) >= enough]
        return min(fuller, key=lambda key: (-len(key), -scores[key], key))

    def _score(self, ids: Sequence[str]) -> dict[Key, float]:
        counts: Counter[Key] = Counter()
        weights: defaultdict[Key, float] = defaultdict(float)
        for paper_id in ids:
            counts.update(self._weights[paper_id].keys())
            for key, weight in self._weights[paper_id].items():
                weights[key] += weight
        fewest = max(_FEWEST_PAPERS, math.ceil(_SHARE * len(ids)))
        usual = {key: count for key, count in counts.items() if count >= fewest}
        scores = {
            key: (weights[key] + _IN_NEITHER * (len(ids) - count)) * math.log(lift) * (1 + _FULLER * (len(key) - 2))
            for key, count in usual.items()
            if (lift := self._lift(key, count, len(ids))) >= _LIFT
        }
        return {key: score for key, score in scores.items() if score > 0}

    def _lift(self, key: Key, count: int, size: int) -> float:
        others = self._day_size - size
        return (count / size) / ((self._everywhere[key] - count + 1) / (others + 1))

    def _count(self, key: Key, ids: Sequence[str]) -> int:
        return sum(key in self._weights[paper_id] for paper_id in ids)

    def spell(self, key: Key, ids: Sequence[str]) -> str:
        """The phrase as these papers write it, as a heading."""
        papers = [self._papers[paper_id] for paper_id in ids]
        spellings = [phrase.text for paper in papers for phrase in _phrases(paper) if phrase.key == key]
        return write_heading(spellings, self._usage)


def _phrases(paper: Paper) -> list[Phrase]:
    return candidate_phrases(paper.title) + candidate_phrases(paper.abstract)


def _weigh(papers: Collection[Paper], *, taken: Collection[Key]) -> dict[str, dict[Key, float]]:
    """What each paper adds to each of its phrases, by paper id, without phrases of fewer than three of the papers."""
    weights = {paper.id: _weigh_one(paper) for paper in papers}
    counts = Counter(key for own in weights.values() for key in own)
    free = {key for key, count in counts.items() if count >= _FEWEST_PAPERS and key not in taken}
    return {paper_id: {key: own[key] for key in own.keys() & free} for paper_id, own in weights.items()}


def _weigh_one(paper: Paper) -> dict[Key, float]:
    abstract = {phrase.key: _IN_ABSTRACT for phrase in candidate_phrases(paper.abstract)}
    return abstract | {phrase.key: _IN_TITLE for phrase in candidate_phrases(paper.title)}


def holds(longer: Key, shorter: Key) -> bool:
    """Whether the shorter phrase is a part of the longer, or the same."""
    return any(longer[at : at + len(shorter)] == shorter for at in range(len(longer) - len(shorter) + 1))
