"""What the operator's decisions say of a list of authorships: who is one person, and who is not."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from digest.model.author import DecisionKind
from digest.text.names import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model.author import Authorship, Decision, Mark

    _Marks = Mapping[str, Sequence[tuple[int, Mark]]]


class Ruling(NamedTuple):
    """Places that are one person each, and pairs of places that are two persons."""

    groups: tuple[frozenset[int], ...]
    apart: frozenset[tuple[int, int]]


def rule(authorships: Sequence[Authorship], decisions: Sequence[Decision]) -> Ruling:
    """The decisions one after the other: each goes before the older ones, and undone ones count for nothing."""
    groups: list[frozenset[int]] = []
    apart: set[tuple[int, int]] = set()
    on_paper: dict[str, list[tuple[int, Mark]]] = defaultdict(list)
    for place, authorship in enumerate(authorships):
        on_paper[authorship.mark.paper_id].append((place, authorship.mark))
    for one in sorted(decisions, key=lambda decision: (decision.decided_at, decision.number)):
        if one.undone_at is None:
            members, others = _places(on_paper, one.members), _places(on_paper, one.others)
            groups = _apply(groups, one.kind, members)
            apart = _drop_within(apart, groups)
            apart |= {(min(a, b), max(a, b)) for a in members for b in others - members}
    return Ruling(tuple(sorted(groups, key=sorted)), frozenset(apart))


def _apply(groups: list[frozenset[int]], kind: DecisionKind, members: frozenset[int]) -> list[frozenset[int]]:
    """The groups after one decision: a split takes its members out of theirs, a merge brings whole groups together."""
    if not members:
        return groups
    if kind is DecisionKind.MERGE:
        touched = [group for group in groups if group & members]
        return [group for group in groups if not group & members] + [members.union(*touched)]
    kept = [group - members for group in groups]
    return [group for group in kept if group] + [members]


def _drop_within(apart: set[tuple[int, int]], groups: Sequence[frozenset[int]]) -> set[tuple[int, int]]:
    """Without the pairs that a newer decision has made one."""
    return {(one, other) for one, other in apart if not any(one in group and other in group for group in groups)}


def _places(on_paper: _Marks, marks: Sequence[Mark]) -> frozenset[int]:
    """Where the marked authors stand in the list; one that a newer version of the paper moved is found by its name."""
    return frozenset(place for mark in marks for place in [_place(on_paper, mark)] if place is not None)


def _place(on_paper: _Marks, mark: Mark) -> int | None:
    named = [(place, one) for place, one in on_paper.get(mark.paper_id, ()) if fold(one.name) == fold(mark.name)]
    exact = [place for place, one in named if one.position == mark.position]
    return exact[0] if exact else named[0][0] if len(named) == 1 else None
