"""What every test shares: the recorded world, the tools that may be missing, and the switch for golden files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from databases import KINDS, fresh_database, postgresql_server
from hypothesis import settings
from person import Person
from pytest_socket import socket_allow_hosts

from digest.store.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# As a destination 0.0.0.0 is this machine too, and a way to be here without being a loopback address.
THIS_MACHINE = ["127.0.0.1", "::1", "localhost", "0.0.0.0"]
ROOT = Path(__file__).resolve().parent.parent
RECORDED_WORLD = Path(os.environ.get("RECORDED_WORLD", ROOT.parent / "shared"))

TOOLS = {
    "browser": ("chromium", "Debian: apt-get install chromium"),
    "smtp_sink": ("smtp-sink", "Debian: apt-get install postfix"),
    "spamassassin": ("spamassassin", "Debian: apt-get install spamassassin"),
    "html_checker": ("java", "Debian: apt-get install default-jre-headless, and vnu.jar from npm's vnu-jar in .venv/"),
}

# A shared machine makes an example slow now and then, which says nothing about the code.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def _missing(mark: str) -> str | None:
    if mark == "recorded":
        found = (RECORDED_WORLD / "data").is_dir()
        return None if found else "no recorded world: set RECORDED_WORLD to its folder"
    command, hint = TOOLS[mark]
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    if shutil.which(command, path=path) is None:
        return f"{command} is not installed. {hint}"
    if mark == "html_checker" and not vnu_jar().is_file():
        return f"{vnu_jar()} is missing. {hint}"
    return None


def vnu_jar() -> Path:
    return Path(os.environ.get("VNU_JAR", ROOT / ".venv" / "vnu.jar"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for mark in ("recorded", *TOOLS):
        reason = _missing(mark)
        if reason:
            for item in items:
                if item.get_closest_marker(mark):
                    item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With NO_SKIPS a skipped test is a failed one, unless it needs a recorded world that isn't there."""
    report = yield
    if os.environ.get("NO_SKIPS") and report.skipped and item.get_closest_marker("recorded") is None:
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True)
def _stay_on_this_machine(request: pytest.FixtureRequest) -> None:
    """Sockets are closed; a test marked `enable_socket` reaches servers of its own, and nothing beyond them."""
    if request.node.get_closest_marker("enable_socket"):
        socket_allow_hosts(THIS_MACHINE, allow_unix_socket=True)


@pytest.fixture
def recorded() -> Path:
    return RECORDED_WORLD


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'digest.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with postgresql_server() as address:
        yield address


@pytest.fixture(params=KINDS)
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Each kind of database in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("database")
        return
    with fresh_database(request.getfixturevalue("postgresql")) as database:
        yield database


@pytest.fixture
def person(tmp_path: Path) -> Person:
    home = tmp_path / "home"
    home.mkdir()
    return Person(home)
