"""Who wrote which papers: an author's name on a paper, the evidence around it, and the persons behind the names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from digest.model.attention import AuthorRecord


@dataclass(frozen=True, slots=True)
class Mark:
    """One author of one paper, pointed at: the place in the paper's list from 1, and the name as printed there."""

    paper_id: str
    position: int
    name: str


@dataclass(frozen=True, slots=True)
class Authorship:
    """One author of one paper with all that tells who it is.

    `coauthors` are the other names on the paper, `records` what sources say of this very author, each source once at
    most; `affiliations` are those printed on the paper.
    """

    mark: Mark
    title: str
    categories: tuple[str, ...]
    coauthors: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    records: tuple[AuthorRecord, ...] = ()
    announced_on: date | None = None


@dataclass(frozen=True, slots=True)
class Commonness:
    """How common names and categories are in the store, by which evidence is weighed.

    `names` counts the different names, `of_family` and `of_given` those that share a family name or a first given name,
    by its key; `on_papers` the papers of a name as printed; `in_category` the papers in a category.
    """

    papers: int
    names: int
    of_family: Mapping[str, int]
    of_given: Mapping[str, int]
    on_papers: Mapping[str, int]
    in_category: Mapping[str, int]


class DecisionKind(StrEnum):
    """What an operator decides: that papers are another person's, or that persons are one."""

    SPLIT = "split"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Decision:
    """An operator's word, which goes before all evidence: `members` are one person, and none of `others` is.

    `number` is the store's; an undone decision counts no more.
    """

    kind: DecisionKind
    name: str
    members: tuple[Mark, ...]
    others: tuple[Mark, ...]
    note: str
    decided_at: datetime
    number: int = 0
    undone_at: datetime | None = None


class Standing(StrEnum):
    """How sure it is whose papers these are.

    `settled`: nothing else in the store may be theirs; `apart`: they belong together, but other papers under that name
    may be theirs as well; `unclear`: they can't be told from a namesake's.
    """

    SETTLED = "settled"
    APART = "apart"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Person:
    """The authorships of one person, oldest first, and in words why they are one."""

    authorships: tuple[Authorship, ...]
    standing: Standing
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What one source counts of a person's whole work; `key` is its own identifier of the person."""

    source: str
    key: str
    observed_at: datetime
    papers: int | None
    citations: int | None
    h_index: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person works, after `source`, as of a day; the newest that is known."""

    name: str
    source: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over so many entries of editions."""

    value: float
    entries: int


@dataclass(frozen=True, slots=True)
class Rating:
    """What an edition gave a paper: its score from 0 to 100, its novelty from 0 to 1 or None where none was told."""

    paper_id: str
    score: float
    novelty: float | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a person.

    `main_category` is the most frequent primary category, with the share of papers in it; `figures` has one element a
    source at most; `withheld` says in words which figures are not shown, and why. `coauthors` are names with the number
    of papers together, most first.
    """

    name: str
    other_names: tuple[str, ...]
    person: Person
    main_category: str
    main_share: float
    place: Place | None
    figures: tuple[Figures, ...]
    withheld: tuple[str, ...]
    score: Mean | None
    novelty: Mean | None
    coauthors: tuple[tuple[str, int], ...]
