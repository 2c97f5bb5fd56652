from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from author_cases import NOON, decide, papers_of, persons, record, wrote
from hypothesis import given
from hypothesis import strategies as st

from digest.model.author import Authorship, DecisionKind, Mark, Standing

if TYPE_CHECKING:
    from digest.model.attention import AuthorRecord

SPLIT, MERGE = DecisionKind.SPLIT, DecisionKind.MERGE


def test_papers_with_one_orcid_are_one_persons_whatever_else_differs() -> None:
    one = wrote("1", categories=("cs.CV",), records=(record("1", "a", orcid="0000-1"),))
    other = wrote("2", categories=("q-bio.NC",), records=(record("2", "b", orcid="0000-1"),))
    (found,) = persons([one, other])
    assert found.because == ("same ORCID 0000-1",)
    assert found.standing is Standing.SETTLED


def test_two_orcids_are_two_persons_even_with_the_same_co_authors_and_one_profile() -> None:
    team = ("Bo Fell", "Cleo Garrard")
    one = wrote("1", "Wei Wang", *team, records=(record("1", "a", orcid="0000-1"),))
    other = wrote("2", "Wei Wang", *team, records=(record("2", "a", orcid="0000-2"),))
    assert papers_of(persons([one, other])) == [["1"], ["2"]]
    assert {found.standing for found in persons([one, other])} == {Standing.SETTLED}


def test_a_profile_that_mixes_two_orcids_joins_nobody() -> None:
    one = wrote("1", records=(record("1", orcid="0000-1"),))
    other = wrote("2", records=(record("2", orcid="0000-2"),))
    third = wrote("3", records=(record("3"),))
    assert papers_of(persons([one, other, third])) == [["1"], ["2"], ["3"]]


def test_a_profile_that_holds_both_authors_of_one_paper_joins_nobody() -> None:
    twins = [wrote("1", records=(record("1"),)), wrote("1", position=2, records=(record("1", position=2),))]
    other = wrote("2", records=(record("2"),))
    assert papers_of(persons([*twins, other])) == [["1"], ["1"], ["2"]]


def test_a_profile_with_names_that_exclude_each_other_joins_nobody() -> None:
    jane = wrote("1", "Jane Smith", records=(record("1"),))
    john = wrote("2", "John Smith", records=(record("2"),))
    assert papers_of(persons([jane, john])) == [["1"], ["2"]]


def test_papers_of_one_trusted_profile_are_one_persons() -> None:
    found = persons([wrote(paper, records=(record(paper),)) for paper in "12"])
    assert [one.because for one in found] == [("one profile at Semantic Scholar (11)",)]


def test_a_shared_co_author_whom_few_papers_have_joins_namesakes() -> None:
    (found,) = persons([wrote("1", "Wei Wang", "Cleo Garrard"), wrote("2", "Wei Wang", "Cleo Garrard")])
    assert found.because == ("1 shared co-author",)


def test_a_shared_co_author_whose_own_name_is_common_does_not() -> None:
    assert len(persons([wrote("1", "Wei Wang", "Yan Li"), wrote("2", "Wei Wang", "Yan Li")])) == 2


def test_a_common_name_with_other_co_authors_in_other_fields_cannot_be_told_apart() -> None:
    found = persons(
        [wrote("1", "Wei Wang", "Bo Fell"), wrote("2", "Wei Wang", "Cleo Garrard", categories=("math.AG",))]
    )
    assert [one.standing for one in found] == [Standing.UNCLEAR] * 2


def test_a_person_whose_papers_belong_together_stands_apart_from_a_namesake_in_doubt() -> None:
    together = [wrote(paper, "Wei Wang", "Cleo Garrard") for paper in "12"]
    found = persons([*together, wrote("3", "Wei Wang", "Bo Fell")])
    assert [(len(one.authorships), one.standing) for one in found] == [(2, Standing.APART), (1, Standing.UNCLEAR)]


