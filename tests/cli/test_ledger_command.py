"""The ledger at the command line, over recorded days."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from conftest import RECORDED_WORLD
from outside_world import serving, settings_at
from replaying import SILENT, TRAVELLING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from person import Person

CATEGORIES = ("cs.CL", "cs.GT")


class Travelling:
    """Someone who runs commands on recorded days."""

    def __init__(self, person: Person, address: str) -> None:
        self.person, self.address = person, address
        person.environment = {
            **settings_at(address),
            **{f"DIGEST_{name}__ENABLED": "false" for name in SILENT},
            "DIGEST_ARXIV__CATEGORIES": ",".join(CATEGORIES),
            "DIGEST_ARXIV__RETRIES": "0",
            "DIGEST_ARXIV__ASK_AGAIN_MINUTES": "0.02",
            "DIGEST_MAIL__OPERATOR": "Ops <ops@example.org>",
            "PYTHONPATH": str(TRAVELLING),
        }

    def be_at(self, day: str, *, hour: int = 6, faults: list[dict[str, Any]] | None = None) -> None:
        self.person.environment["TRAVEL_TO"] = f"{day}T{hour:02}:00:00+00:00"
        for what, value in (("today", {"today": day}), ("faults", faults or [])):
            httpx.post(f"{self.address}/control/{what}", json=value, trust_env=False).raise_for_status()

    def ledger(self, day: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.person.succeed("ledger", "--on", day, "--json"))["days"][0]
        return found


@pytest.fixture
def traveller(person: Person) -> Iterator[Travelling]:
    with serving(RECORDED_WORLD, "2026-02-04", first="2026-01-28") as address:
        yield Travelling(person, address)


def test_an_empty_ledger_is_explained(person: Person) -> None:
    assert "Run: digest daily" in person.fail("ledger")


def test_a_date_that_is_none_is_wrong_usage(person: Person) -> None:
    assert "is not a date like" in person.fail("ledger", "--on", "yesterday", status=2)


@pytest.mark.recorded
@pytest.mark.enable_socket
def test_it_tells_what_was_announced_what_is_here_and_how_it_came(traveller: Travelling) -> None:
    traveller.be_at("2026-02-04", faults=[{"match": "^/arxiv/(rss|atom)/cs.CL", "kind": "partial"}])
    traveller.person.succeed("daily")
    day = traveller.ledger("2026-02-04")
    assert (day["state"], day["kind"]) == ("complete", "announcement")
    (batch, _) = day["batches"]
    stated, seen = batch["stated"], batch["seen"]
    assert (stated["new"], stated["cross"]) == (seen["new"], seen["cross"])
    assert stated["replace"] == seen["replace"] + seen["replace-cross"]
    assert {one["source"] for one in batch["sources"]} >= {"feed", "query"}
    assert sum(one["announcements"] for one in batch["sources"]) == sum(stated.values())
    assert batch["sources"][0]["first_read_at"].startswith("2026-02-04T06:00")
    assert Counter(one["announce_type"] for one in batch["papers"]) == Counter(seen)
    told = Counter(one["source"] for one in batch["papers"])
    assert told == {one["source"]: one["announcements"] for one in batch["sources"]}
    assert all(one["read_at"].startswith("2026-02-04T06:0") for one in batch["papers"])
    assert (batch["tries"], batch["ask_again_at"], batch["problem"]) == (1, None, "")
    assert "it goes from 2026-02-04 to 2026-02-04" in traveller.person.fail("ledger", "--on", "2025-11-05")
    text = traveller.person.succeed("ledger", "--on", "2026-02-04")
    assert f"{sum(stated.values())} of {sum(stated.values())}: new {stated['new']}" in text
    assert "from the feed (04 Feb 06:00 UTC)" in text


@pytest.mark.recorded
@pytest.mark.enable_socket
def test_a_missed_day_comes_from_the_archive_as_it_was_announced(traveller: Travelling) -> None:
    traveller.be_at("2026-02-04")
    traveller.person.succeed("daily")
    traveller.be_at("2026-02-05")
    traveller.person.succeed("ingest")
    at_the_time = traveller.ledger("2026-02-05")
    (traveller.person.home / "var" / "digest.db").rename(traveller.person.home / "read.db")
    for day in ("2026-02-04", "2026-02-09"):
        traveller.be_at(day)
        report = json.loads(traveller.person.succeed("daily", "--json"))
    assert report["caught_up"] == ["2026-02-05", "2026-02-06"]
    assert [one["announced_on"] for one in report["editions"]] == ["2026-02-05", "2026-02-06", "2026-02-09"]
    brought_back = traveller.ledger("2026-02-05")
    assert [one["seen"] for one in brought_back["batches"]] == [one["seen"] for one in at_the_time["batches"]]
    assert {one["state"] for one in brought_back["batches"]} == {"incomplete"}
    assert {one["source"] for batch in brought_back["batches"] for one in batch["sources"]} == {"archive"}
    assert brought_back["archive"]["problem"] == ""
    assert "arXiv's archive of records: asked once" in traveller.person.succeed("ledger", "--on", "2026-02-05")
    week = traveller.person.succeed("ledger")
    assert "Saturday, 2026-02-07: weekend" in week
    assert "Monday, 2026-02-09: complete" in week


@pytest.mark.recorded
@pytest.mark.enable_socket
def test_a_day_that_is_overdue_ends_with_a_failure_and_a_mail_to_the_operator(traveller: Travelling) -> None:
    traveller.be_at("2026-02-04", faults=[{"match": "^/arxiv/(rss|atom|list)/cs.GT", "kind": "html_instead"}])
    waiting = traveller.person.run("daily")
    assert waiting.returncode == 1
    assert "waits: arXiv's count could not be read for cs.GT" in waiting.stderr
    assert not list((traveller.person.home / "var").glob("outbox/*.eml"))
    traveller.be_at("2026-02-04", hour=14, faults=[{"match": "^/arxiv/(rss|atom|list)/cs.GT", "kind": "html_instead"}])
    overdue = traveller.person.run("daily")
    assert overdue.returncode == 1
    assert "The edition of 2026-02-04 is out short" in overdue.stderr
    (mail,) = (traveller.person.home / "var").glob("outbox/*.eml")
    assert "To: ops@example.org" in mail.read_text()
    assert traveller.ledger("2026-02-04")["batches"][1]["state"] == "broken"


@pytest.mark.recorded
@pytest.mark.enable_socket
def test_waiting_goes_on_until_the_day_is_whole(traveller: Travelling) -> None:
    refusal = {"match": "^/arxiv/(rss|atom|list)/cs.GT", "kind": "status", "times": 6, "args": {"code": 503}}
    traveller.be_at("2026-02-04", faults=[refusal])
    report = json.loads(traveller.person.succeed("daily", "--wait", "--json"))
    assert (report["waiting"], report["failures"]) == (None, [])
    day = traveller.ledger("2026-02-04")
    assert day["state"] == "complete"
    assert [batch["tries"] for batch in day["batches"]] == [1, 3]


@pytest.mark.recorded
@pytest.mark.enable_socket
def test_a_rehearsal_tells_nobody(traveller: Travelling) -> None:
    traveller.be_at("2026-02-04", hour=14, faults=[{"match": "^/arxiv/(rss|atom|list)/cs.GT", "kind": "html_instead"}])
    assert traveller.person.run("daily", "--dry-run").returncode == 1
    assert not list((traveller.person.home / "var").glob("outbox/*.eml"))
