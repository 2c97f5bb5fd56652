"""Attention for a recorded day, asked of all five services with one command, while much goes wrong."""

from __future__ import annotations

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

SOURCES = ("huggingface", "hackernews", "github", "semantic_scholar", "openalex")


@pytest.fixture
def address(person: Person) -> Iterator[str]:
    with serving(RECORDED_WORLD, "2026-02-05", first="2026-02-04") as found:
        person.environment = settings_at(found) | {
            "PYTHONPATH": str(TRAVELLING),
            "TRAVEL_TO": "2026-02-05T06:00:00+00:00",
            "DIGEST_ARXIV__CATEGORIES": "cs.CL",
            "DIGEST_HACKERNEWS__REQUESTS": "1000",
        }
        yield found


def break_down(address: str, *faults: dict[str, Any]) -> None:
    httpx.post(f"{address}/control/faults", json=faults, trust_env=False).raise_for_status()


def observe(person: Person) -> dict[str, dict[str, Any]]:
    report = json.loads(person.succeed("observe", "--json"))
    return {one["source"]: one for one in report["sources"]}


def test_the_day_is_published_with_the_sources_that_answer_and_the_rest_comes_later(
    person: Person, address: str
) -> None:
    break_down(
        address,
        {"match": "^/hf/", "kind": "html_instead"},
        {"match": "^/s2/", "kind": "status", "args": {"code": 429, "retry_after": 1}},
        {"match": "^/openalex/", "kind": "truncate"},
        {"match": "^/hn/", "kind": "reset"},
    )
    report = json.loads(person.succeed("daily", "--json"))
    told = {one["source"]: one for one in report["observed"]["sources"]}
    assert report["published"]["announced"] > 40
    assert set(told) == set(SOURCES)
    assert told["github"]["asked"] == told["github"]["wanted"] > 0
    for name in ("huggingface", "hackernews", "semantic_scholar", "openalex"):
        assert (told[name]["asked"], bool(told[name]["problem"])) == (0, True), told[name]

    break_down(address)
    told = observe(person)
    assert (told["github"]["wanted"], told["github"]["problem"]) == (0, "")
    for name in ("huggingface", "hackernews", "semantic_scholar", "openalex"):
        assert told[name]["asked"] == told[name]["wanted"] == report["published"]["announced"], told[name]
        assert told[name]["problem"] == ""
        assert told[name]["observations"] > 0
    assert {name: one["wanted"] for name, one in observe(person).items()} == dict.fromkeys(SOURCES, 0)


def test_no_more_is_asked_than_the_settings_allow(person: Person, address: str) -> None:
    person.environment |= {"DIGEST_HACKERNEWS__REQUESTS": "7", "DIGEST_OPENALEX__ENABLED": "false"}
    person.succeed("ingest")
    told = observe(person)
    assert "openalex" not in told
    assert "7 requests" in told["hackernews"]["problem"]
    log = httpx.get(f"{address}/control/log", trust_env=False).json()
    assert sum(line["path"].startswith("/hn/") for line in log) == 7
    assert not [line for line in log if line["path"].startswith("/openalex/")]


def test_without_any_service_nothing_is_lost_and_it_is_said(person: Person, address: str) -> None:
    person.succeed("ingest")
    person.environment |= {f"DIGEST_{name.upper()}__URL": "http://127.0.0.1:9" for name in SOURCES}
    done = person.run("observe")
    assert done.returncode == 0
    assert done.stderr.count("could not be reached") == len(SOURCES)
    assert "huggingface: 0 of " in done.stdout
