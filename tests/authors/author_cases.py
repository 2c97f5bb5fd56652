"""Invented authorships: say only what matters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from digest.authors.identity import identify
from digest.model.attention import AuthorRecord
from digest.model.author import Authorship, Commonness, Decision, DecisionKind, Mark, Person

if TYPE_CHECKING:
    from collections.abc import Iterable

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
# Fifty thousand papers, where everybody knows a Wei Wang and nobody another Ada Northmere.
COMMONNESS = Commonness(
    papers=50_000,
    names=140_000,
    of_family={"wang": 3400, "northmere": 1, "smith": 90},
    of_given={"wei": 300, "ada": 12, "jane": 40, "john": 300, "j": 500},
    on_papers={"Yan Li": 90},
    in_category={"cs.CV": 15_000, "cs.CL": 15_000, "math.AG": 900, "q-bio.NC": 600},
)


def wrote(paper_id: str, name: str = "Wei Wang", *coauthors: str, **changes: Any) -> Authorship:
    values: dict[str, Any] = {"title": f"On {paper_id}", "categories": ("cs.CV",), "announced_on": date(2026, 11, 19)}
    position = changes.pop("position", 1)
    return Authorship(Mark(paper_id, position, name), coauthors=coauthors, **{**values, **changes})


def record(paper_id: str, key: str = "11", source: str = "semantic_scholar", **changes: Any) -> AuthorRecord:
    values: dict[str, Any] = {"position": 1, "name": "Wei Wang", "observed_at": NOON}
    return AuthorRecord(paper_id=paper_id, key=key, source=source, **{**values, **changes})


def decide(
    kind: DecisionKind, members: Iterable[Authorship], others: Iterable[Authorship] = (), **more: Any
) -> Decision:
    marks = tuple(one.mark for one in members)
    return Decision(kind, "Wei Wang", marks, tuple(one.mark for one in others), "", more.pop("at", NOON), **more)


def persons(authorships: Iterable[Authorship], *decisions: Decision) -> tuple[Person, ...]:
    return identify(authorships, commonness=COMMONNESS, decisions=decisions)


def papers_of(found: Iterable[Person]) -> list[list[str]]:
    """The papers of each person, in order."""
    return sorted(sorted(one.mark.paper_id for one in person.authorships) for person in found)
