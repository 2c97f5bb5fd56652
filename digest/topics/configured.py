"""The operator's topics: which paper belongs to which, by category and by phrase."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from digest.text.phrases import folded_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.model.paper import Paper
    from digest.model.topic import TopicRule

_IN_TITLE = 4.0
_IN_ABSTRACT = 1.0
_AT_MOST_IN_ABSTRACT = 3
_ENOUGH = 3.0
_CROSS_LISTED = 0.75
"""What a hit is worth to a topic whose categories hold only the paper's cross-lists."""


def assign(papers: Sequence[Paper], rules: Sequence[TopicRule]) -> dict[str, TopicRule]:
    """Each paper's topic by its id, without the papers that fit none.

    A phrase counts 4 in the title and 1 for each of its first three places in the abstract, and three quarters
    of that where only a cross-list is among the topic's categories. The heaviest topic with at least 3 wins,
    the first of equals; a paper without one goes to the first topic without phrases that has its primary category.
    """
    index = _PhraseIndex(rules)
    found = {paper.id: index.best(paper) for paper in papers}
    return {paper_id: rules[place] for paper_id, place in found.items() if place is not None}


class _Node:
    """A place in the tree of phrases: the words that may follow, and the topics of the phrase that ends here."""

    __slots__ = ("following", "topics")

    def __init__(self) -> None:
        self.following: dict[str, _Node] = {}
        self.topics: list[int] = []


class _PhraseIndex:
    """All phrases of all topics in one tree, so that a text is read once however many topics there are."""

    def __init__(self, rules: Sequence[TopicRule]) -> None:
        self._rules = rules
        self._root = _Node()
        self._fallback: dict[str, int] = {}
        self._affinities: dict[tuple[str, ...], Mapping[int, float]] = {}
        for place, rule in enumerate(rules):
            for phrase in rule.phrases:
                self._add(phrase, place)
            if not rule.phrases:
                for category in rule.categories:
                    self._fallback.setdefault(category, place)

    def _add(self, phrase: str, place: int) -> None:
        node = self._root
        for word in folded_words(phrase):
            node = node.following.setdefault(word, _Node())
        if node is not self._root and place not in node.topics:
            node.topics.append(place)

    def best(self, paper: Paper) -> int | None:
        """The place of the paper's topic among the rules, or None."""
        weights = self._weights(paper)
        if weights:
            place = min(weights, key=lambda place: (-weights[place], place))
            if weights[place] >= _ENOUGH:
                return place
        return self._fallback.get(paper.primary_category)

    def _weights(self, paper: Paper) -> Mapping[int, float]:
        affinity = self._affinity(paper.categories)
        weights: dict[int, float] = defaultdict(float)
        for node in set(self._hits(paper.title, affinity)):
            for place in node.topics:
                weights[place] += _IN_TITLE * affinity.get(place, 0)
        seen: dict[_Node, int] = defaultdict(int)
        for node in self._hits(paper.abstract, affinity):
            seen[node] += 1
            if seen[node] <= _AT_MOST_IN_ABSTRACT:
                for place in node.topics:
                    weights[place] += _IN_ABSTRACT * affinity.get(place, 0)
        return weights

    def _affinity(self, categories: tuple[str, ...]) -> Mapping[int, float]:
        """How much a hit is worth to each topic that takes papers of these categories."""
        if categories not in self._affinities:
            self._affinities[categories] = {
                place: 1.0 if not rule.categories or categories[0] in rule.categories else _CROSS_LISTED
                for place, rule in enumerate(self._rules)
                if not rule.categories or not set(rule.categories).isdisjoint(categories)
            }
        return self._affinities[categories]

    def _hits(self, text: str, affinity: Mapping[int, float]) -> Iterator[_Node]:
        """The ends of the phrases in the text; a phrase inside a longer one is not counted."""
        words = folded_words(text)
        start = 0
        while start < len(words):
            if words[start] not in self._root.following:
                start += 1
                continue
            longest = self._longest(words, start, affinity)
            if longest is None:
                start += 1
            else:
                node, start = longest
                yield node

    def _longest(self, words: list[str], start: int, affinity: Mapping[int, float]) -> tuple[_Node, int] | None:
        """The longest phrase from here that some admitted topic has, and where it ends."""
        node, longest = self._root, None
        for end in range(start, len(words)):
            following = node.following.get(words[end])
            if following is None:
                break
            node = following
            if any(place in affinity for place in node.topics):
                longest = node, end + 1
        return longest
