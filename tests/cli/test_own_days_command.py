"""How good the ranking was on one's own days, asked for on the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from factories import NOON, WEDNESDAY
from factory_editions import make_edition, make_entry
from talked_about import pick, save_papers

from digest.store.database import open_database
from digest.store.editions import EditionStore

if TYPE_CHECKING:
    from person import Person

DAY = timedelta(days=1)
# Long ago, seen from any clock that runs these tests.
LONG_AGO = timedelta(days=400)
ON = WEDNESDAY - LONG_AGO
IDS = tuple(f"2611.{90_001 + number}" for number in range(20))


@pytest.fixture
def measured(person: Person) -> Person:
    """Somebody whose one edition of long ago can be measured."""
    (person.home / "var").mkdir()
    database = open_database(f"sqlite:///{person.home / 'var' / 'digest.db'}")
    save_papers(database, ON, *IDS)
    entries = (make_entry(rank + 1, score=90 - rank) for rank in range(20))
    EditionStore(database).save(make_edition(*entries, on=ON), now=NOON - LONG_AGO)
    for paper_id, after in (("2611.80000", -20 * DAY), (IDS[0], DAY), ("2611.80001", 30 * DAY)):
        pick(database, paper_id, NOON - LONG_AGO + after, 5)
    database.close()
    return person


def test_own_days_are_measured_and_told(measured: Person) -> None:
    said = measured.succeed("evaluate", "trend")
    assert "1 day, 20 papers, 1 picked up on 1 day" in said
    assert "score         1.000" in said
    assert f"{ON}      20       1         1" in said
    assert "Ranked by code 1, novelty 1" in said


def test_own_days_as_json(measured: Person) -> None:
    told = json.loads(measured.succeed("evaluate", "trend", "--json"))
    assert told["whole"]["methods"]["score"]["ndcg_at_20"]["mean"] == 1
    assert [day["announced_on"] for day in told["days"]] == [str(ON)]
    outside = json.loads(measured.succeed("evaluate", "trend", "--json", "--from", str(ON + DAY)))
    assert outside["days"] == []


def test_a_new_store_has_nothing_measured_yet(person: Person) -> None:
    assert "Nothing is measured of these days" in person.succeed("evaluate", "trend")
    options = ("--train", "--from", "2026-01-01", "--until", "2026-02-01")
    assert "nobody has been seen to pick up a paper yet" in person.fail("evaluate", "trend", *options)


def test_what_belongs_together_must_be_given_together(person: Person) -> None:
    assert "go together" in person.fail("evaluate", "trend", "--papers", "papers.jsonl", status=2)
    assert "--every needs --train" in person.fail("evaluate", "trend", "--every", "3", status=2)
    assert "which days to measure" in person.fail("evaluate", "trend", "--train", status=2)


def test_days_whose_end_is_not_known_yet_are_not_measured(measured: Person) -> None:
    said = measured.fail("evaluate", "trend", "--train", "--from", "2999-01-01", "--until", "9999-12-31")
    assert "what becomes of papers is known until" in said


def test_training_on_own_days_needs_enough_of_them(measured: Person) -> None:
    options = ("--train", "--from", str(ON), "--until", str(ON + DAY))
    assert "it takes 100 over" in measured.fail("evaluate", "trend", *options)
