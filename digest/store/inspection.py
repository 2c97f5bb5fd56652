"""Looks at a database as it is: nothing is created, migrated or written."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from digest.errors import StoreError
from digest.store.database import HEAD
from digest.store.jobs import JobRun
from digest.store.mail_schema import jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_MOST_COMPLAINTS = 5
_HEADING = "*** in database main ***"


def sqlite_file(address: str) -> Path | None:
    """The file of an SQLite database, None for any other; StoreError when it is no database's address."""
    url = _parse(address)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def find_revision(address: str) -> str | None:
    """The newest migration that the database has had, None when it has no tables yet; StoreError says what hinders."""
    file = sqlite_file(address)
    if file and not file.exists():
        return None
    with _looking(address) as connection:
        if not connection.dialect.has_table(connection, "alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def is_newest(revision: str | None) -> bool:
    """Whether a database of that revision can be used without migrating it."""
    return revision == HEAD


def is_known(revision: str) -> bool:
    """Whether that revision is one of ours, and not of a newer version of this program."""
    return any(file.name.startswith(f"{revision}_") for file in _VERSIONS.glob("*.py"))


def find_failed_jobs(address: str) -> tuple[JobRun, ...]:
    """The scheduler's jobs whose last run failed, by name; none where no scheduler ever ran."""
    file = sqlite_file(address)
    if file and not file.exists():
        return ()
    with _looking(address) as connection:
        if not connection.dialect.has_table(connection, jobs.name):
            return ()
        rows = connection.execute(select(jobs).where(jobs.c.problem != "").order_by(jobs.c.name))
        return tuple(JobRun(row.name, row.last_run_at, row.problem) for row in rows)


def find_damage(address: str) -> tuple[str, ...]:
    """What SQLite's own check complains of, five complaints at most; nothing for other databases, who see to it.

    See https://www.sqlite.org/pragma.html#pragma_quick_check. It reads the whole file.
    """
    file = sqlite_file(address)
    if file is None or not file.exists():
        return ()
    with _looking(address) as connection:
        rows = connection.exec_driver_sql(f"PRAGMA quick_check({_MOST_COMPLAINTS})").scalars().all()
    return tuple(" ".join(str(row).replace(_HEADING, "").split()) for row in rows if row != "ok")


@contextmanager
def _looking(address: str) -> Iterator[Connection]:
    url, file = _parse(address), sqlite_file(address)
    name = url.render_as_string(hide_password=True)
    try:
        engine = create_engine(_existing(url, file), **_options(url))
        try:
            with engine.connect() as connection:
                if file:
                    connection.exec_driver_sql("PRAGMA query_only=ON")
                yield connection
        finally:
            engine.dispose()
    except (SQLAlchemyError, ModuleNotFoundError, TypeError, ValueError) as error:
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        raise StoreError(f"Looking at {name}: {said}. Check database_url, and restore a damaged file.") from error


def _existing(url: URL, file: Path | None) -> URL:
    """An address that makes no new file.

    It isn't opened with mode=ro: a reader of a write-ahead log would leave files behind that it may not remove.
    """
    if file is None:
        return url
    return url.set(database=f"file:{quote(str(file))}", query={"mode": "rw", "uri": "true"})


def _options(url: URL) -> dict[str, object]:
    if url.get_backend_name() != "postgresql":
        return {}
    return {"connect_args": {"connect_timeout": 10}, "execution_options": {"postgresql_readonly": True}}


def _parse(address: str) -> URL:
    try:
        return make_url(address)
    except ArgumentError as error:
        raise StoreError("database_url is not a database address. Try sqlite:///var/digest.db") from error
