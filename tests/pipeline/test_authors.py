from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from factories import NOON, WEDNESDAY, announce, make_paper, save_batch
from factory_editions import make_edition, make_entry

from digest.errors import InputError, NothingToShowError
from digest.model.attention import AuthorRecord, Harvest
from digest.model.author import DecisionKind, Mean, Standing
from digest.model.paper import Author
from digest.pipeline.authors import Authors
from digest.store.announcements import AnnouncementStore
from digest.store.attention import AttentionStore
from digest.store.editions import EditionStore
from digest.store.people import PeopleStore
from digest.store.people_decisions import DecisionStore

if TYPE_CHECKING:
    from digest.store.database import Database

TEAM = ("Cleo Garrard", "Dan Hurst")
PAPERS = {
    "2611.90001": ("Wei Wang", *TEAM),
    "2611.90002": (*TEAM, "Wei Wang"),
    "2611.90003": ("Wei Wang", "Bo Fell"),
    "2611.90004": ("Ada Northmere", "A. Northmere"),
    "2611.90005": ("Gwen Ives",),
}


@pytest.fixture
def authors(database: Database) -> Authors:
    papers = [
        make_paper(paper, authors=tuple(Author(name) for name in names), categories=("cs.CL",))
        for paper, names in PAPERS.items()
    ]
    save_batch(AnnouncementStore(database), papers, [announce(paper) for paper in papers])
    return Authors(PeopleStore(database), DecisionStore(database), AttentionStore(database), lambda: NOON)


def found_papers(authors: Authors, name: str) -> list[list[str]]:
    found = authors.find(name).profiles
    return [[one.mark.paper_id[-1] for one in profile.person.authorships] for profile in found]


def tell(database: Database, *records: AuthorRecord) -> None:
    asked = tuple({record.paper_id for record in records})
    AttentionStore(database).save(Harvest(asked, authors=records), source="semantic_scholar", now=NOON)


def record(paper_id: str, position: int, name: str, key: str, h_index: int) -> AuthorRecord:
    return AuthorRecord(paper_id, position, "semantic_scholar", key, name, NOON, h_index=h_index, citations=9)


def test_a_name_brings_everybody_who_may_bear_it(authors: Authors) -> None:
    assert found_papers(authors, "Wei Wang") == [["1", "2"], ["3"]]
    assert found_papers(authors, "W. Wang") == [["1", "2"], ["3"]]
    assert found_papers(authors, "Gwen Ives") == [["5"]]


def test_figures_come_from_the_record_of_that_very_author(authors: Authors, database: Database) -> None:
    tell(
        database,
        record("2611.90001", 2, "Cleo Garrard", "c", 50),
        record("2611.90001", 1, "Wei Wang", "w", 7),
        record("2611.90002", 3, "W. Wang", "w", 7),
        record("2611.90003", 1, "Wei Wang", "x", 70),
    )
    together, alone = authors.find("Wei Wang").profiles
    assert [one.h_index for one in together.figures] == [7]
    assert alone.person.standing is Standing.UNCLEAR
    assert alone.figures == ()


def test_scores_and_novelty_come_from_the_editions(authors: Authors, database: Database) -> None:
    entries = (make_entry(1, score=80.0), make_entry(2, score=60.0), make_entry(3, score=1.0))
    EditionStore(database).save(make_edition(*entries), now=NOON)
    together, _ = authors.find("Wei Wang").profiles
    assert together.score == Mean(70.0, 2)
    assert together.novelty == Mean(0.9, 2)


def test_what_a_paper_got_for_rising_later_is_no_score_of_its_authors(authors: Authors, database: Database) -> None:
    own = make_edition(make_entry(1, score=80.0), on=WEDNESDAY)
    later = make_edition(make_entry(3, score=1.0), make_entry(1, score=99.0, first_on=WEDNESDAY))
    for edition in (own, later):
        EditionStore(database).save(edition, now=NOON)
    together, _ = authors.find("Wei Wang").profiles
    assert together.score == Mean(80.0, 1)


def test_a_split_and_a_merge_hold_until_they_are_undone(authors: Authors) -> None:
    split = authors.split("Wei Wang", ["2611.90002"], note="she told us")
    assert found_papers(authors, "Wei Wang") == [["1"], ["2"], ["3"]]
    merge = authors.merge("W. Wang", ["2611.90002", "2611.90003"])
    assert found_papers(authors, "Wei Wang") == [["2", "3"], ["1"]]
    assert [(one.kind, one.note) for one in authors.find("Wei Wang").decisions] == [
        (DecisionKind.SPLIT, "she told us"),
        (DecisionKind.MERGE, ""),
    ]
    authors.undo("Wei Wang", merge.number)
    authors.undo("Wei Wang", split.number)
    assert found_papers(authors, "Wei Wang") == [["1", "2"], ["3"]]


def test_a_merge_takes_all_papers_of_both_persons(authors: Authors) -> None:
    authors.merge("Wei Wang", ["2611.90001", "2611.90003"])
    assert found_papers(authors, "Wei Wang") == [["1", "2", "3"]]


def test_two_authors_of_one_paper_are_asked_apart_and_never_merged(authors: Authors) -> None:
    with pytest.raises(InputError, match=r"2611\.90004#1 or 2611\.90004#2"):
        authors.split("A. Northmere", ["2611.90004"])
    with pytest.raises(InputError, match=r"both are authors of 2611\.90004"):
        authors.merge("A. Northmere", ["2611.90004#1", "2611.90004#2"])


@pytest.mark.parametrize(
    ("papers", "said"),
    [(["2611.90009"], "No paper 2611.90009"), (["2611.90001", "2611.90002"], "these are all papers of that person")],
)
def test_a_split_that_means_nothing_is_explained(authors: Authors, papers: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        authors.split("Wei Wang", papers)


def test_a_merge_of_one_person_and_an_unknown_decision_are_explained(authors: Authors) -> None:
    with pytest.raises(InputError, match="one person's already"):
        authors.merge("Wei Wang", ["2611.90001", "2611.90002"])
    with pytest.raises(InputError, match="There is none to undo"):
        authors.undo("Wei Wang", 7)
    split = authors.split("Wei Wang", ["2611.90001"])
    with pytest.raises(InputError, match=f"Those that count: {split.number}"):
        authors.undo("Wei Wang", split.number + 1)
    with pytest.raises(InputError, match="There is none to undo"):
        authors.undo("Gwen Ives", split.number)


def test_an_unknown_name_is_answered_with_names_that_are_near(authors: Authors) -> None:
    with pytest.raises(
        NothingToShowError, match=r"no paper by Ada Northmare\. Did you mean Ada Northmere, A\. Northmere\?"
    ):
        authors.find("Ada Northmare")
    with pytest.raises(NothingToShowError, match=r"Did you mean Cleo Garrard\?"):
        authors.find("Garrard")
    with pytest.raises(NothingToShowError, match="what digest ingest brought"):
        authors.find("Zoltan Quist")


@pytest.mark.parametrize(("name", "said"), [("ATLAS Collaboration", "no person"), ("  ", "no name"), ("12", "no")])
def test_what_names_no_person_is_refused(authors: Authors, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        authors.find(name)
