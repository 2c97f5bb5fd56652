"""Whatever order documents and days come in, and wherever a run is killed, the store ends the same."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from factories import NOON, detailed, make_feed, make_item, make_listing, make_paper
from fake_arxiv import FakeArxiv
from hypothesis import given, settings
from hypothesis import strategies as st
from power_cut import PowerCutError, crash_at

from digest.errors import SourceError
from digest.model.announcement import AnnounceType, BatchState
from digest.pipeline.ingest import Ingest
from digest.store.announcements import AnnouncementStore
from digest.store.database import open_database

if TYPE_CHECKING:
    from digest.model.announcement import Feed, Listing
    from digest.model.paper import Paper

NEW, CROSS, REPLACE, REPLACE_CROSS = AnnounceType
CATEGORIES = ("cs.CL", "cs.LG")
DAYS = tuple(date(2026, 11, 16) + timedelta(days=number) for number in range(4))
# What tells how and when something came, and what is told of a document and not of arXiv's announcements.
OF_THE_WAY = {"source", "read_at", "changed_at"}
UNCOMPARED = ("alembic_version", "mailbox_keys", "validators", "paces")


def _paper(number: int, day: int, *, version: int = 1) -> Paper:
    primary = CATEGORIES[number % 2]
    others = tuple(code for code in CATEGORIES if code != primary) if number % 3 else ()
    return make_paper(f"2611.{90_000 + 100 * day + number}", version=version, categories=(primary, *others))


def _announced(day: int) -> list[tuple[Paper, AnnounceType]]:
    """Eight new papers, and two of each earlier day in their second version, one of which has changed its category."""
    fresh = [(_paper(number, day), NEW) for number in range(8)]
    if not day:
        return fresh
    moved = replace(_paper(0, day - 1, version=2), categories=("cs.LG", "cs.CL"))
    return [*fresh, (moved, REPLACE), (_paper(1, day - 1, version=2), REPLACE)]


def _kind(paper: Paper, kind: AnnounceType, category: str) -> AnnounceType:
    if paper.primary_category == category:
        return kind
    return REPLACE_CROSS if kind is REPLACE else CROSS


def _feed(day: int, category: str, *, dated: int | None = None) -> Feed:
    items = [make_item(one, _kind(one, kind, category)) for one, kind in _announced(day) if category in one.categories]
    return make_feed(*items, category=category, dated_on=DAYS[day if dated is None else dated])


def _page(day: int, category: str) -> Listing:
    papers = [
        (one.id, REPLACE if kind is REPLACE else _kind(one, kind, category))
        for one, kind in _announced(day)
        if category in one.categories
    ]
    return make_listing(*papers, category=category, on=DAYS[day])


@dataclass(frozen=True)
class Run:
    """One ingest on a day: what of each category's documents is there, and after how many statements it is killed."""

    day: int
    pages: tuple[bool, ...]
    feeds: tuple[str, ...]
    answers: bool
    killed_at: int = 0


WHOLE = tuple(Run(day, (True, True), ("whole", "whole"), answers=True) for day in range(len(DAYS)))
RUNS = st.builds(
    Run,
    day=st.integers(0, len(DAYS) - 1),
    pages=st.tuples(st.booleans(), st.booleans()),
    feeds=st.tuples(*[st.sampled_from(["whole", "partial", "stale", "absent"])] * 2),
    answers=st.booleans(),
    killed_at=st.one_of(st.just(0), st.integers(1, 60)),
)


def _arxiv(run: Run) -> FakeArxiv:
    listings = {code: _page(run.day, code) for code, there in zip(CATEGORIES, run.pages, strict=True) if there}
    feeds: dict[str, Feed | None] = {}
    for code, state in zip(CATEGORIES, run.feeds, strict=True):
        if state == "stale" and run.day:
            feeds[code] = _feed(run.day - 1, code, dated=run.day)
        elif state in ("whole", "partial"):
            whole = _feed(run.day, code)
            feeds[code] = whole if state == "whole" else replace(whole, items=whole.items[: len(whole.items) // 2])
    # The query API knows a paper as it stands at the end, whenever it is asked.
    known = {one.id: one for day in range(len(DAYS)) for one, _ in _announced(day)}
    papers = {key: detailed(paper) for key, paper in known.items()} if run.answers else {}
    return FakeArxiv(listings=listings, feeds=feeds, papers=papers)


def _ingest(file: Path, run: Run) -> None:
    database = open_database(f"sqlite:///{file}")
    try:
        if run.killed_at:
            crash_at(database, run.killed_at)
        Ingest(_arxiv(run), AnnouncementStore(database), lambda: NOON).run(CATEGORIES)
    except (PowerCutError, SourceError):
        pass
    finally:
        database.close()


def _rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that the store holds of papers and announcements, without how it came there."""
    connection = sqlite3.connect(file)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for table in tables:
        if table in UNCOMPARED:
            continue
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in OF_THE_WAY]
        found[table] = sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {table}"), key=repr)
    connection.close()
    return found


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    """The store after every day in order, whole and undisturbed."""
    file = tmp_path_factory.mktemp("clean") / "digest.db"
    for run in WHOLE:
        _ingest(file, run)
    return _rows(file)


def test_the_clean_run_has_every_paper_of_every_day(clean: dict[str, list[tuple[object, ...]]], tmp_path: Path) -> None:
    expected = {(one.id, code) for day in range(4) for one, _ in _announced(day) for code in one.categories}
    assert {(row[0], row[1]) for row in clean["announcements"]} == expected
    file = tmp_path / "digest.db"
    for run in WHOLE:
        _ingest(file, run)
    database = open_database(f"sqlite:///{file}")
    states = {batch.state for batch in AnnouncementStore(database).find_batches(DAYS[-1], since=DAYS[0])}
    database.close()
    assert states == {BatchState.COMPLETE}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with its tables and nothing in them."""
    file = tmp_path_factory.mktemp("empty") / "digest.db"
    open_database(f"sqlite:///{file}").close()
    return file


@settings(deadline=None, max_examples=25)
@given(before=st.lists(RUNS, max_size=5), order=st.permutations(WHOLE))
def test_the_store_ends_the_same(
    clean: dict[str, list[tuple[object, ...]]], empty: Path, before: list[Run], order: list[Run]
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "digest.db"
        copyfile(empty, file)
        for run in (*before, *order):
            _ingest(file, run)
        assert _rows(file) == clean
