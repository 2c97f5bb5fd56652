"""A recorded day, fetched over HTTP with one command."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from conftest import RECORDED_WORLD
from outside_world import serving, settings_at
from replaying import TRAVELLING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from person import Person

pytestmark = [pytest.mark.recorded, pytest.mark.enable_socket]

CATEGORIES = ("cs.CL", "cs.CV", "cs.LG")


@pytest.fixture
def address(person: Person) -> Iterator[str]:
    with serving(RECORDED_WORLD, "2026-02-05", first="2026-02-03") as found:
        person.environment = {
            **settings_at(found, seconds_between_requests="0.2"),
            "DIGEST_ARXIV__CATEGORIES": ",".join(CATEGORIES),
            "PYTHONPATH": str(TRAVELLING),
        }
        be_at(person, "2026-02-05")
        yield found


def be_at(person: Person, day: str) -> None:
    """On that day, an hour after midnight in New York."""
    person.environment["TRAVEL_TO"] = f"{day}T06:00:00+00:00"


def control(address: str, what: str, value: object) -> None:
    httpx.post(f"{address}/control/{what}", json=value, trust_env=False).raise_for_status()


def asked(address: str) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = httpx.get(f"{address}/control/log", trust_env=False).json()
    return [line for line in log if line["path"].startswith("/arxiv/")]


def test_two_days_become_two_mails_without_a_paper_lost(person: Person, address: str) -> None:
    for day in ("2026-02-04", "2026-02-05"):
        control(address, "today", {"today": day})
        be_at(person, day)
        report = json.loads(person.succeed("daily", "--json"))
        assert report["ingested"]["announced_on"] == day
        for batch in report["ingested"]["batches"]:
            assert (batch["state"], batch["seen"], batch["missing"]) == ("complete", batch["expected"], [])
        assert report["published"]["announced"] > 100
        mail = json.loads(person.succeed("preview", "--json"))
        assert (mail["announced_on"], mail["manifest"]) == (day, report["published"]["manifest"])
    assert any(entry["novelty"] is not None for entry in mail["entries"])


def test_it_asks_as_arxiv_wishes(person: Person, address: str) -> None:
    person.succeed("ingest")
    first = asked(address)
    started = [line["time"] for line in first]
    assert min(after - before for before, after in itertools.pairwise(started)) > 0.19
    for line in first:
        assert "ops@example.org" in line["headers"]["user-agent"]
        assert line["headers"]["accept"]
    person.succeed("ingest")
    again = asked(address)[len(first) :]
    feeds = [line for line in again if "/rss/" in line["path"]]
    assert [line["status"] for line in feeds] == [304] * len(CATEGORIES)
    assert not [line for line in again if "/api/" in line["path"]]


def test_a_stale_feed_is_filled_from_the_listing_and_the_query_api(person: Person, address: str) -> None:
    control(address, "faults", [{"match": "^/arxiv/(rss|atom)/cs.CL", "kind": "stale"}])
    done = person.run("ingest", "--json")
    report = json.loads(done.stdout)
    assert report["announced_on"] == "2026-02-05"
    assert {batch["state"] for batch in report["batches"]} == {"complete"}
    assert "different batches" in report["remarks"][0]["what"]


def test_refusals_and_broken_answers_cost_time_and_no_paper(person: Person, address: str) -> None:
    control(
        address,
        "faults",
        [
            {"match": "^/arxiv/api/", "kind": "status", "times": 1, "args": {"code": 429, "retry_after": 1}},
            {"match": "^/arxiv/rss/cs.CV", "kind": "html_instead"},
            {"match": "^/arxiv/(rss|atom)/cs.LG", "kind": "truncate", "args": {"content_length": "correct"}},
            {"match": "^/arxiv/list/cs.CL", "kind": "reset", "times": 1},
        ],
    )
    report = json.loads(person.succeed("ingest", "--json"))
    assert {batch["state"] for batch in report["batches"]} == {"complete"}


def test_an_arxiv_that_refuses_altogether_is_told_in_one_line(person: Person, address: str) -> None:
    control(address, "faults", [{"match": "^/arxiv/", "kind": "status", "args": {"code": 403}}])
    assert "403" in person.fail("daily")
