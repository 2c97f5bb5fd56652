from __future__ import annotations

from factory_editions import REST, TIDES, WINDS, make_edition, make_entry
from hypothesis import given
from hypothesis import strategies as st

from digest.edition.compose import Choice, compose

ALL = Choice(papers=24, per_topic=6)


def test_the_best_paper_leads_and_topics_follow_by_their_best_score() -> None:
    edition = make_edition(
        make_entry(1, score=90),
        make_entry(2, score=70),
        make_entry(3, topic=WINDS, score=80),
        make_entry(4, topic=WINDS, score=60),
        make_entry(5, score=75),
    )
    selection = compose(edition, ALL)
    assert selection.lead == edition.entries[0]
    assert [section.topic.slug for section in selection.sections] == ["winds", "tides"]
    assert [entry.score.total for entry in selection.sections[1].entries] == [75, 70]
    assert selection.sections[1].announced == 3


def test_topics_with_a_single_paper_share_a_section_at_the_end() -> None:
    edition = make_edition(
        make_entry(1), make_entry(2), make_entry(3), make_entry(4, topic=WINDS), make_entry(5, topic=REST)
    )
    last = compose(edition, ALL).sections[-1]
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
    first, last = compose(edition, Choice(papers=4, per_topic=6)).sections
    assert (first.topic.name, first.topic.slug) == ("More in the sea", "more-in-the-sea")
    assert [entry.rank for entry in first.entries] == [3, 2]
    assert first.announced == 3
    assert (last.topic.name, [entry.rank for entry in last.entries]) == ("Across the fields", [4])


def test_no_topic_takes_more_than_its_share() -> None:
    edition = make_edition(*(make_entry(rank) for rank in range(1, 9)), make_entry(9, topic=WINDS))
    selection = compose(edition, Choice(papers=5, per_topic=3))
    assert [entry.topic for entry in selection.entries].count("tides") == 3
    assert len(selection.entries) == 4


def test_a_choice_of_categories_counts_cross_lists_too() -> None:
    edition = make_edition(
        make_entry(1), make_entry(2, cross_lists=("math.NT",)), make_entry(3, primary_category="math.NT")
    )
    selection = compose(edition, Choice(papers=24, per_topic=6, categories=("math.NT",)))
    assert [entry.rank for entry in selection.entries] == [2, 3]
    assert selection.chosen_by == "math.NT"


def test_a_choice_of_topics_is_obeyed_and_said() -> None:
    edition = make_edition(make_entry(1), make_entry(2, topic=WINDS))
    selection = compose(edition, Choice(papers=24, per_topic=6, topics=("winds",)))
    assert [entry.topic for entry in selection.entries] == ["winds"]
    assert selection.chosen_by == "cs.CL; topics Winds"


def test_nothing_that_fits_is_an_empty_selection() -> None:
    selection = compose(make_edition(make_entry(1)), Choice(papers=24, per_topic=6, categories=("math.NT",)))
    assert (selection.lead, selection.sections) == (None, ())


@given(
    st.lists(st.sampled_from([TIDES, WINDS, REST]), max_size=30),
    st.integers(1, 30),
    st.integers(1, 10),
)
def test_every_selection_holds_each_paper_once_and_keeps_its_limits(
    topics: list[object], papers: int, per_topic: int
) -> None:
    edition = make_edition(*(make_entry(rank, topic=topic) for rank, topic in enumerate(topics, start=1)))  # type: ignore[arg-type]
    found = compose(edition, Choice(papers=papers, per_topic=per_topic)).entries
    assert len({entry.card.paper_id for entry in found}) == len(found) <= papers
    assert all([entry.topic for entry in found].count(topic.slug) <= per_topic for topic in (TIDES, WINDS, REST))
