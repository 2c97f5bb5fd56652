"""Keeps, for every author's name, what it is found by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.store.people_schema import author_names
from digest.store.upsert import Row, upsert
from digest.text.names import family_key, read_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


def save_names(connection: Connection, names: Iterable[str]) -> None:
    """Makes these authors findable; to be called with every paper that is saved."""
    rows = [row for name in sorted(set(names)) for row in [name_row(name)] if row]
    upsert(connection, author_names, rows)


def name_row(name: str) -> Row | None:
    """The row that a name is found by, None for a collaboration."""
    parsed = read_name(name)
    if parsed is None:
        return None
    return {"name": name, "family": family_key(parsed.family), "given": family_key(parsed.first)}
