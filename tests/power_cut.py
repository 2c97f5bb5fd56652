"""A crash between two statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    from digest.store.database import Database


class PowerCutError(Exception):
    """Stands for a crash."""


def crash_at(database: Database, fatal: int) -> list[int]:
    """Counts the statements that reach the database from here on, and crashes at one of them; 0 for none."""
    count = [0]

    def before(*_: object) -> None:
        count[0] += 1
        if count[0] == fatal:
            raise PowerCutError

    event.listen(database._engine, "before_cursor_execute", before)
    return count
