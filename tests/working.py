"""Counts the work of SQLite in steps of its machine: how it grows can be told, however fast the computer is."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlalchemy.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

_STEPS = 100


@dataclass
class Work:
    """`steps` of the machine, in hundreds; see https://www.sqlite.org/c3ref/progress_handler.html."""

    steps: int = 0

    def step(self) -> int:
        self.steps += 1
        return 0


@contextmanager
def counting_work() -> Iterator[Work]:
    """What all connections to SQLite do that are opened in the block."""
    work = Work()

    def watch(connection: Connection, _record: object) -> None:
        connection.set_progress_handler(work.step, _STEPS)

    event.listen(Engine, "connect", watch)
    try:
        yield work
    finally:
        event.remove(Engine, "connect", watch)
