"""Insert-or-update of many rows, in the words of the database at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Table

Row = dict[str, Any]
_Value = TypeVar("_Value")
# How many values go into one IN list: below every database's limit on parameters.
IN_LIST = 900


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    update: Callable[[Any], Mapping[str, ColumnElement[Any]]] | None = None,
    key: Sequence[str] | None = None,
) -> None:
    """Inserts `rows`; one that exists already is left alone, or updated with what `update` makes of the new values.

    Rows are the same when they agree in `key`, which is the primary key unless told.
    """
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    unique = [table.c[name] for name in key] if key else list(table.primary_key)
    if update is None:
        connection.execute(statement.on_conflict_do_nothing(index_elements=unique), rows)
    else:
        changes = dict(update(statement.excluded))
        connection.execute(statement.on_conflict_do_update(index_elements=unique, set_=changes), rows)


def chunks(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """The values in pieces that fit one IN list."""
    for start in range(0, len(values), IN_LIST):
        yield values[start : start + IN_LIST]
