"""Opens the database, brings it up to date, and hands out transactions."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from digest.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Table

_Made = TypeVar("_Made")
_Given = ParamSpec("_Given")

# The newest migration in migrations/versions; known here so that an up-to-date database opens without Alembic.
HEAD = "0010"
_BUSY_MILLISECONDS = 30_000
_SWITCHES = 100
_BETWEEN_SWITCHES = 0.05
# PostgreSQL shows each statement of a transaction another moment unless told otherwise.
_ONE_MOMENT = {"isolation_level": "REPEATABLE READ"}
# Serialization failure and deadlock: somebody else was quicker, and the same work done again gets through.
# https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
_TRY_AGAIN = {"40001", "40P01"}
_TRIES = 20
_BETWEEN_TRIES = 0.02


class ConflictError(StoreError):
    """Somebody else changed the same rows at the same moment; nothing is written."""


def tried_again(method: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """A method that is begun anew where somebody changed the same rows at the same moment.

    It must be one transaction and leave no other trace.
    """

    @wraps(method)
    def begin(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        for tried in range(1, _TRIES):
            try:
                return method(*given, **named)
            except ConflictError:
                sleep(_BETWEEN_TRIES * tried)
        return method(*given, **named)

    return begin


class Database:
    """A database with the newest tables; made by `open_database`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_postgresql = engine.dialect.name == "postgresql"
        self._at_one_moment = engine.execution_options(**(_ONE_MOMENT if self._is_postgresql else {}))
        self.name = engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the store; StoreError when it can't be had."""
        with _explained(f"Reading {self.name}"), self._at_one_moment.connect() as connection:
            try:
                yield connection
            except (ValueError, KeyError, TypeError) as error:
                # Rows are turned into values in here, and nothing else happens.
                raise StoreError(
                    f"Reading {self.name}: it holds what this program never wrote ({_one_line(error)}). "
                    "Restore it from a copy."
                ) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, all or nothing; StoreError when it can't be had, and nothing is written."""
        writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        with _explained(f"Writing to {self.name}"), writer.begin() as connection:
            yield connection

    @tried_again
    def write_alone(self, table: Table, work: Callable[[Connection], _Made]) -> _Made:
        """What `work` makes in one transaction that sees one moment of the store, while nobody else writes to `table`.

        `work` is begun anew where somebody changed the same rows at the same time, so it must leave no other trace.
        StoreError as with `write`.
        """
        writer = self._at_one_moment.execution_options(begin="BEGIN IMMEDIATE")
        with _explained(f"Writing to {self.name}"), writer.begin() as connection:
            if self._is_postgresql:
                # The moment is that of the first statement after this one, when the others are done.
                connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
            return work(connection)

    def copy_to(self, file: Path) -> Database:
        """A copy of the whole database in a new SQLite file; StoreError where the database can't be copied so."""
        if self._engine.dialect.name != "sqlite":
            raise StoreError(f"Copying {self.name}: only SQLite can rehearse. Leave out --dry-run.")
        with _explained(f"Copying {self.name} to {file}"), self._engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # VACUUM can't run inside a transaction
            connection.exec_driver_sql("VACUUM INTO ?", (str(file),))
        return open_database(f"sqlite:///{file}")

    def close(self) -> None:
        """Gives back every connection."""
        self._engine.dispose()


def open_database(address: str) -> Database:
    """The database at an SQLAlchemy address, created or migrated when needed; StoreError says what hinders."""
    url = _parse(address)
    _make_folder(url)
    with _explained(f"Opening {url.render_as_string(hide_password=True)}"):
        engine = _checked_engine(url)
        with ExitStack() as on_failure:
            on_failure.callback(engine.dispose)
            if _revision(engine) != HEAD:
                _migrate(engine)
            on_failure.pop_all()
    return Database(engine)


def _parse(address: str) -> URL:
    try:
        return make_url(address)
    except ArgumentError as error:
        raise StoreError("database_url is not a database address. Try sqlite:///var/digest.db") from error


def _make_folder(url: URL) -> None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"Making the folder {folder} for the database: {error.strerror}. Choose another with database_url."
        ) from error


def _checked_engine(url: URL) -> Engine:
    """An engine that has connected once: what stands behind the `?` of an address shows only then."""
    try:
        engine = _make_engine(url)
        engine.connect().close()
    except (TypeError, ValueError) as error:
        raise StoreError(
            f"Opening {url.render_as_string(hide_password=True)}: {_one_line(error)}. Check database_url."
        ) from error
    return engine


def _make_engine(url: URL) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # this module says BEGIN, so that a writer locks before it reads
    try:
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}").close()
        connection.execute("PRAGMA foreign_keys=ON").close()
        _keep_write_ahead_log(connection)
    except sqlite3.Error:
        connection.close()
        raise


def _keep_write_ahead_log(connection: Any) -> None:
    """Two that switch at the same moment stand in each other's way, and SQLite tells one without waiting."""
    for _ in range(_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            sleep(_BETWEEN_SWITCHES)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL").close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def _migrate(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - 0.3 s to import, needed once in a database's life
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"The database {engine.url.render_as_string(hide_password=True)} was made by a newer version of this "
            f"program ({error}). Install that version, or name another database with database_url."
        ) from error


@contextmanager
def _explained(doing: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        kind = ConflictError if getattr(error.orig, "sqlstate", None) in _TRY_AGAIN else StoreError
        raise kind(f"{doing}: {_one_line(error.orig)}. {_hint(str(error.orig))}") from error
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            f"{doing}: {_one_line(error)}. Use SQLite, or PostgreSQL with the extra [postgresql]."
        ) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{doing}: {_one_line(error)}") from error


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


def _hint(message: str) -> str:
    for sign, hint in _HINTS.items():
        if sign in message:
            return hint
    return "Check database_url."


_HINTS = {
    "locked": "Another process is writing; try again when it is done.",
    "unable to open": "Check that the folder exists and may be written to.",
    "readonly": "Check that the file and its folder may be written to.",
    "not a database": "The file is something else; name another with database_url.",
    "malformed": "The file is damaged; restore it from a copy.",
    "deadlock": "Another process changed the same rows at the same moment; try again.",
    "full": "Free some space on the disk.",
}
