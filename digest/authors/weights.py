"""How much each piece of evidence says for two authorships of like names being one person's.

All weights are natural logarithms of odds, which add up: 0 is as likely as not. The constants were set on recorded
days, with bearers of rare names given one name: fewer than one in twenty of the pairs that are joined shall be wrong.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import TYPE_CHECKING

from digest.text.name_forms import Likeness, compare
from digest.text.names import family_key, fold, read_name

if TYPE_CHECKING:
    from digest.model.author import Commonness
    from digest.text.names import PersonName

# Odds of twenty to one.
ENOUGH = 3.0
MOST_BY_FIELD = 2.5
SAME_ORGANISATION = 2.5
OTHER_ARCHIVE = -1.0
MOST_BY_COAUTHORS = 9.0
# Each of these family names is borne by more than 0.3% of the names on 55,000 papers of 2025. A small store knows too
# few names to see how common they are.
_COMMON_FAMILIES = frozenset(
    (
        *("wang", "li", "zhang", "liu", "chen", "yang", "xu", "wu", "huang", "zhao", "zhou", "kim", "yu", "lee"),
        *("zhu", "lin", "sun", "hu", "he", "guo", "ma", "jiang", "zheng", "lu", "gao", "song", "shi", "tang"),
        *("xie", "luo", "han", "park", "liang", "feng", "wei", "cheng", "shen"),
    )
)
_SHORT = 5
# Given and family names go together by country: a name has about three times the bearers that chance would give it.
_TOGETHER = 3.0
_SMALLEST, _LARGEST = 0.01, 100.0
# In a store with fewer papers than this, that a name is on few papers doesn't mean that it is rare.
_FEWEST_PAPERS = 20_000
# A namesake's co-author is so much likelier in the same field than anywhere.
_FIELD_FACTOR = 30


@dataclass(frozen=True)
class Weights:
    """The weights of evidence, by how common names and categories are in one store."""

    commonness: Commonness
    _of_coauthors: dict[str, float] = field(default_factory=dict, init=False)
    _of_categories: dict[str, float] = field(default_factory=dict, init=False)
    _of_names: dict[tuple[PersonName, PersonName], tuple[Likeness, float]] = field(default_factory=dict, init=False)

    @cached_property
    def _on_papers(self) -> Counter[str]:
        counted: Counter[str] = Counter()
        for name, papers in self.commonness.on_papers.items():
            counted[plain(name)] += papers
        return counted

    def names(self, one: PersonName, other: PersonName) -> tuple[Likeness, float]:
        """How far two names agree, and what they alone say: much where they are rare, below 0 where many bear them."""
        if (one, other) not in self._of_names:
            likeness = compare(one, other)
            self._of_names[one, other] = likeness, self._name(one, other, likeness)
        return self._of_names[one, other]

    def _name(self, one: PersonName, other: PersonName, likeness: Likeness) -> float:
        rarest = max(one, other, key=lambda name: (len("".join(name.given)), len(name.given)))
        match likeness:
            case Likeness.FULL:
                bearers = self._bearers(rarest) / _middle_agrees(one, other)
            case Likeness.INITIAL:
                bearers = max(0.3, 0.08 * self._with_family(rarest)) / _middle_agrees(one, other)
            case Likeness.TURNED:
                bearers = max(1.0, 10 * self._bearers(rarest))
            case Likeness.NONE:
                bearers = _LARGEST
        return -log(min(max(bearers, _SMALLEST), _LARGEST))

    def coauthor(self, name: str) -> float:
        """What it says that both have this co-author (a `plain` name): the more papers that name is on, the less."""
        known = max(self.commonness.papers, _FEWEST_PAPERS)
        if name not in self._of_coauthors:
            weight = log(known / (_FIELD_FACTOR * max(self._on_papers.get(name, 2), 2)))
            self._of_coauthors[name] = min(max(weight, 0.5), _most_by_coauthor(read_name(name)))
        return self._of_coauthors[name]

    def category(self, category: str) -> float:
        """What it says that both write in this category: the more papers it has, the less."""
        if category not in self._of_categories:
            share = self.commonness.in_category.get(category, 0) / max(self.commonness.papers, 1)
            self._of_categories[category] = min(max(log(0.6 / max(share, 0.001)), 0.0), MOST_BY_FIELD)
        return self._of_categories[category]

    def _bearers(self, name: PersonName) -> float:
        """How many others in the store may bear the same full name."""
        with_given = self.commonness.of_given.get(family_key(name.first), 1)
        expected = _TOGETHER * (self._with_family(name) - 1) * (with_given - 1) / max(self.commonness.names, 1)
        if not name.given:
            return max(expected, 1.0)
        if name.family in _COMMON_FAMILIES:
            return max(expected, 2.0 if len("".join(name.given)) <= _SHORT else 0.3)
        return expected

    def _with_family(self, name: PersonName) -> int:
        return max(self.commonness.of_family.get(family_key(name.family), 1), 1)


def _most_by_coauthor(name: PersonName | None) -> float:
    if name is None or not name.is_full:
        return 1.5
    if name.family in _COMMON_FAMILIES:
        return 1.5 if len("".join(name.given)) <= _SHORT else 6.0
    return 7.0


def _middle_agrees(one: PersonName, other: PersonName) -> float:
    """So many fewer bear the name when both have the same middle name, or the same middle initial."""
    if len(one.given) < 2 or len(other.given) < 2:
        return 1.0
    return 30.0 if one.given[1] == other.given[1] and len(one.given[1]) > 1 else 10.0


def plain(name: str) -> str:
    """A name or an organisation by which equal ones are known."""
    return " ".join(fold(name).replace("-", " ").replace(".", " ").split())
