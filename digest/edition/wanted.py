"""Tells which of an edition's papers a subscriber wants, from indexes that many subscribers share."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from digest.text.phrases import folded_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.model.edition import Entry
    from digest.model.subscriber import Preferences

_NOBODY: frozenset[str] = frozenset()


class WantedIndex:
    """An edition's papers by what can be asked for: topics, categories, authors, announce types and words.

    `texts` are titles and abstracts by paper id; a keyword is looked for once, however many subscribers have it.
    """

    def __init__(self, entries: Iterable[Entry], texts: Mapping[str, str]) -> None:
        self._topics: dict[str, set[str]] = defaultdict(set)
        self._primary: dict[str, set[str]] = defaultdict(set)
        self._listed: dict[str, set[str]] = defaultdict(set)
        self._authors: dict[str, set[str]] = defaultdict(set)
        self._replaced: set[str] = set()
        self._crossed: set[str] = set()
        self._all: set[str] = set()
        for entry in entries:
            self._add(entry)
        self._texts = {key: text for key, text in texts.items() if key in self._all}
        self._found: dict[str, frozenset[str]] = {}

    def find(self, preferences: Preferences) -> dict[str, frozenset[str]]:
        """The ids of the wanted papers by why: `author`, `keyword`, and `choice` for topics and categories.

        A paper that is wanted for several reasons stands under the first of them.
        """
        allowed = self._all - self._muted(preferences)
        if not preferences.replacements:
            allowed -= self._replaced
        if not preferences.cross_lists:
            allowed -= self._not_at_home(preferences)
        author = frozenset(allowed & self._by_authors(preferences.followed_authors))
        keyword = frozenset(allowed & self._with_keywords(preferences.keywords)) - author
        choice = frozenset(allowed & self._chosen(preferences)) - author - keyword
        return {"author": author, "keyword": keyword, "choice": choice}

    def _add(self, entry: Entry) -> None:
        card, key = entry.card, entry.card.paper_id
        self._all.add(key)
        self._topics[entry.topic].add(key)
        self._primary[card.primary_category].add(key)
        for category in (card.primary_category, *card.cross_lists):
            self._listed[category].add(key)
        for name in card.authors:
            self._authors[fold_name(name)].add(key)
        if card.announce_type.is_replacement:
            self._replaced.add(key)
        elif card.announce_type.value == "cross":
            self._crossed.add(key)

    def _muted(self, preferences: Preferences) -> set[str]:
        return self._by_authors(preferences.muted_authors) | self._with_keywords(preferences.muted_keywords)

    def _not_at_home(self, preferences: Preferences) -> set[str]:
        """Papers that are only cross-listed: in the categories asked for, or among those announced."""
        if not preferences.categories:
            return self._crossed
        return self._all - self._in(self._primary, preferences.categories)

    def _chosen(self, preferences: Preferences) -> set[str]:
        named = preferences.topics or preferences.categories
        if not named and (preferences.keywords or preferences.followed_authors):
            return set()
        in_topics = self._in(self._topics, preferences.topics) if preferences.topics else self._all
        return in_topics & (self._in(self._listed, preferences.categories) if preferences.categories else self._all)

    def _by_authors(self, names: Iterable[str]) -> set[str]:
        return self._in(self._authors, map(fold_name, names))

    def _with_keywords(self, keywords: Iterable[str]) -> set[str]:
        return {key for keyword in keywords for key in self._with_keyword(keyword)}

    @cached_property
    def _words(self) -> dict[str, str]:
        return {key: f" {' '.join(folded_words(text))} " for key, text in self._texts.items()}

    def _with_keyword(self, keyword: str) -> frozenset[str]:
        if keyword not in self._found:
            words = " ".join(folded_words(keyword))
            self._found[keyword] = (
                frozenset(key for key, text in self._words.items() if f" {words} " in text) if words else _NOBODY
            )
        return self._found[keyword]

    @staticmethod
    def _in(index: Mapping[str, set[str]], names: Iterable[str]) -> set[str]:
        return {key for name in names for key in index.get(name, _NOBODY)}


@lru_cache(maxsize=100_000)
def fold_name(name: str) -> str:
    """An author's name for comparing: small letters without accents and marks, `Last, First` turned round."""
    last, comma, first = name.partition(",")
    turned = f"{first} {last}" if comma else name
    letters = unicodedata.normalize("NFKD", turned.casefold())
    plain = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.split())
