from __future__ import annotations

from typing import TYPE_CHECKING

from factories import make_paper

from digest.model.topic import TopicRule
from digest.topics.configured import assign

if TYPE_CHECKING:
    from digest.model.paper import Paper

KITES = TopicRule("kites", "Kites", ("cs.RO",), ("kite", "kite flying"))
MOTORS = TopicRule("motors", "Motors", ("cs.RO",), ("motor",))
ROBOTICS = TopicRule("robotics", "Robotics", ("cs.RO",))


def write(title: str, abstract: str = "", *, categories: tuple[str, ...] = ("cs.RO",)) -> Paper:
    return make_paper(title=title, abstract=abstract, categories=categories)


def slug(paper: Paper, *rules: TopicRule) -> str | None:
    rule = assign([paper], rules).get(paper.id)
    return rule.slug if rule else None


def test_a_phrase_in_the_title_is_enough() -> None:
    assert slug(write("Kites in the wind"), KITES) == "kites"


def test_one_mention_in_the_abstract_is_not_enough_and_three_are() -> None:
    assert slug(write("Wind", "A kite."), KITES) is None
    assert slug(write("Wind", "A kite, a kite and a kite."), KITES) == "kites"


def test_a_fourth_mention_in_the_abstract_adds_nothing() -> None:
    paper = write("A motor", "kite " * 20)
    assert slug(paper, KITES, MOTORS) == "motors"


def test_hyphens_case_and_number_make_no_difference() -> None:
    assert slug(write("KITE-Flying robots"), TopicRule("flying", "Flying", (), ("kite flying robot",))) == "flying"


def test_a_phrase_is_whole_words() -> None:
    assert slug(write("Motorways"), MOTORS) is None


def test_a_phrase_does_not_cross_a_mark() -> None:
    assert slug(write("On the kite. Flying"), TopicRule("flying", "Flying", (), ("kite flying",))) is None


def test_a_paper_outside_the_categories_has_no_such_topic() -> None:
    assert slug(write("Kites", categories=("math.CO",)), KITES) is None


def test_a_topic_without_categories_takes_any_paper() -> None:
    assert slug(write("Kites", categories=("math.CO",)), TopicRule("kites", "Kites", (), ("kite",))) == "kites"


def test_a_cross_list_counts_and_counts_less_than_a_primary_category() -> None:
    rules = (KITES, TopicRule("counting", "Counting", ("math.CO",), ("counting",)))
    assert slug(write("Kites", categories=("math.CO", "cs.RO")), *rules) == "kites"
    assert slug(write("Counting kites", categories=("math.CO", "cs.RO")), *rules) == "counting"


def test_the_longer_phrase_takes_the_words_of_the_shorter() -> None:
    flying = TopicRule("flying", "Flying", ("cs.RO",), ("kite flying",))
    kites = TopicRule("kites", "Kites", ("cs.RO",), ("kite",))
    assert slug(write("Kite flying"), kites, flying) == "flying"


def test_a_longer_phrase_of_a_topic_for_other_categories_takes_nothing() -> None:
    elsewhere = TopicRule("flying", "Flying", ("math.CO",), ("kite flying",))
    assert slug(write("Kite flying"), elsewhere, MOTORS, TopicRule("kites", "Kites", ("cs.RO",), ("kite",))) == "kites"


def test_of_equals_the_first_in_the_file_wins() -> None:
    paper = write("A motor for a kite")
    assert slug(paper, MOTORS, KITES) == "motors"
    assert slug(paper, KITES, MOTORS) == "kites"


def test_a_topic_without_phrases_takes_what_no_phrase_claimed_by_primary_category() -> None:
    assert slug(write("Gears"), ROBOTICS, KITES) == "robotics"
    assert slug(write("Kites"), ROBOTICS, KITES) == "kites"
    assert slug(write("Gears", categories=("cs.AI", "cs.RO")), ROBOTICS) is None


def test_of_two_topics_without_phrases_the_first_has_the_category() -> None:
    assert slug(write("Gears"), ROBOTICS, TopicRule("machines", "Machines", ("cs.RO",))) == "robotics"
