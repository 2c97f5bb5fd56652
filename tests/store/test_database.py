from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import digest.store.migrations
from digest.errors import StoreError
from digest.store.database import HEAD, Database, open_database
from digest.store.schema import metadata

if TYPE_CHECKING:
    from pathlib import Path


def test_the_migrations_make_the_tables_that_the_code_expects(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_one_the_code_names() -> None:
    assert ScriptDirectory(digest.store.migrations.__path__[0]).get_current_head() == HEAD


def test_a_database_opens_again_with_what_it_held(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'a' / 'b' / 'digest.db'}"
    first = open_database(address)
    with first.write() as connection:
        connection.execute(text("INSERT INTO paces VALUES ('arxiv', '2026-11-19 00:00:00')"))
    first.close()
    second = open_database(address)
    with second.read() as connection:
        assert connection.scalar(text("SELECT service FROM paces")) == "arxiv"
    second.close()


def test_sqlite_keeps_a_write_ahead_log_and_checks_foreign_keys(database: Database) -> None:
    with database.read() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    with pytest.raises(StoreError, match="FOREIGN KEY"), database.write() as connection:
        connection.execute(text("INSERT INTO versions VALUES ('nowhere', 1, NULL)"))


def test_a_transaction_that_fails_writes_nothing(database: Database) -> None:
    book = text("INSERT INTO paces VALUES ('arxiv', '2026-11-19 00:00:00')")
    with pytest.raises(StoreError, match="UNIQUE"), database.write() as connection:
        [connection.execute(book) for _ in range(2)]
    with database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM paces")) == 0


@pytest.mark.parametrize(
    ("content", "said"), [(b"not a database, but long enough" * 100, "name another with database_url")]
)
def test_a_file_that_is_no_database_is_explained(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "digest.db"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=said):
        open_database(f"sqlite:///{file}")
    assert file.read_bytes() == content


def test_a_database_of_a_newer_program_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "digest.db"
    open_database(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        open_database(f"sqlite:///{file}")


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError, match="Choose another with database_url"):
        open_database(f"sqlite:///{tmp_path / 'taken' / 'digest.db'}")


@pytest.mark.parametrize("address", ["nonsense", "nosuch://host/db", "sqlite:///x?timeout=abc"])
def test_an_address_that_is_none_is_explained(address: str) -> None:
    with pytest.raises(StoreError):
        open_database(address)


def test_many_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'new.db'}"
    command = [sys.executable, "-c", f"from digest.store.database import open_database as o; o({address!r}).close()"]
    openers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    told = [opener.communicate()[1] for opener in openers]
    assert [opener.returncode for opener in openers] == [0] * 8, told


def test_a_copy_holds_the_same_and_changes_alone(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO paces VALUES ('arxiv', '2026-11-19 00:00:00')"))
    copy = database.copy_to(tmp_path / "copy.db")
    with copy.write() as connection:
        connection.execute(text("DELETE FROM paces"))
    copy.close()
    with database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM paces")) == 1
