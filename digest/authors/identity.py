"""Decides which authorships of like names are one person's.

An operator's decisions come first, then ORCIDs and sources' profiles that can be trusted, then what co-authors, fields,
organisations and the name itself say: what is likeliest is joined first, as long as it is likelier than twenty to one.
Last come rare names, which need no more than nothing against them. Two authors of one paper are never one, and neither
are two ORCIDs.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import TYPE_CHECKING

from digest.authors.cluster import Cluster, weigh
from digest.authors.decisions import rule
from digest.authors.identifiers import ORCID, find_mixed, trusted_groups
from digest.authors.reasons import told_by_evidence, told_by_identifier
from digest.authors.standing import make_persons
from digest.authors.weights import ENOUGH, MOST_BY_FIELD, Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.authors.cluster import Evidence
    from digest.authors.decisions import Ruling
    from digest.authors.identifiers import Key
    from digest.model.author import Authorship, Commonness, Decision, Person

BY_OPERATOR = "the operator said so"


def identify(
    authorships: Iterable[Authorship], *, commonness: Commonness, decisions: Sequence[Decision] = ()
) -> tuple[Person, ...]:
    """The persons behind these authorships, those with most papers first; the order given makes no difference."""
    ordered = sorted(authorships, key=lambda one: (one.mark.paper_id, one.mark.position, one.mark.name))
    ruling = rule(ordered, decisions)
    mixed = find_mixed(ordered, ruling.apart)
    joining = _Joining(ordered, ruling, mixed, Weights(commonness))
    joining.by_decision(ruling)
    joining.by_identifiers(mixed)
    joining.by_evidence()
    return make_persons(ordered, joining.clusters())


class _Joining:
    """The clusters while they grow; each is known by the smallest place in it."""

    def __init__(
        self, authorships: Sequence[Authorship], ruling: Ruling, mixed: frozenset[Key], weights: Weights
    ) -> None:
        self._authorships = authorships
        self._weights = weights
        self._found = {place: Cluster.of(place, one, mixed=mixed) for place, one in enumerate(authorships)}
        self._home = {place: place for place in self._found}
        for one, other in ruling.apart:
            self._found[one].apart.add(other)
            self._found[other].apart.add(one)

    def clusters(self) -> list[Cluster]:
        """What there is."""
        return list(self._found.values())

    def by_decision(self, ruling: Ruling) -> None:
        """Joins what the operator holds to be one."""
        for group in ruling.groups:
            self._join_all(sorted(group), BY_OPERATOR, regardless=True)

    def by_identifiers(self, mixed: frozenset[Key]) -> None:
        """Joins what has one trusted identifier."""
        for key, places in trusted_groups(self._authorships, mixed):
            self._join_all(places, told_by_identifier(key), of_any_name=key[0] == ORCID)

    def by_evidence(self) -> None:
        """Joins what shares a co-author or an organisation, then what a rare name and its field tell to be one."""
        self._join_likeliest(self._sharing())
        self._join_in_turn(self._of_rare_names())

    def _join_all(
        self, places: Sequence[int], reason: str, *, regardless: bool = False, of_any_name: bool = False
    ) -> None:
        for place in places[1:]:
            one, other = sorted((self._home[places[0]], self._home[place]))
            allowed = one != other and self._found[one].may_join(
                self._found[other], regardless=regardless, of_any_name=of_any_name
            )
            if allowed:
                self._join(one, other, reason)

    def _join(self, one: int, other: int, reason: str) -> None:
        absorbed = self._found.pop(other)
        cluster = self._found[one]
        cluster.absorb(absorbed)
        if reason and reason not in cluster.reasons:
            cluster.reasons.append(reason)
        for place in absorbed.places:
            self._home[place] = one

    def _sharing(self) -> Iterator[tuple[int, int]]:
        holders: dict[str, list[int]] = {}
        for place, cluster in self._found.items():
            for shared in cluster.coauthors | {f"at {name}" for name in cluster.organisations}:
                holders.setdefault(shared, []).append(place)
        for places in holders.values():
            yield from combinations(places, 2)

    def _of_rare_names(self) -> Iterator[tuple[int, int]]:
        by_name: dict[object, list[int]] = {}
        for place, cluster in self._found.items():
            for name in cluster.names:
                by_name.setdefault(name, []).append(place)
        names = sorted({name for cluster in self._found.values() for name in cluster.names}, key=repr)
        for place, one in enumerate(names):
            for other in names[place:]:
                if self._weights.names(one, other)[1] + MOST_BY_FIELD >= ENOUGH:
                    yield from ((a, b) for a in by_name[one] for b in by_name[other] if a != b)

    def _join_likeliest(self, pairs: Iterable[tuple[int, int]]) -> None:
        near: dict[int, set[int]] = {place: set() for place in self._found}
        for one, other in pairs:
            near[one].add(other)
            near[other].add(one)
        waiting = [one for a in near for b in near[a] if a < b for one in self._candidate(a, b)]
        heapify(waiting)
        age = dict.fromkeys(self._found, 0)
        while waiting:
            _, one, other, ages, evidence = heappop(waiting)
            if ages != (age.get(one), age.get(other)):
                continue
            self._join(one, other, "")
            told_by_evidence(self._found[one], evidence)
            near[one] = (near[one] | near.pop(other)) - {one, other}
            age[one] += 1
            del age[other]
            for place in near[one]:
                near[place] = (near[place] - {other}) | {one}
                for fresh in self._candidate(min(one, place), max(one, place), age):
                    heappush(waiting, fresh)

    def _join_in_turn(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Joins what is likely enough; for rare names, which seldom have a rival, the order hardly matters."""
        refused: dict[tuple[int, int], int] = {}
        for pair in pairs:
            one, other = sorted((self._home[pair[0]], self._home[pair[1]]))
            size = len(self._found[one].places) + len(self._found[other].places)
            if one == other or refused.get((one, other)) == size:
                continue
            evidence = weigh(self._found[one], self._found[other], self._weights)
            if evidence.weight >= ENOUGH and self._found[one].may_join(self._found[other]):
                self._join(one, other, "")
                told_by_evidence(self._found[one], evidence)
            else:
                refused[one, other] = size

    def _candidate(
        self, one: int, other: int, age: dict[int, int] | None = None
    ) -> Iterator[tuple[float, int, int, tuple[int, int], Evidence]]:
        """The pair with its weight, if it is likely enough and nothing forbids it."""
        a, b = self._found[one], self._found[other]
        evidence = weigh(a, b, self._weights)
        if evidence.weight >= ENOUGH and a.may_join(b):
            yield -evidence.weight, one, other, (age[one], age[other]) if age else (0, 0), evidence
