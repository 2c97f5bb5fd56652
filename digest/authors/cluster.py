"""A growing group of authorships that are held to be one person's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import fsum, log
from typing import TYPE_CHECKING, NamedTuple

from digest.authors.identifiers import ORCID, Key, keys_of, orcid_of
from digest.authors.weights import MOST_BY_COAUTHORS, OTHER_ARCHIVE, SAME_ORGANISATION, plain
from digest.model.paper import archive_of
from digest.text.name_forms import Likeness, agree
from digest.text.names import PersonName, read_name

if TYPE_CHECKING:
    from digest.authors.weights import Weights
    from digest.model.author import Authorship

# A category counts as shared when it is on so many of the papers on both sides.
_WORTH_COUNTING = 0.2
# The more papers there are on both sides, the likelier some co-author is shared by chance.
_BY_SIZE = -0.3
# Sources often have several profiles of one person.
_OTHER_PROFILE = -1.0
_NEVER = float("-inf")
_NOTHING = (Likeness.NONE, _NEVER)


class Evidence(NamedTuple):
    """What speaks for two clusters being one, in log odds, and by what."""

    weight: float
    coauthors: frozenset[str] = frozenset()
    category: str = ""
    organisations: frozenset[str] = frozenset()


@dataclass
class Cluster:
    """The authorships at these places, with all that is known of them together, and by what they came together.

    `apart` are places that it must not get.
    """

    places: set[int]
    papers: set[str]
    names: dict[PersonName, None]
    coauthors: frozenset[str]
    categories: Counter[str]
    organisations: frozenset[str]
    orcids: frozenset[str]
    keys: frozenset[Key]
    apart: set[int]
    reasons: list[str] = field(default_factory=list)
    by_coauthors: set[str] = field(default_factory=set)
    by_fields: set[str] = field(default_factory=set)
    by_organisation: bool = False
    by_name: bool = False

    @classmethod
    def of(cls, place: int, one: Authorship, *, mixed: frozenset[Key]) -> Cluster:
        """A cluster of one."""
        name, orcid = read_name(one.mark.name), orcid_of(one)
        places = (*one.affiliations, *(place for record in one.records for place in record.organisations))
        return cls(
            places={place},
            papers={one.mark.paper_id},
            names={name: None} if name else {},
            coauthors=frozenset(plain(coauthor) for coauthor in one.coauthors),
            categories=Counter(one.categories),
            organisations=frozenset(filter(None, map(plain, places))),
            orcids=frozenset({orcid} if orcid and (ORCID, orcid) not in mixed else ()),
            keys=frozenset(key for key in keys_of(one) if key not in mixed and key[0] != ORCID),
            apart=set(),
        )

    def may_join(self, other: Cluster, *, regardless: bool = False, of_any_name: bool = False) -> bool:
        """Whether nothing forbids that both are one person; `regardless` of all but that nobody is twice on a paper."""
        if self.papers & other.papers:
            return False
        if regardless:
            return True
        if self.apart & other.places or (self.orcids and other.orcids and not self.orcids & other.orcids):
            return False
        return of_any_name or self.names.keys() == other.names.keys() or agree([*self.names, *other.names])

    def absorb(self, other: Cluster) -> None:
        """Takes the other in."""
        self.places |= other.places
        self.papers |= other.papers
        self.names |= other.names
        self.coauthors |= other.coauthors
        self.categories += other.categories
        self.organisations |= other.organisations
        self.orcids |= other.orcids
        self.keys |= other.keys
        self.apart |= other.apart
        self.reasons += [reason for reason in other.reasons if reason not in self.reasons]
        self.by_coauthors |= other.by_coauthors
        self.by_fields |= other.by_fields
        self.by_organisation |= other.by_organisation
        self.by_name |= other.by_name


def weigh(one: Cluster, other: Cluster, weights: Weights) -> Evidence:
    """What speaks for both being one person; where names agree only by an initial, or turned, names alone never do."""
    likeness, by_name = max((weights.names(a, b) for a in one.names for b in other.names), default=_NOTHING)
    coauthors = one.coauthors & other.coauthors
    organisations = one.organisations & other.organisations
    if likeness is Likeness.NONE or (likeness is not Likeness.FULL and not coauthors and not organisations):
        return Evidence(_NEVER)
    category, by_field = _weigh_field(one, other, weights)
    by_size = _BY_SIZE * log(len(one.places) * len(other.places))
    by_coauthors = max(fsum(map(weights.coauthor, coauthors)) + by_size, 0.0)
    weight = (
        by_name
        + by_field
        + min(by_coauthors, MOST_BY_COAUTHORS)
        + (SAME_ORGANISATION if organisations else 0.0)
        + (_OTHER_PROFILE if _have_other_profiles(one, other) else 0.0)
    )
    return Evidence(weight, coauthors, category, organisations)


def _weigh_field(one: Cluster, other: Cluster, weights: Weights) -> tuple[str, float]:
    shared = [name for name in one.categories if _is_worth(one, name) and _is_worth(other, name)]
    if shared:
        rarest = max(sorted(shared), key=weights.category)
        return rarest, weights.category(rarest)
    archives = {archive_of(name) for name in one.categories} & {archive_of(name) for name in other.categories}
    return "", 0.0 if archives else OTHER_ARCHIVE


def _is_worth(cluster: Cluster, category: str) -> bool:
    return cluster.categories[category] >= _WORTH_COUNTING * len(cluster.papers)


def _have_other_profiles(one: Cluster, other: Cluster) -> bool:
    """Whether some source tells them apart, and none takes them for one."""
    both = {source for source, _ in one.keys} & {source for source, _ in other.keys}
    return bool(both) and not one.keys & other.keys
