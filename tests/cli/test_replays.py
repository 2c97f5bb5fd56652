"""A month of recorded days, each with another thing that goes wrong: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from conftest import RECORDED_WORLD
from outside_world import serving
from person import Person
from replaying import (
    CATEGORIES,
    EVERYTHING,
    FIRST_RUN,
    SECOND_RUN,
    SPACING,
    TRAVELLING,
    Day,
    Lived,
    Replay,
    environment,
    replaying,
    rule,
)
from sqlalchemy import select

from digest.store.database import open_database
from digest.store.ledger_schema import inquiries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.recorded, pytest.mark.enable_socket]

TWICE = (FIRST_RUN, SECOND_RUN)
SLOW = 0.5
FEEDS, PAGES, QUERIES = "^/arxiv/(rss|atom)/", "^/arxiv/list/", "^/arxiv/api/"


def of(category: str, *, feeds: bool = True, pages: bool = True) -> str:
    """Its documents."""
    kinds = [*(["rss", "atom"] if feeds else []), *(["list"] if pages else [])]
    return f"^/arxiv/({'|'.join(kinds)})/{category}"


def everywhere(state: str) -> dict[str, str]:
    return dict.fromkeys(CATEGORIES, state)


DAYS = (
    Day(on=date(2026, 1, 28)),
    Day(
        on=date(2026, 1, 29),
        faults=(
            rule("status", of("cs.CL", pages=False), times=1, code=503, retry_after=1),
            rule("status", of("cs.GT", feeds=False), times=1, code=503, retry_after="date:1"),
        ),
    ),
    Day(
        on=date(2026, 1, 30),
        faults=(
            rule("status", QUERIES, times=1, code=429, retry_after=1),
            rule("status", of("cs.LG", feeds=False), times=1, code=429, retry_after="date:1"),
        ),
    ),
    Day(
        on=date(2026, 2, 2),
        faults=(rule("rate_exceeded_200", of("cs.CL")), rule("rate_exceeded_200", QUERIES, times=1)),
        waits={"cs.CL": "broken"},
        runs=TWICE,
    ),
    Day(
        on=date(2026, 2, 4),
        faults=(rule("not_acceptable"), rule("status", PAGES, times=1, code=406)),
    ),
    Day(on=date(2026, 2, 5), faults=(rule("stale", FEEDS),)),
    Day(on=date(2026, 2, 6), faults=(rule("stale", of("cs.GT", feeds=False)),), waits={"cs.GT": "pending"}, runs=TWICE),
    Day(on=date(2026, 2, 9), faults=(rule("stale"),), waits=everywhere("stale"), runs=TWICE),
    Day(on=date(2026, 2, 10), faults=(rule("partial", FEEDS),)),
    Day(on=date(2026, 2, 11), faults=(rule("partial", PAGES, percent=40),)),
    Day(
        on=date(2026, 2, 12),
        faults=(rule("partial", of("cs.LG")), rule("partial", of("cs.GT"), percent=90)),
        waits={"cs.GT": "incomplete", "cs.LG": "incomplete"},
        runs=TWICE,
    ),
    Day(on=date(2026, 2, 13), held=FEEDS),
    Day(
        on=date(2026, 2, 16),
        faults=(rule("slow", FEEDS, times=2, seconds=SLOW), rule("slow", PAGES, times=1, seconds=6)),
    ),
    Day(on=date(2026, 2, 17), held=EVERYTHING),
    Day(
        on=date(2026, 2, 18),
        faults=(rule("stale", of("cs.LG", pages=False)), rule("empty_page", QUERIES)),
        waits={"cs.LG": "incomplete"},
        runs=TWICE,
    ),
    Day(
        on=date(2026, 2, 19),
        faults=(
            rule("truncate", of("cs.CL", pages=False), times=1, content_length="wrong"),
            rule("truncate", of("cs.GT", feeds=False), times=1, content_length="wrong", fraction=0.9),
            rule("truncate", of("cs.LG", pages=False), content_length="correct"),
            rule("truncate", QUERIES, times=1, content_length="wrong"),
        ),
    ),
    Day(on=date(2026, 2, 20), faults=tuple(rule("reset", match, times=1) for match in (FEEDS, PAGES, QUERIES))),
    Day(
        on=date(2026, 2, 23),
        faults=(
            rule("malformed", of("cs.CL", pages=False), how="control"),
            rule("malformed", of("cs.GT", pages=False), how="entity"),
            rule("malformed", of("cs.LG", pages=False), how="encoding"),
            rule("malformed", PAGES, how="control"),
            rule("malformed", QUERIES, times=1, how="entity"),
        ),
    ),
    Day(on=date(2026, 2, 24), faults=(rule("huge", megabytes=3), rule("empty_page", QUERIES, times=1))),
    Day(
        on=date(2026, 2, 25),
        faults=(rule("html_instead", of("cs.CL")), rule("html_instead", PAGES), rule("html_instead", QUERIES)),
        waits={"cs.CL": "broken", "cs.GT": "pending", "cs.LG": "pending"},
        runs=TWICE,
    ),
    Day(
        on=date(2026, 2, 26),
        faults=(rule("redirect_loop", FEEDS), rule("redirect_loop", of("cs.GT"))),
        waits={"cs.GT": "broken"},
        runs=TWICE,
    ),
    Day(
        on=date(2026, 2, 27),
        faults=(rule("status", code=403),),
        waits=everywhere("broken"),
        runs=(*TWICE, timedelta(hours=10, minutes=30)),
    ),
)


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replaying(RECORDED_WORLD, tmp_path_factory.mktemp("home"), DAYS) as lived:
        yield lived


@pytest.fixture(params=range(len(DAYS)), ids=[str(day.on) for day in DAYS])
def lived(replay: Replay, request: pytest.FixtureRequest) -> Lived:
    index: int = request.param
    return replay.lived[index]


def test_the_papers_seen_are_those_announced(replay: Replay, lived: Lived) -> None:
    assert replay.find_announced(lived.day.on) == lived.announced


def test_a_day_comes_out_when_all_of_it_is_there_and_not_before(lived: Lived) -> None:
    *waiting, last = lived.runs
    for run in waiting:
        assert (run.status, run.is_published) == (1, False)
        assert "Traceback" not in run.error
        assert run.error.count("\n") == 1
    assert (last.status, last.is_published) == (0, True), last.error


def test_the_ledger_tells_how_the_day_stands(lived: Lived) -> None:
    *waiting, last = lived.runs
    for run in waiting:
        assert run.states == {**everywhere("complete"), **lived.day.waits}
    assert last.states == everywhere("complete")


def test_every_paper_is_news_once_and_on_its_day(replay: Replay) -> None:
    announced: dict[date, set[str]] = {}
    news: dict[date, list[str]] = {}
    for one in replay.lived:
        edition = replay.find_edition(one.day.on)
        assert edition
        news[one.day.on] = sorted(entry.card.paper_id for entry in edition.entries if entry.is_news)
        announced[one.day.on] = {paper.paper_id for paper in one.announced if paper.announce_type.is_news}
        assert (edition.missing, edition.unproven) == (0, ())
    assert news == {on: sorted(papers) for on, papers in announced.items()}
    assert max(Counter(itertools.chain.from_iterable(news.values())).values()) == 1


def test_what_feeds_bring_late_is_in_the_edition_of_the_day_of_its_page(replay: Replay) -> None:
    (one,) = (one for one in replay.lived if one.day.held == FEEDS)
    edition = replay.find_edition(one.day.on)
    assert edition
    assert one.held
    assert one.held <= {entry.card.paper_id for entry in edition.entries}


def test_every_fault_struck(replay: Replay) -> None:
    struck = {kind for line in replay.log for kind in line["faults"]}
    # That one strikes only clients that don't say what they accept, or by whose library they ask.
    assert struck >= {fault["kind"] for day in DAYS for fault in day.faults} - {"not_acceptable"}
    assert "late" in struck


def test_it_asks_one_thing_after_the_other_and_says_who_it_is(replay: Replay) -> None:
    for line in replay.log:
        assert line["headers"]["user-agent"].endswith(" (+ops@example.org)")
        assert line["headers"]["accept"]
    for before, after in itertools.pairwise(replay.log):
        is_slow = "slow" in before["faults"] and "/rss/" in before["path"]
        assert after["time"] - before["time"] >= (SLOW if is_slow else 0) + SPACING


def test_a_feed_that_was_read_before_is_asked_for_only_if_it_changed(replay: Replay) -> None:
    for category in CATEGORIES:
        of_feed = [line for line in replay.log if line["path"] == f"/arxiv/rss/{category}"]
        assert len(of_feed) >= len(DAYS)
        assert all(line["headers"]["if-none-match"] for line in of_feed[1:])


def test_who_is_shut_out_asks_nothing_for_hours(replay: Replay) -> None:
    shut_out, meanwhile, after = replay.lived[-1].runs
    assert shut_out.requests == 1
    assert meanwhile.requests == 0
    assert after.requests > 1
    assert "stay away" in meanwhile.error


def test_the_ledger_can_be_asked_for_each_of_the_days(replay: Replay) -> None:
    at = datetime(2026, 2, 28, 12, tzinfo=UTC)
    for one in replay.lived:
        assert replay.traveller.run(at, "ledger", "--on", str(one.day.on), "--json") == (0, "")
        (told,) = json.loads((replay.traveller.home / "out").read_text())["days"]
        assert (told["announced_on"], told["state"]) == (str(one.day.on), "complete")
        for batch in told["batches"]:
            kinds = Counter(str(paper.announce_type) for paper in one.announced if paper.category == batch["category"])
            assert {kind: count for kind, count in batch["seen"].items() if count} == kinds
            replaced = kinds["replace"] + kinds["replace-cross"]
            assert batch["stated"] == {"new": kinds["new"], "cross": kinds["cross"], "replace": replaced}
            assert (batch["late"], batch["missing"], batch["problem"]) == ([], [], "")


def test_the_command_itself_travels(tmp_path: Path) -> None:
    with serving(RECORDED_WORLD, "2026-02-05", first="2026-02-03") as base:
        travels = {"PYTHONPATH": str(TRAVELLING), "TRAVEL_TO": "2026-02-05T06:00:00+00:00"}
        person = Person(tmp_path, {**environment(base), **travels})
        assert json.loads(person.succeed("ingest", "--json"))["announced_on"] == "2026-02-05"
    with open_database(f"sqlite:///{tmp_path / 'var' / 'digest.db'}").read() as connection:
        asked_at = set(connection.scalars(select(inquiries.c.asked_at)))
    assert {moment.date() for moment in asked_at} == {date(2026, 2, 5)}
