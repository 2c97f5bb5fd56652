"""Looking up authors, and deciding who is who, as a person does it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from factories import NOON, announce, make_paper, save_batch

from digest.model.attention import AuthorRecord, Harvest
from digest.model.paper import Author
from digest.store.announcements import AnnouncementStore
from digest.store.attention import AttentionStore
from digest.store.database import open_database

if TYPE_CHECKING:
    from person import Person

PAPERS = {
    "2611.90001": ("Wei Wang", "Cleo Garrard"),
    "2611.90002": ("Cleo Garrard", "Wei Wang"),
    "2611.90003": ("Wei Wang", "Bo Fell"),
}


@pytest.fixture
def reader(person: Person) -> Person:
    """Someone whose store has three papers under one name."""
    database = open_database(f"sqlite:///{person.home / 'var' / 'digest.db'}")
    papers = [make_paper(paper, authors=tuple(map(Author, names))) for paper, names in PAPERS.items()]
    save_batch(AnnouncementStore(database), papers, [announce(paper) for paper in papers])
    told = AuthorRecord("2611.90001", 1, "semantic_scholar", "77", "Wei Wang", NOON, citations=1234, h_index=9)
    AttentionStore(database).save(Harvest(("2611.90001",), authors=(told,)), source="semantic_scholar", now=NOON)
    database.close()
    return person


def test_the_help_has_an_example(person: Person) -> None:
    assert "Example: digest author" in person.succeed("author", "--help")


def test_a_profile_says_what_is_known_and_why(reader: Person) -> None:
    said = " ".join(reader.succeed("author", "W. Wang").split())
    assert said.startswith("As far as can be told, 1 person may be W. Wang.")
    assert "1. Wei Wang Papers 2 in this store; mostly cs.CL (100%)" in said
    assert "h-index 9, citations 1,234 (Semantic Scholar 77, 2026-11-19)" in said
    assert "Co-authors Cleo Garrard (2)" in said
    assert "One person 1 shared co-author; other papers under that name may be theirs too" in said
    assert "1 paper that can't be told from a namesake's: 2611.90003" in said


def test_the_same_is_there_for_a_program(reader: Person) -> None:
    report = json.loads(reader.succeed("author", "Wei Wang", "--json"))
    assert [one["person"]["standing"] for one in report["profiles"]] == ["apart", "unclear"]
    (figures,) = report["profiles"][0]["figures"]
    assert (figures["h_index"], figures["observed_at"]) == (9, "2026-11-19T12:00:00+00:00")
    assert report["profiles"][1]["figures"] == []


def test_an_operator_splits_merges_and_takes_it_back(reader: Person) -> None:
    split = reader.succeed("author", "Wei Wang", "--split", "2611.90002", "--note", "she told us")
    assert "Decision 1 of " in split
    assert "2611.90002 are another person's (she told us)" in split
    merged = reader.succeed("author", "Wei Wang", "--merge", "2611.90002,https://arxiv.org/abs/2611.90003v1")
    assert "the operator said so" in merged
    undone = reader.succeed("author", "Wei Wang", "--undo", "1")
    assert "; undone " in undone
    assert "There is none to undo" not in reader.fail("author", "Wei Wang", "--undo", "1")


def test_an_unknown_author_is_one_line_with_near_names(reader: Person) -> None:
    assert "Did you mean Cleo Garrard?" in reader.fail("author", "Cleo Garrat")
    assert "no person" in reader.fail("author", "ATLAS Collaboration")


def test_decisions_that_mean_nothing_and_wrong_usage_are_told(reader: Person) -> None:
    assert "all papers of that person already" in reader.fail("author", "Bo Fell", "--split", "2611.90003")
    assert "There is none to undo" in reader.fail("author", "Bo Fell", "--undo", "1")
    reader.fail("author", "Wei Wang", "--split", "2611.90001", "--undo", "1", status=2)
    reader.fail("author", "Wei Wang", "--split", "nonsense", status=2)
    assert "no paper is named" in reader.fail("author", "Wei Wang", "--split", ",", status=2)
    reader.fail("author", "Wei Wang", "--note", "alone", status=2)
