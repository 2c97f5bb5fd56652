"""The past over HTTP and out of files, with one command."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from conftest import RECORDED_WORLD
from outside_world import serving, settings_at
from person import Person
from replaying import TRAVELLING
from sqlalchemy import text

from digest.sources.recorded import read_papers
from digest.store.announcements import AnnouncementStore
from digest.store.database import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.enable_socket
recorded_only = pytest.mark.recorded

TODAY, SINCE = "2026-02-05", "2026-01-12"
SOURCES = ("HUGGINGFACE", "SEMANTIC_SCHOLAR", "OPENALEX", "GITHUB", "HACKERNEWS")
RANGE = ("--from", SINCE, "--until", TODAY)


@pytest.fixture(scope="module")
def world() -> Iterator[str]:
    with serving(RECORDED_WORLD, TODAY, first="2026-01-05") as found:
        yield found


@pytest.fixture
def address(person: Person, world: str) -> str:
    httpx.post(f"{world}/control/reset", trust_env=False).raise_for_status()
    person.environment = environment(world)
    return world


def environment(world: str, *, categories: str = "cs.CL,cs.CV") -> dict[str, str]:
    silent = {f"DIGEST_{name}__ENABLED": "false" for name in SOURCES}
    return {
        **settings_at(world, seconds_between_requests="0.05"),
        **silent,
        "DIGEST_ARXIV__CATEGORIES": categories,
        # A refusal is repeated at once, so that the tests' time goes into what they test.
        "DIGEST_ARXIV__LONGEST_WAIT_SECONDS": "5",
    }


def control(address: str, what: str, value: object) -> None:
    httpx.post(f"{address}/control/{what}", json=value, trust_env=False).raise_for_status()


def asked(address: str) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = httpx.get(f"{address}/control/log", trust_env=False).json()
    return [line for line in log if "/oai" in line["path"]]


def stored(person: Person, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """What the tables hold, in order."""
    database = open_database(f"sqlite:///{person.home / 'var' / 'digest.db'}")
    with database.read() as connection:
        found = {
            table: sorted(tuple(map(str, row)) for row in connection.execute(text(f"SELECT * FROM {table}")))
            for table in tables or ("papers", "versions", "authorships", "paper_categories", "announcements")
        }
    database.close()
    return found


@recorded_only
def test_the_past_is_read_once_politely_and_in_silence(person: Person, address: str) -> None:
    done = person.run("backfill", *RANGE)
    assert done.returncode == 0, done.stderr
    assert "\r" not in done.stderr
    assert done.stderr.count("\n") == 1  # the note on what an end in the past leaves out
    first = asked(address)
    started = [line["time"] for line in first]
    assert min(after - before for before, after in itertools.pairwise(started)) > 0.04
    assert all("ops@example.org" in line["headers"]["user-agent"] for line in first)
    again = person.succeed("backfill", *RANGE)
    assert "was read before" in again
    assert len(asked(address)) == len(first)
    assert stored(person, "batches", "editions") == {"batches": [], "editions": []}


@recorded_only
def test_every_paper_stands_on_the_day_on_which_it_was_listed(person: Person, address: str) -> None:
    person.succeed("backfill", *RANGE)
    days = {one.paper_id: one.announced_on for one in read_papers(RECORDED_WORLD / "data/arxiv-days/papers.jsonl.gz")}
    announced = stored(person)["announcements"]
    found = {row[0]: date.fromisoformat(row[2]) for row in announced}
    assert len(found) > 1500
    # A day that was recorded on a closed day is served on the next open one.
    wrong = {key for key, day in found.items() if day != days[key] and days[key].weekday() < 5}
    assert len(wrong) < 0.01 * len(found), sorted(wrong)[:5]
    assert {row[5] for row in announced} == {"estimate"}
    kinds = Counter(row[3] for row in announced)
    assert kinds["new"] == len(found)
    assert set(kinds) == {"new", "cross"}


@recorded_only
def test_whatever_goes_wrong_on_the_way_ends_in_the_same_store(person: Person, address: str, tmp_path: Path) -> None:
    person.succeed("backfill", *RANGE)
    faults: list[dict[str, Any]] = [
        {"kind": "status", "args": {"code": 503, "retry_after": 1}},
        {"kind": "status", "after": 2, "args": {"code": 503, "retry_after": "date:2"}},
        {"kind": "status", "after": 4, "args": {"code": 429, "retry_after": 1}},
        {"kind": "html_instead", "after": 6},
        {"kind": "truncate", "after": 8, "args": {"content_length": "correct"}},
        {"kind": "truncate", "after": 10, "args": {"content_length": "wrong"}},
        {"kind": "reset", "after": 12},
        {"kind": "rate_exceeded_200", "after": 14},
    ]
    control(address, "faults", [{"match": "^/arxiv/oai", "times": 1, **one} for one in faults])
    other = Person(tmp_path / "other", environment(address))
    other.home.mkdir()
    other.succeed("backfill", *RANGE)
    fired = httpx.get(f"{address}/control/state", trust_env=False).json()["faults"]
    assert [one["fired"] for one in fired] == [1] * len(faults)
    assert stored(other) == stored(person)


@recorded_only
def test_a_token_that_expired_overnight_begins_its_window_again(person: Person, address: str, tmp_path: Path) -> None:
    person.succeed("backfill", *RANGE)
    once = len(asked(address))
    other = Person(tmp_path / "other", environment(address))
    other.home.mkdir()
    control(address, "faults", [{"match": "resumptionToken", "after": 2, "kind": "html_instead"}])
    other.fail("backfill", *RANGE)
    database = open_database(f"sqlite:///{other.home / 'var' / 'digest.db'}")
    with database.write() as connection:
        forgotten = """UPDATE backfills SET place = '["gone", "gone"]' WHERE finished_on IS NULL"""
        assert connection.execute(text(forgotten)).rowcount > 0
    database.close()
    control(address, "faults", [])
    other.succeed("backfill", *RANGE)
    assert stored(other) == stored(person)
    assert len(asked(address)) > once


@recorded_only
def test_an_arxiv_that_refuses_is_told_in_one_line_and_the_next_run_completes_it(person: Person, address: str) -> None:
    control(address, "faults", [{"match": "from=2026-02", "kind": "html_instead"}])
    said = person.fail("backfill", *RANGE)
    assert "is a web page" in said
    assert "still to be read" in said
    control(address, "faults", [])
    before = len(asked(address))
    person.succeed("backfill", *RANGE)
    assert all("from=2026-01" not in line["path"] for line in asked(address)[before:])


@recorded_only
def test_killed_again_and_again_it_ends_with_the_same_store_and_asks_for_nothing_finished(
    person: Person, address: str, tmp_path: Path
) -> None:
    person.succeed("backfill", *RANGE)
    once = len(asked(address))
    control(address, "reset", None)
    other = Person(tmp_path / "other", environment(address))
    other.home.mkdir()
    chance, kills, ends = random.Random(20261121), 0, Counter[int]()
    while kills < 12:
        before = len(asked(address))
        running = subprocess.Popen(
            [str(other.command), "backfill", *RANGE],
            cwd=other.home,
            env={"PATH": os.environ["PATH"], **other.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while len(asked(address)) < before + 1 and running.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.5))
        running.send_signal(signal.SIGKILL)
        running.communicate()
        kills += 1
        ends[running.returncode] += 1
    assert ends[-signal.SIGKILL] > 3
    other.succeed("backfill", *RANGE)
    assert stored(other) == stored(person)
    # At most the page that a kill interrupted is asked for again, in both formats.
    assert len(asked(address)) <= once + 2 * kills
    assert "was read before" in other.succeed("backfill", *RANGE)


@recorded_only
def test_a_day_that_was_backfilled_becomes_the_same_edition(person: Person, address: str, tmp_path: Path) -> None:
    person.environment = environment(address, categories="cs.CL")
    other = Person(tmp_path / "other", person.environment)
    other.home.mkdir()
    other.succeed("backfill", *RANGE)
    person.environment["PYTHONPATH"] = str(TRAVELLING)
    for day in ("2026-02-04", TODAY):
        control(address, "today", {"today": day})
        person.environment["TRAVEL_TO"] = f"{day}T06:00:00+00:00"
        without, after = (json.loads(one.succeed("daily", "--json")) for one in (person, other))
        assert after["ingested"]["batches"] == without["ingested"]["batches"]
        assert after["published"]["announced"] == without["published"]["announced"] > 70
        assert after["published"]["replaced"] == without["published"]["replaced"]
        assert entries(other, day) == entries(person, day)
    databases = [open_database(f"sqlite:///{one.home / 'var' / 'digest.db'}") for one in (person, other)]
    first, second = (AnnouncementStore(one).find_announcements(date(2026, 2, 4)) for one in databases)
    for one in databases:
        one.close()
    assert first == second


def entries(person: Person, day: str) -> list[tuple[str, str]]:
    """Which papers an edition has, and as what they were announced."""
    database = open_database(f"sqlite:///{person.home / 'var' / 'digest.db'}")
    statement = "SELECT paper_id, card FROM entries JOIN editions ON editions.id = edition_id WHERE announced_on = :day"
    with database.read() as connection:
        rows = connection.execute(text(statement), {"day": day}).all()
    database.close()
    return sorted((row.paper_id, json.loads(row.card)["announce_type"]) for row in rows)


@recorded_only
def test_forty_eight_thousand_papers_of_a_file_take_less_than_a_minute(person: Person) -> None:
    started = time.monotonic()
    report = json.loads(
        person.succeed("backfill", "--file", str(RECORDED_WORLD / "data/arxiv-days/papers.jsonl.gz"), "--json")
    )
    assert time.monotonic() - started < 60
    assert report["papers"] == report["new_papers"] > 47_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2026-02-10", "--until", "2026-01-05"), "2026-02-10 is after 2026-01-05"),
        (("--from", "2126-02-10"), "lies in the future"),
        (("--from", "2026-02-10", "--until", "2126-02-10"), "lies in the future"),
        (("--from", "soon"), "'soon' is not a date"),
        ((), "say from which day on"),
        (("papers.jsonl",), "say from which day on"),
    ],
)
def test_wrong_usage_is_told(person: Person, words: tuple[str, ...], said: str) -> None:
    assert said in person.fail("backfill", *words, status=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2026-02-01", "--categories", "cs.QQ"), "arXiv has no category 'cs.QQ'"),
        (("--file", "nowhere.jsonl"), "nowhere.jsonl: can't be read"),
        (("--file", "good.jsonl", "bad.jsonl"), "bad.jsonl, line 2: is not JSON"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(person: Person, words: tuple[str, ...], said: str) -> None:
    (person.home / "good.jsonl").write_text(line("2601.00001"))
    (person.home / "bad.jsonl").write_text(f"{line('2601.00002')}\n{{\n")
    assert said in person.fail("backfill", *words)


def test_what_stood_before_a_bad_line_is_kept(person: Person) -> None:
    (person.home / "bad.jsonl").write_text(f"{line('2601.00002')}\n{{\n")
    person.fail("backfill", "--file", "bad.jsonl")
    assert "2601.00002" in person.succeed("paper", "2601.00002")
    (person.home / "bad.jsonl").write_text(f"{line('2601.00002')}\n{line('2601.00003')}\n")
    assert "Read 2 papers" in person.succeed("backfill", "--file", "bad.jsonl")


def line(paper_id: str) -> str:
    values = {"id": paper_id, "announced_on": "2026-01-14", "title": "Sheep", "abstract": "We count.", "comment": None}
    return json.dumps({**values, "authors": ["Ada Byron"], "categories": ["cs.CL"]})
