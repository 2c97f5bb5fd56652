"""The operator's decisions on who is who among authors of like names."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from digest.model.author import Decision, DecisionKind, Mark
from digest.store.people_schema import author_decisions
from digest.text.names import family_key, read_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from digest.store.database import Database
    from digest.text.names import PersonName

_DECISIONS = author_decisions.c


class DecisionStore:
    """Keeps the operator's decisions; none is ever lost, and each can be undone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: PersonName) -> tuple[Decision, ...]:
        """The decisions on names that may be this one, oldest first, with those that were undone."""
        parts = sorted({family_key(part) for part in (*name.given, name.family)})
        statement = select(author_decisions).where(_DECISIONS.family.in_(parts)).order_by(_DECISIONS.id)
        with self._database.read() as connection:
            return tuple(map(_decision, connection.execute(statement)))

    def save(self, decision: Decision) -> Decision:
        """The decision with its number."""
        parsed = read_name(decision.name)
        row = {
            "kind": decision.kind.value,
            "name": decision.name,
            "family": family_key(parsed.family) if parsed else "",
            "members": [list(astuple(mark)) for mark in decision.members],
            "others": [list(astuple(mark)) for mark in decision.others],
            "note": decision.note,
            "decided_at": decision.decided_at,
        }
        with self._database.write() as connection:
            result = connection.execute(insert(author_decisions).values(row))
            return replace(decision, number=result.inserted_primary_key[0])  # type: ignore[index]

    def undo(self, number: int, *, now: datetime) -> Decision | None:
        """The decision with that number, which counts no more; None where there is none, or it was undone before."""
        wanted = (_DECISIONS.id == number, _DECISIONS.undone_at.is_(None))
        with self._database.write() as connection:
            row = connection.execute(select(author_decisions).where(*wanted)).one_or_none()
            if row is None:
                return None
            connection.execute(update(author_decisions).where(*wanted).values(undone_at=now))
            return replace(_decision(row), undone_at=now)


def _decision(row: Any) -> Decision:
    return Decision(
        kind=DecisionKind(row.kind),
        name=row.name,
        members=_marks(row.members),
        others=_marks(row.others),
        note=row.note,
        decided_at=row.decided_at,
        number=row.id,
        undone_at=row.undone_at,
    )


def _marks(stored: Iterable[Any]) -> tuple[Mark, ...]:
    return tuple(Mark(paper_id, position, name) for paper_id, position, name in stored)
