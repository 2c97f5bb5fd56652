"""Who an author is: profiles of all who may bear a name, and what the operator decides about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from digest.authors.identity import identify
from digest.authors.profile import make_profiles
from digest.authors.records import match_records
from digest.errors import InputError, NothingToShowError
from digest.model.author import Decision, DecisionKind
from digest.text.name_forms import compare
from digest.text.names import fold, is_group, read_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from digest.model.author import Authorship, Mark, Person, Profile
    from digest.store.attention import AttentionStore
    from digest.store.people import PeopleStore
    from digest.store.people_decisions import DecisionStore
    from digest.text.names import PersonName

_MOST_NEAR = 5
_NEAR_ENOUGH = 0.75


@dataclass(frozen=True, slots=True)
class Namesakes:
    """All who may bear a name: their profiles, those with most papers first, and the operator's decisions on them."""

    name: str
    profiles: tuple[Profile, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class Authors:
    """Looks up authors, and keeps what the operator decides."""

    people: PeopleStore
    decisions: DecisionStore
    attention: AttentionStore
    clock: Callable[[], datetime]

    def find(self, name: str) -> Namesakes:
        """Everybody who may bear that name; NothingToShowError, with names that are near, where nobody does."""
        persons, decisions = self._identify(name)
        papers = sorted({one.mark.paper_id for person in persons for one in person.authorships})
        return Namesakes(name, make_profiles(persons, self.people.find_ratings(papers)), decisions)

    def split(self, name: str, papers: Sequence[str], *, note: str = "") -> Decision:
        """Decides that these papers under that name are one person's, and no one else's who bears it."""
        persons, _ = self._identify(name)
        marks = {_pick(persons, paper, name) for paper in papers}
        touched = [person for person in persons if marks & _marks(person)]
        others = [mark for person in touched for mark in _marks(person) - marks]
        if not others:
            raise InputError(f"Splitting {name}: these are all papers of that person already. Name only some of them.")
        return self._save(DecisionKind.SPLIT, name, marks, others, note)

    def merge(self, name: str, papers: Sequence[str], *, note: str = "") -> Decision:
        """Decides that the persons who wrote these papers under that name are one, with all their papers."""
        persons, _ = self._identify(name)
        marks = {_pick(persons, paper, name) for paper in papers}
        touched = [person for person in persons if marks & _marks(person)]
        if len(touched) < 2:
            raise InputError(f"Merging {name}: these papers are one person's already. Name a paper of each person.")
        together = [mark for person in touched for mark in _marks(person)]
        twice = _first_twice([mark.paper_id for mark in together])
        if twice:
            raise InputError(f"Merging {name}: both are authors of {twice}, so they are two persons.")
        return self._save(DecisionKind.MERGE, name, set(together), [], note)

    def undo(self, name: str, number: int) -> Decision:
        """The decision with that number, which counts no more."""
        known = {one.number for one in self.decisions.find(_read(name)) if one.undone_at is None}
        undone = self.decisions.undo(number, now=self.clock()) if number in known else None
        if undone is None:
            numbers = (
                f" Those that count: {', '.join(map(str, sorted(known)))}." if known else " There is none to undo."
            )
            raise InputError(f"Undoing decision {number} on {name}: no such decision counts.{numbers}")
        return undone

    def _save(self, kind: DecisionKind, name: str, members: set[Mark], others: Sequence[Mark], note: str) -> Decision:
        decided = Decision(kind, name, _in_order(members), _in_order(others), note, self.clock())
        return self.decisions.save(decided)

    def _identify(self, name: str) -> tuple[tuple[Person, ...], tuple[Decision, ...]]:
        wanted = _read(name)
        printed = [one for one in self.people.find_names(wanted) if _fits(wanted, one)]
        found = self._with_records(self.people.find_authorships(printed))
        if not found:
            raise NothingToShowError(f"The store has no paper by {name}.{self._suggest(name, wanted)}")
        commonness = self.people.find_commonness(
            [parsed for one in printed for parsed in [read_name(one)] if parsed],
            coauthors=[coauthor for one in found for coauthor in one.coauthors],
        )
        decisions = self.decisions.find(wanted)
        return identify(found, commonness=commonness, decisions=decisions), decisions

    def _with_records(self, found: Sequence[Authorship]) -> tuple[Authorship, ...]:
        records = self.attention.find_authors(sorted({one.mark.paper_id for one in found}))
        return tuple(replace(one, records=match_records(one, records.get(one.mark.paper_id, ()))) for one in found)

    def _suggest(self, name: str, wanted: PersonName) -> str:
        near = {one: _nearness(name, one) for one in self.people.find_near_names(wanted)}
        best = sorted((one for one in near if near[one] >= _NEAR_ENOUGH), key=lambda one: (-near[one], one))
        return f" Did you mean {', '.join(best[:_MOST_NEAR])}?" if best else " It has what digest ingest brought."


def _read(name: str) -> PersonName:
    parsed = read_name(name)
    if parsed is None:
        problem = "a collaboration, and no person" if is_group(name) and any(map(str.isalpha, name)) else "no name"
        raise InputError(f"'{name}' is {problem}. Name an author as on a paper, such as: digest author \"Jane Smith\"")
    return parsed


def _fits(wanted: PersonName, printed: str) -> bool:
    parsed = read_name(printed)
    return parsed is not None and bool(compare(wanted, parsed))


def _nearness(one: str, other: str) -> float:
    """From 0 to 1; a family name alone is also compared with the other's."""
    whole = SequenceMatcher(None, fold(one), fold(other)).ratio()
    parsed = read_name(other)
    if parsed is None or len(one.split()) > 1:
        return whole
    return max(whole, SequenceMatcher(None, fold(one), parsed.family).ratio())


def _marks(person: Person) -> set[Mark]:
    return {one.mark for one in person.authorships}


def _in_order(marks: set[Mark] | Sequence[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(marks, key=lambda mark: (mark.paper_id, mark.position)))


def _pick(persons: Sequence[Person], paper: str, name: str) -> Mark:
    """The author of that name on a paper, named as `2501.00001`, or `2501.00001#3` for the third of its authors."""
    paper_id, _, position = paper.partition("#")
    found = [mark for person in persons for mark in _marks(person) if mark.paper_id == paper_id]
    if position:
        found = [mark for mark in found if str(mark.position) == position]
    if not found:
        raise InputError(f"No paper {paper} by {name} is in the store. digest author lists what is.")
    if len(found) > 1:
        choices = " or ".join(f"{mark.paper_id}#{mark.position}" for mark in _in_order(found))
        raise InputError(f"{paper} has several authors who may be {name}. Say which: {choices}")
    return found[0]


def _first_twice(paper_ids: Sequence[str]) -> str | None:
    return next((one for one in sorted(set(paper_ids)) if paper_ids.count(one) > 1), None)
