from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from factories import make_paper

from digest.model.topic import Topic, TopicKind, TopicRule
from digest.text.terms import count_terms, weigh
from digest.topics.group import Grouping, group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.paper import Paper

KITES = TopicRule("kites", "Kites", ("cs.CL",), ("kite",))

# Each paper says something of its own, so that nothing but the subject is shared.
OWN_WORDS = (
    "amber",
    "birch",
    "cedar",
    "daisy",
    "elder",
    "fennel",
    "garlic",
    "hazel",
    "iris",
    "juniper",
    "kale",
    "laurel",
)


def write(number: int, title: str, abstract: str) -> Paper:
    return make_paper(f"2611.{number:05}", title=title, abstract=abstract)


def papers_about(phrase: str, count: int, *, start: int) -> list[Paper]:
    return [
        write(
            start + at, f"{word.title()} for {phrase}", f"We see that {phrase} and {word} meet. The {word} is {word}."
        )
        for at, word in enumerate(OWN_WORDS[:count])
    ]


def lone_papers(count: int, *, start: int) -> list[Paper]:
    letters = "bcdfghjklmnpqrstvwxz"
    nouns = [f"{a}o{b}u{a}a" for a in letters for b in letters]
    return [
        write(start + at, f"{nouns[9 * at]} with {nouns[9 * at + 1]}", " and ".join(nouns[9 * at + 2 : 9 * at + 9]))
        for at in range(count)
    ]


def make_day() -> list[Paper]:
    return [
        *papers_about("coral reef bleaching", 6, start=100),
        *papers_about("glacier melt forecasting", 5, start=200),
        *lone_papers(30, start=300),
    ]


def group_all(papers: Sequence[Paper], *rules: TopicRule) -> Grouping:
    return group(papers, rules, weigh(count_terms([f"{it.title}\n{it.abstract}" for it in papers]), earlier=0))


def names(grouping: Grouping, kind: TopicKind) -> list[str]:
    return [topic.name for topic in grouping.topics if topic.kind is kind]


def test_papers_that_share_a_subject_become_a_topic_of_its_name() -> None:
    grouping = group_all(make_day())
    assert names(grouping, TopicKind.CLUSTER) == ["Coral reef bleaching", "Glacier melt forecasting"]
    assert [grouping.topic_of[f"2611.00{number}"] for number in range(100, 106)] == ["coral-reef-bleaching"] * 6


def test_every_paper_has_a_topic_that_is_listed_and_none_is_empty() -> None:
    papers = [*make_day(), write(900, "A kite", "")]
    grouping = group_all(papers, KITES)
    assert set(grouping.topic_of) == {paper.id for paper in papers}
    assert {topic.slug for topic in grouping.topics} == set(grouping.topic_of.values())
    assert len({topic.slug for topic in grouping.topics}) == len(grouping.topics)


def test_configured_topics_come_first_in_the_operators_order_then_clusters_by_size_then_the_rest() -> None:
    boats = TopicRule("boats", "Boats", (), ("boat",))
    papers = [*make_day(), write(900, "A kite", ""), write(901, "A boat", ""), write(902, "Another kite", "")]
    assert [topic.slug for topic in group_all(papers, boats, KITES).topics] == [
        "boats",
        "kites",
        "coral-reef-bleaching",
        "glacier-melt-forecasting",
        "more-papers",
    ]


def test_papers_of_no_shared_subject_are_the_rest() -> None:
    assert group_all(lone_papers(30, start=300)).topics == (Topic("more-papers", "More papers", TopicKind.REST),)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_the_papers_makes_no_difference(seed: int) -> None:
    papers = make_day()
    shuffled = random.Random(seed).sample(papers, len(papers))
    assert group_all(shuffled, KITES).topics == group_all(papers, KITES).topics
    assert group_all(shuffled, KITES).topic_of == group_all(papers, KITES).topic_of


def test_fewer_than_eight_papers_left_are_not_clustered() -> None:
    assert names(group_all(papers_about("coral reef bleaching", 7, start=100)), TopicKind.CLUSTER) == []


def test_without_vectors_what_is_left_is_the_rest() -> None:
    grouping = group(make_day(), [KITES], None)
    assert set(grouping.topic_of.values()) == {"more-papers"}


def test_a_day_without_papers_has_no_topics() -> None:
    assert group([], [KITES], None) == Grouping((), {})


def test_a_cluster_does_not_take_a_configured_topics_name_or_slug() -> None:
    named = TopicRule("coral", "Coral Reef Bleachings", ("math.CO",), ("coral reef bleaching",))
    slugged = TopicRule("glacier-melt-forecasting", "Ice", ("math.CO",), ("glacier",))
    grouping = group_all(make_day(), named, slugged)
    assert "Coral reef bleaching" not in names(grouping, TopicKind.CLUSTER)
    assert "glacier-melt-forecasting-2" in {topic.slug for topic in grouping.topics}


def test_a_paper_in_no_group_joins_the_cluster_whose_name_its_title_says() -> None:
    rest = " and ".join(f"{word}ish" for word in OWN_WORDS)
    stray = write(950, "Glacier melt forecasting or the fate of snails", rest)
    assert group_all([*make_day(), stray]).topic_of[stray.id] == "glacier-melt-forecasting"


def test_papers_of_the_same_words_and_nothing_else_do_not_break_the_clusters() -> None:
    same = [write(number, "Coral reef bleaching", "Coral reef bleaching.") for number in range(100, 112)]
    assert set(group_all(same).topic_of) == {paper.id for paper in same}


def test_papers_without_words_are_the_rest() -> None:
    assert set(group_all([write(number, "?", "!") for number in range(100, 112)]).topic_of.values()) == {"more-papers"}