def test_a_rare_name_with_nothing_against_it_is_one_person() -> None:
    (found,) = persons([wrote("1", "Ada Northmere"), wrote("2", "Ada Northmere", categories=("math.AG",))])
    assert found.standing is Standing.SETTLED
    assert found.because[0].startswith("a rare name")


def test_an_initial_alone_joins_nobody_and_a_shared_co_author_does() -> None:
    in_one_small_field = [
        wrote(str(n), name, categories=("math.AG",)) for n, name in enumerate(("Ada Northmere", "A. Northmere"))
    ]
    assert len(persons(in_one_small_field)) == 2
    with_team = [wrote("1", "Ada Northmere", "Cleo Garrard"), wrote("2", "A. Northmere", "Cleo Garrard")]
    assert len(persons(with_team)) == 1


def test_one_initial_never_joins_two_names_that_exclude_each_other() -> None:
    team = ("Cleo Garrard", "Bo Fell")
    found = persons([wrote(str(n), name, *team) for n, name in enumerate(("Jane Smith", "J. Smith", "John Smith"))])
    assert not any({"Jane Smith", "John Smith"} <= {one.mark.name for one in person.authorships} for person in found)


def test_the_same_organisation_speaks_for_one_person() -> None:
    at_fell = {"affiliations": ("Fell College",), "categories": ("math.AG",)}
    found = persons([wrote("1", "Jane Smith", **at_fell), wrote("2", "Jane Smith", **at_fell)])
    assert "same organisation" in found[0].because
    assert len(found) == 1


def test_sources_that_name_two_orcids_for_one_author_prove_nothing() -> None:
    quarrel = (record("1", "a", orcid="0000-1"), record("1", "b", "openalex", orcid="0000-2"))
    found = persons([wrote("1", records=quarrel), wrote("2", records=(record("2", "c", orcid="0000-1"),))])
    assert len(found) == 2


def test_a_split_holds_against_one_orcid_and_later_papers_find_their_place() -> None:
    mine, theirs = (wrote(paper, records=(record(paper, orcid="0000-1"),)) for paper in "12")
    later = wrote("3", "Wei Wang", "Cleo Garrard")
    with_team = replace(theirs, coauthors=("Cleo Garrard",))
    split = decide(SPLIT, [with_team], [mine])
    assert papers_of(persons([mine, with_team, later], split)) == [["1"], ["2", "3"]]


def test_a_profile_that_the_operator_split_joins_nobody_until_a_merge_takes_it_back() -> None:
    mine, theirs, later = (wrote(paper, records=(record(paper),)) for paper in "123")
    split = decide(SPLIT, [theirs], [mine])
    assert papers_of(persons([mine, theirs, later], split)) == [["1"], ["2"], ["3"]]
    merge = decide(MERGE, [mine, theirs], at=NOON + timedelta(hours=1))
    assert papers_of(persons([mine, theirs, later], split, merge)) == [["1", "2", "3"]]


def test_a_merge_holds_against_two_orcids_and_says_so() -> None:
    one, other = (wrote(paper, records=(record(paper, orcid=f"0000-{paper}"),)) for paper in "12")
    (found,) = persons([one, other], decide(MERGE, [one, other]))
    assert found.because[0] == "the operator said so"


def test_the_newest_decision_goes_before_older_ones_and_an_undone_one_counts_for_nothing() -> None:
    one, other = wrote("1"), wrote("2")
    merge = decide(MERGE, [one, other])
    split = decide(SPLIT, [one], [other], at=NOON + timedelta(hours=1))
    assert len(persons([one, other], merge, split)) == 2
    assert len(persons([one, other], merge, replace(split, undone_at=NOON))) == 1
    assert len(persons([one, other], split, replace(merge, decided_at=NOON + timedelta(hours=2)))) == 1


