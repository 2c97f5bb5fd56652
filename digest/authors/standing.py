"""How sure it is whose papers a cluster's are, next to the other clusters of like names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.authors.reasons import reasons
from digest.model.author import Person, Standing
from digest.text.name_forms import compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.authors.cluster import Cluster
    from digest.model.author import Authorship


def make_persons(authorships: Sequence[Authorship], clusters: Sequence[Cluster]) -> tuple[Person, ...]:
    """The clusters as persons, those with most papers first."""
    made = [_person(cluster, authorships, clusters) for cluster in clusters]
    return tuple(sorted(made, key=_by_size))


def _by_size(person: Person) -> tuple[int, str, int]:
    first = person.authorships[0].mark
    return -len(person.authorships), first.paper_id, first.position


def _person(cluster: Cluster, authorships: Sequence[Authorship], clusters: Sequence[Cluster]) -> Person:
    # Places are in the order of paper ids, which is that of time except across the ids of before 2007.
    return Person(
        authorships=tuple(authorships[place] for place in sorted(cluster.places)),
        standing=_standing(cluster, clusters),
        because=reasons(cluster),
    )


def _standing(cluster: Cluster, clusters: Sequence[Cluster]) -> Standing:
    if not any(_may_be_one(cluster, other) for other in clusters if other is not cluster):
        return Standing.SETTLED
    is_held_together = len(cluster.papers) > 1 or bool(cluster.orcids)
    return Standing.APART if is_held_together else Standing.UNCLEAR


def _may_be_one(one: Cluster, other: Cluster) -> bool:
    """Whether nothing rules out that both are the same person; a shared paper rules out no more than itself."""
    if one.apart & other.places or (one.orcids and other.orcids) or one.papers & other.papers:
        return False
    return any(compare(a, b) for a in one.names for b in other.names)
