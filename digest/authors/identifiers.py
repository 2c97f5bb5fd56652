"""Which identifiers of the sources may be trusted to name one person.

A source's profile can mix namesakes: one that holds two ORCIDs, two authors of one paper, or names that exclude each
other, or that the operator took apart, proves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from digest.text.name_forms import agree
from digest.text.names import read_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.model.author import Authorship

Key = tuple[str, str]
ORCID = "orcid"


def keys_of(one: Authorship) -> tuple[Key, ...]:
    """What the sources call the author, by source; the ORCID counts as one more source, where all tell the same."""
    orcids = {record.orcid for record in one.records if record.orcid}
    told = tuple((ORCID, orcid) for orcid in orcids) if len(orcids) == 1 else ()
    return told + tuple(sorted({(record.source, record.key) for record in one.records}))


def find_mixed(authorships: Sequence[Authorship], apart: Iterable[tuple[int, int]]) -> frozenset[Key]:
    """The identifiers that stand for more than one person; `apart` are pairs that the operator holds to be two."""
    holders = _holders(authorships)
    mixed = {key for key, found in holders.items() if _is_mixed(key, [authorships[place] for place in found])}
    for one, other in apart:
        mixed |= set(keys_of(authorships[one])) & set(keys_of(authorships[other]))
    return frozenset(mixed)


def trusted_groups(authorships: Sequence[Authorship], mixed: frozenset[Key]) -> tuple[tuple[Key, list[int]], ...]:
    """The authorships, by place, under each identifier that can be trusted; ORCIDs come first."""
    found = [(key, places) for key, places in _holders(authorships).items() if key not in mixed]
    return tuple(sorted(found, key=lambda one: (one[0][0] != ORCID, one[0])))


def orcid_of(one: Authorship) -> str:
    """The ORCID that the sources agree on, or nothing."""
    return next((value for source, value in keys_of(one) if source == ORCID), "")


def _holders(authorships: Sequence[Authorship]) -> Mapping[Key, list[int]]:
    holders: dict[Key, list[int]] = defaultdict(list)
    for place, one in enumerate(authorships):
        for key in keys_of(one):
            holders[key].append(place)
    return holders


def _is_mixed(key: Key, held: Sequence[Authorship]) -> bool:
    papers = [one.mark.paper_id for one in held]
    if len(set(papers)) < len(papers):
        return True
    if key[0] == ORCID:
        return False
    orcids = {orcid for one in held for orcid in _told_orcids(one)}
    names = {name for one in held for name in [read_name(one.mark.name)] if name}
    return len(orcids) > 1 or not agree(sorted(names, key=repr))


def _told_orcids(one: Authorship) -> set[str]:
    return {record.orcid for record in one.records if record.orcid}