def test_a_decision_finds_its_author_again_when_a_newer_version_moved_them() -> None:
    one, other = wrote("1", "Wei Wang", "Cleo Garrard"), wrote("2", "Wei Wang", "Cleo Garrard")
    split = decide(SPLIT, [one], [other])
    moved = replace(one, mark=Mark("1", 4, "Wei Wang"))
    assert papers_of(persons([moved, other], split)) == [["1"], ["2"]]


TEAMS = st.lists(st.sampled_from(["Bo Fell", "Cleo Garrard", "Yan Li", "Dan Hurst"]), unique=True, max_size=3)
NAMES = st.sampled_from(["Wei Wang", "W. Wang", "Wang Wei", "Ada Northmere", "Jane Smith", "John Smith", "J. Smith"])


@st.composite
def some_authorships(draw: st.DrawFn) -> list[Authorship]:
    marks = draw(st.sets(st.tuples(st.sampled_from("123456"), st.integers(1, 2)), min_size=1, max_size=9))
    return [_draw_one(draw, paper, position) for paper, position in sorted(marks)]


def _draw_one(draw: st.DrawFn, paper: str, position: int) -> Authorship:
    told: tuple[AuthorRecord, ...] = ()
    if draw(st.booleans()):
        orcid = draw(st.sampled_from(["", "0000-1", "0000-2"]))
        told = (record(paper, draw(st.sampled_from("ab")), position=position, orcid=orcid),)
    category = draw(st.sampled_from(["cs.CV", "math.AG", "q-bio.NC"]))
    return wrote(paper, draw(NAMES), *draw(TEAMS), position=position, categories=(category,), records=told)


@given(some_authorships(), st.randoms(use_true_random=False))
def test_the_order_makes_no_difference(authorships: list[Authorship], random: object) -> None:
    shuffled = list(authorships)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert persons(shuffled) == persons(authorships)


@given(some_authorships(), st.data())
def test_nobody_is_lost_and_no_two_authors_of_one_paper_are_one(
    authorships: list[Authorship], data: st.DataObject
) -> None:
    merged = data.draw(st.lists(st.sampled_from(authorships), unique=True))
    found = persons(authorships, decide(MERGE, merged))
    marks = [one.mark for person in found for one in person.authorships]
    assert sorted(marks, key=repr) == sorted((one.mark for one in authorships), key=repr)
    for person in found:
        papers = [one.mark.paper_id for one in person.authorships]
        assert len(papers) == len(set(papers))


@given(some_authorships())
def test_two_orcids_are_never_one_person(authorships: list[Authorship]) -> None:
    for person in persons(authorships):
        assert (
            len({told.orcid for one in person.authorships for told in one.records if told.orcid} - _mixed(authorships))
            < 2
        )


def _mixed(authorships: list[Authorship]) -> set[str]:
    """ORCIDs that stand twice on one paper: nobody can be two of its authors, so they prove nothing."""
    seen = [(one.mark.paper_id, told.orcid) for one in authorships for told in one.records if told.orcid]
    return {orcid for paper, orcid in seen if seen.count((paper, orcid)) > 1}


@given(some_authorships(), st.data())
@pytest.mark.parametrize("kind", list(DecisionKind))
def test_an_operators_decision_always_holds(
    kind: DecisionKind, authorships: list[Authorship], data: st.DataObject
) -> None:
    by_paper = {one.mark.paper_id: one for one in authorships}
    members = data.draw(st.lists(st.sampled_from(sorted(by_paper)), unique=True, min_size=1))
    others = [] if kind is MERGE else [one for paper, one in by_paper.items() if paper not in members]
    decision = decide(kind, [by_paper[paper] for paper in members], others)
    found = persons(authorships, decision)
    homes = {mark: place for place, person in enumerate(found) for mark in [one.mark for one in person.authorships]}
    assert len({homes[mark] for mark in decision.members}) == 1
    assert not {homes[mark] for mark in decision.members} & {homes[mark] for mark in decision.others}
