from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from author_cases import NOON, decide, persons, record, wrote

from digest.authors.profile import make_profiles
from digest.authors.records import match_records
from digest.model.author import DecisionKind, Mean, Place, Profile, Rating

if TYPE_CHECKING:
    from digest.model.author import Authorship, Decision


def profiles(
    *authorships: Authorship, ratings: tuple[Rating, ...] = (), decisions: tuple[Decision, ...] = ()
) -> tuple[Profile, ...]:
    return make_profiles(persons(authorships, *decisions), ratings)


def test_a_profile_counts_fields_and_co_authors() -> None:
    one, two, three = (
        wrote("1", "Ada Northmere", "Bo Fell", "Cleo Garrard", categories=("cs.CV", "cs.CL")),
        wrote("2", "Ada Northmere", "Bo Fell", categories=("cs.CV",)),
        wrote("3", "Ada Northmere", "Bo  Fell", categories=("math.AG",)),
    )
    (profile,) = profiles(one, two, three)
    assert (profile.name, profile.main_category, round(profile.main_share, 2)) == ("Ada Northmere", "cs.CV", 0.67)
    assert profile.coauthors == (("Bo Fell", 3), ("Cleo Garrard", 1))


def test_the_fullest_form_of_a_name_stands_first() -> None:
    team = ("Cleo Garrard", "Bo Fell")
    (profile,) = profiles(wrote("1", "A. Northmere", *team), wrote("2", "Ada Northmere", *team))
    assert (profile.name, profile.other_names) == ("Ada Northmere", ("A. Northmere",))


def test_means_rest_on_the_entries_that_told_a_value() -> None:
    ratings = (Rating("1", 60.0, 0.5), Rating("1", 70.0, None), Rating("2", 50.0, 0.7), Rating("9", 1.0, 0.1))
    (profile,) = profiles(wrote("1", "Ada Northmere"), wrote("2", "Ada Northmere"), ratings=ratings)
    assert profile.score == Mean(60.0, 3)
    assert profile.novelty == Mean(0.6, 2)
    (bare,) = profiles(wrote("1", "Ada Northmere"))
    assert (bare.score, bare.novelty) == (None, None)


def test_figures_are_the_newest_of_each_source_with_their_date() -> None:
    old = record("1", citations=10, h_index=3, observed_at=NOON - timedelta(days=9))
    new = record("2", citations=12, h_index=4)
    (profile,) = profiles(wrote("1", records=(old,)), wrote("2", records=(new,)))
    (figures,) = profile.figures
    assert (figures.source, figures.key, figures.h_index, figures.citations) == ("semantic_scholar", "11", 4, 12)
    assert figures.observed_at == NOON


def test_papers_that_cannot_be_told_from_a_namesakes_show_no_figures() -> None:
    found = profiles(
        wrote("1", "Wei Wang", "Bo Fell", records=(record("1", h_index=40),)), wrote("2", "Wei Wang", "Dan Hurst")
    )
    assert [one.figures for one in found] == [(), ()]
    assert any("can't be told" in why for one in found for why in one.withheld)


def test_a_profile_that_mixes_two_persons_lends_its_figures_to_neither() -> None:
    found = profiles(
        wrote("1", records=(record("1", orcid="0000-1", h_index=40),)),
        wrote("2", records=(record("2", orcid="0000-2", h_index=40),)),
    )
    assert [one.figures for one in found] == [(), ()]
    assert all("holds papers of a namesake too" in one.withheld[0] for one in found)


def test_several_profiles_of_one_source_none_of_which_has_most_show_nothing() -> None:
    one, two = (wrote(paper, "Ada Northmere", records=(record(paper, paper, h_index=9),)) for paper in "12")
    (profile,) = profiles(one, two)
    assert profile.figures == ()
    assert "several profiles" in profile.withheld[0]


def test_sources_that_disagree_on_who_it_is_show_nothing_unless_one_orcid_settles_it() -> None:
    def both(paper: str, orcid: str = "") -> Authorship:
        mixing = record(paper, orcid=orcid, h_index=40)
        return wrote(paper, records=(mixing, record(paper, f"A{paper}", "openalex", h_index=3)))

    (profile,) = profiles(both("1"), both("2"))
    assert profile.figures == ()
    assert "another for several's" in profile.withheld[0]
    (settled,) = profiles(both("1", "0000-1"), both("2", "0000-1"))
    assert [one.source for one in settled.figures] == ["semantic_scholar"]


def test_a_quarrel_of_sources_over_the_orcid_withholds_all_figures() -> None:
    quarrel = (record("1", orcid="0000-1", h_index=4), record("1", "A5", "openalex", orcid="0000-2", h_index=7))
    (profile,) = profiles(wrote("1", "Ada Northmere", records=quarrel))
    assert profile.figures == ()
    assert "different ORCIDs" in profile.withheld[0]


def test_after_a_split_the_profile_that_held_both_lends_no_figures() -> None:
    mine, theirs = (wrote(paper, records=(record(paper, h_index=40),)) for paper in "12")
    found = profiles(mine, theirs, decisions=(decide(DecisionKind.SPLIT, [theirs], [mine]),))
    assert [one.figures for one in found] == [(), ()]


def test_the_place_is_that_of_the_newest_paper_which_tells_one() -> None:
    old = wrote("1", "Ada Northmere", affiliations=("Fell College",), announced_on=date(2026, 1, 2))
    told = record("2", organisations=("Hurst Institute",), source="openalex")
    new = wrote("2", "Ada Northmere", announced_on=date(2026, 3, 4), records=(told,))
    (profile,) = profiles(old, new)
    assert profile.place == Place("Hurst Institute", "OpenAlex", NOON.date())
    (earlier,) = profiles(old)
    assert earlier.place == Place("Fell College", "printed on 1", date(2026, 1, 2))


def test_a_record_belongs_to_the_author_in_its_place_whose_name_fits() -> None:
    authorship = wrote("1", "Jane Smith", "Bo Fell", position=2)
    mine = record("1", "s", position=2, name="J. Smith")
    assert match_records(authorship, [record("1", "f", position=1, name="Bo Fell"), mine]) == (mine,)
    assert match_records(authorship, [record("1", "f", position=2, name="Bo Fell")]) == ()


def test_a_record_in_another_place_counts_only_when_it_can_be_nobody_else() -> None:
    shifted = record("1", "s", position=5, name="Jane Smith")
    assert match_records(wrote("1", "Jane Smith", "Bo Fell", position=2), [shifted]) == (shifted,)
    unsure = record("1", "s", position=5, name="J. Smith")
    assert match_records(wrote("1", "Jane Smith", "John Smith", position=2), [unsure]) == ()
