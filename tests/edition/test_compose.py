"""What one reader gets of an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from factories import THURSDAY, WEDNESDAY
from factory_editions import REST, TIDES, WINDS, make_edition, make_entry
from hypothesis import given
from hypothesis import strategies as st

from digest.edition import compose as composing
from digest.edition.join import join
from digest.edition.wanted import WantedIndex
from digest.model.announcement import AnnounceType, DayKind
from digest.model.subscriber import Preferences

if TYPE_CHECKING:
    from digest.model.edition import Edition, Selection
    from digest.model.topic import Topic

ALL = Preferences()


def compose(edition: Edition, preferences: Preferences, **more: Any) -> Selection:
    texts = {entry.card.paper_id: entry.card.title for entry in edition.entries}
    return composing.compose(edition, preferences, WantedIndex(edition.entries, texts), **more)


def test_the_best_paper_leads_and_topics_follow_by_their_best_score() -> None:
    edition = make_edition(
        make_entry(1, score=90),
        make_entry(2, score=70),
        make_entry(3, topic=WINDS, score=80),
        make_entry(4, topic=WINDS, score=60),
        make_entry(5, score=75),
    )
    selection = compose(edition, ALL, per_topic=6)
    assert selection.lead == edition.entries[0]
    assert [section.topic.slug for section in selection.sections] == ["winds", "tides"]
    assert [entry.score.total for entry in selection.sections[1].entries] == [75, 70]
    assert selection.sections[1].announced == 3


def test_the_highest_score_leads_whatever_its_rank_and_is_not_repeated() -> None:
    edition = make_edition(
        make_entry(1, score=60), make_entry(2, topic=WINDS, score=80), make_entry(3, score=90), make_entry(4, score=85)
    )
    selection = compose(edition, ALL, per_topic=6)
    assert selection.lead == edition.entries[2]
    assert sorted(entry.rank for entry in selection.entries) == [1, 2, 3, 4]


def test_of_equal_scores_the_better_rank_leads() -> None:
    edition = make_edition(make_entry(1, score=70), make_entry(2, score=80), make_entry(3, score=80))
    assert compose(edition, ALL, per_topic=6).entries[0].rank == 2


def test_the_lead_takes_its_place_in_its_topics_share() -> None:
    edition = make_edition(*(make_entry(rank, score=50 + rank) for rank in range(1, 6)), make_entry(6, topic=WINDS))
    selection = compose(edition, Preferences(papers=4), per_topic=2)
    assert [entry.rank for entry in selection.entries] == [6, 2, 1]
    alone = compose(edition, Preferences(topics=("tides",), papers=4), per_topic=2)
    assert [entry.rank for entry in alone.entries] == [2, 1]


def test_topics_with_a_single_paper_share_a_section_at_the_end() -> None:
    edition = make_edition(
        make_entry(1), make_entry(2), make_entry(3), make_entry(4, topic=WINDS), make_entry(5, topic=REST)
    )
    last = compose(edition, ALL, per_topic=6).sections[-1]
    assert last.topic.name == "Across the fields"
    assert [entry.topic for entry in last.entries] == ["winds", "more-papers"]
    assert last.announced == 2


def test_papers_of_small_topics_meet_in_their_area() -> None:
    edition = make_edition(
        make_entry(1),
        make_entry(2, topic=WINDS, area="the sea", score=60),
        make_entry(3, topic=REST, area="the sea", score=70),
        make_entry(4, topic=TIDES, area="the air"),
        make_entry(5, topic=REST, area="the sea", score=10),
    )
    first, last = compose(edition, Preferences(papers=4), per_topic=6).sections
    assert (first.topic.name, first.topic.slug) == ("More in the sea", "more-in-the-sea")
    assert [entry.rank for entry in first.entries] == [3, 2]
    assert first.announced == 3
    assert (last.topic.name, [entry.rank for entry in last.entries]) == ("Across the fields", [4])


def test_no_topic_takes_more_than_its_share() -> None:
    edition = make_edition(*(make_entry(rank) for rank in range(1, 9)), make_entry(9, topic=WINDS))
    selection = compose(edition, Preferences(papers=5), per_topic=3)
    assert [entry.topic for entry in selection.entries].count("tides") == 3
    assert len(selection.entries) == 4


def test_a_choice_of_categories_counts_cross_lists_too() -> None:
    edition = make_edition(
        make_entry(1), make_entry(2, cross_lists=("math.NT",)), make_entry(3, primary_category="math.NT")
    )
    selection = compose(edition, Preferences(categories=("math.NT",)), per_topic=6)
    assert [entry.rank for entry in selection.entries] == [2, 3]
    assert selection.chosen_by == "math.NT"


def test_many_categories_of_an_archive_are_told_by_their_number() -> None:
    codes = tuple(f"math.{letter}X" for letter in "ABCDEFGHI")
    selection = compose(make_edition(make_entry(1)), Preferences(categories=("cs.CL", *codes)), per_topic=6)
    assert selection.chosen_by == "cs.CL, math (9 categories)"
    selection = compose(make_edition(make_entry(1)), Preferences(categories=codes[1:]), per_topic=6)
    assert selection.chosen_by == ", ".join(codes[1:])


def test_without_cross_lists_a_paper_counts_for_its_primary_category_alone() -> None:
    edition = make_edition(make_entry(1, cross_lists=("math.NT",)), make_entry(2, primary_category="math.NT"))
    selection = compose(edition, Preferences(categories=("math.NT",), cross_lists=False), per_topic=6)
    assert [entry.rank for entry in selection.entries] == [2]


def test_a_choice_of_topics_is_obeyed_and_said() -> None:
    edition = make_edition(make_entry(1), make_entry(2, topic=WINDS))
    selection = compose(edition, Preferences(topics=("winds",)), per_topic=6)
    assert [entry.topic for entry in selection.entries] == ["winds"]
    assert selection.chosen_by == "cs.CL; topic Winds"
    both = compose(edition, Preferences(topics=("winds", "tides")), per_topic=6)
    assert both.chosen_by == "cs.CL; topics Winds, Tides and currents"


def test_a_topic_without_papers_that_day_is_said_by_its_name() -> None:
    selection = compose(make_edition(make_entry(1)), Preferences(topics=("ice",)), per_topic=6, names={"ice": "Ice"})
    assert (selection.entries, selection.chosen_by) == ((), "cs.CL; topic Ice")


def test_nothing_that_fits_is_an_empty_selection() -> None:
    selection = compose(make_edition(make_entry(1)), Preferences(categories=("math.NT",)), per_topic=6)
    assert (selection.lead, selection.sections) == (None, ())


@given(
    st.lists(st.tuples(st.sampled_from([TIDES, WINDS, REST]), st.floats(0, 100)), max_size=30),
    st.integers(1, 30),
    st.integers(1, 10),
)
def test_every_selection_holds_each_paper_once_and_keeps_its_limits(
    drawn: list[tuple[Topic, float]], papers: int, per_topic: int
) -> None:
    edition = make_edition(*(make_entry(rank, topic=one, score=score) for rank, (one, score) in enumerate(drawn, 1)))
    found = compose(edition, Preferences(papers=papers), per_topic=per_topic).entries
    assert len({entry.card.paper_id for entry in found}) == len(found) <= papers
    assert all([entry.topic for entry in found].count(topic.slug) <= per_topic for topic in (TIDES, WINDS, REST))
    assert not found or found[0].score.total == max(entry.score.total for entry in found)


def test_papers_by_followed_authors_and_with_keywords_have_sections_of_their_own_at_the_top() -> None:
    edition = make_edition(
        make_entry(1, score=90),
        make_entry(2, score=80),
        make_entry(3, score=20, authors=("Cleo West",)),
        make_entry(4, score=30, topic=WINDS, title="Harmattan"),
        make_entry(5, score=25, authors=("Cleo West",), title="More Harmattan"),
    )
    asked = Preferences(topics=("tides",), keywords=("harmattan",), followed_authors=("West, Cleo",), papers=4)
    selection = compose(edition, asked, per_topic=1)
    assert [(part.topic.name, [one.rank for one in part.entries]) for part in selection.sections] == [
        ("By authors you follow", [5, 3]),
        ("With your keywords", [4]),
    ]
    assert selection.lead == edition.entries[0]
    assert selection.chosen_by == "cs.CL; topic Tides and currents; keyword “harmattan”; author West, Cleo"


def test_what_the_reader_had_does_not_come_again() -> None:
    edition = make_edition(*(make_entry(rank) for rank in range(1, 5)))
    selection = compose(edition, ALL, per_topic=6, had={"2611.90001", "2611.90003"})
    assert [entry.rank for entry in selection.entries] == [2, 4]


def test_newer_versions_come_when_asked_for_though_the_paper_was_had() -> None:
    newer = make_entry(3, score=99, announce_type=AnnounceType.REPLACE, version=2)
    edition = make_edition(make_entry(1, score=60), make_entry(2, score=50), newer, announced=2, replaced=1)
    assert [entry.rank for entry in compose(edition, ALL, per_topic=6).entries] == [1, 2]
    asked = compose(edition, Preferences(replacements=True), per_topic=6, had={newer.card.paper_id})
    assert asked.lead == edition.entries[0]
    assert [(part.topic.name, part.announced, part.entries) for part in asked.sections][-1] == (
        "Newer versions",
        1,
        (newer,),
    )
    assert asked.chosen_by.endswith("newer versions too")


def test_the_same_selection_can_be_made_again_from_what_was_taken() -> None:
    edition = make_edition(
        *(make_entry(rank, topic=WINDS if rank % 3 else TIDES, score=50 + rank % 4) for rank in range(1, 12)),
        make_entry(12, authors=("Cleo West",)),
    )
    first = compose(edition, Preferences(followed_authors=("Cleo West",), topics=("winds",)), per_topic=3)
    assert composing.arrange(edition, first.taken, chosen_by=first.chosen_by) == first


def test_what_is_new_in_the_week_stays_new_though_a_newer_version_came() -> None:
    newer = [make_entry(1, score=95, announce_type=AnnounceType.REPLACE, version=number) for number in (2, 3)]
    first = make_edition(make_entry(1, score=90), on=WEDNESDAY)
    joined = join([first, make_edition(newer[0], make_entry(4, announce_type=AnnounceType.REPLACE), on=THURSDAY)])
    assert [(entry.card.paper_id[-1], entry.is_news) for entry in joined.entries] == [("1", True), ("4", False)]
    assert joined.replaced == 1
    twice = join([make_edition(newer[0], on=WEDNESDAY), make_edition(newer[1])])
    assert [(entry.card.version, entry.is_replacement) for entry in twice.entries] == [(3, True)]
    assert twice.replaced == 1


def test_joined_with_a_day_of_announcements_a_note_is_nothing_of_its_own() -> None:
    note = make_edition(replaced=0, day_kind=DayKind.HOLIDAY)
    joined = join([note, make_edition(make_entry(1), on=WEDNESDAY)])
    assert (joined.announced_on, joined.announced, joined.day_kind) == (THURSDAY, 1, DayKind.ANNOUNCEMENT)
    quiet = join([make_edition(on=WEDNESDAY), note])
    assert quiet.day_kind is DayKind.ANNOUNCEMENT
    notes = join([make_edition(replaced=0, on=WEDNESDAY, day_kind=DayKind.WEEKEND), note])
    assert notes.day_kind is DayKind.HOLIDAY


def test_several_editions_are_joined_with_each_paper_once() -> None:
    first = make_edition(make_entry(1, score=90), make_entry(2, score=50), on=WEDNESDAY, unproven=("cs.LG",))
    second = make_edition(make_entry(2, score=60), make_entry(3, score=70, topic=WINDS), missing=1)
    joined = join([second, first])
    assert [(entry.rank, entry.card.paper_id[-1], entry.score.total) for entry in joined.entries] == [
        (1, "1", 90),
        (2, "3", 70),
        (3, "2", 60),
    ]
    assert (joined.announced_on, joined.manifest) == (THURSDAY, second.manifest)
    assert (joined.announced, joined.replaced, joined.missing, joined.unproven) == (4, 0, 1, ("cs.LG",))
    assert {one.topic.slug: one.announced for one in joined.topics} == {"tides": 3, "winds": 1}
    assert join([first]) == first
