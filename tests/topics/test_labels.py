from __future__ import annotations

from typing import TYPE_CHECKING

from factories import make_paper

from digest.topics.labels import Names, holds
from digest.topics.spelling import Usage, write_heading

if TYPE_CHECKING:
    from digest.model.paper import Paper


def write(number: int, title: str, abstract: str = "") -> Paper:
    return make_paper(f"2611.{number:05}", title=title, abstract=abstract)


OTHERS = [write(500 + number, f"Harbour number {number}", "The tide is high.") for number in range(40)]


def name(papers: list[Paper], *, day: list[Paper] = OTHERS, taken: tuple[str, ...] = ()) -> str | None:
    ids = [paper.id for paper in papers]
    names = Names([*papers, *day], papers, taken=taken)
    key = names.choose(ids)
    return names.spell(key, ids) if key else None


def test_the_phrase_that_most_papers_share_names_them() -> None:
    papers = [write(n, f"Graph {n} of wind", "We see the wave turbine in a storm.") for n in range(4)]
    assert name(papers) == "Wave turbine"


def test_papers_that_share_no_phrase_have_no_name_and_no_value() -> None:
    papers = [write(n, f"{word} only", "") for n, word in enumerate(("Oak", "Elm", "Fir", "Ash"))]
    assert name(papers) is None
    assert Names([*papers, *OTHERS], papers).value([paper.id for paper in papers]) == 0


def test_a_phrase_of_every_other_paper_of_the_day_is_no_name() -> None:
    papers = [write(n, "Wave turbines") for n in range(4)]
    day = [write(500 + n, "Wave turbines") for n in range(40)]
    assert name(papers, day=day) is None


def test_the_fuller_form_is_preferred_when_it_is_nearly_as_frequent() -> None:
    papers = [write(n, "Deep sea wave turbines") for n in range(4)]
    assert name([*papers, write(9, "Wave turbines")]) == "Deep sea wave turbines"
    assert name([*papers[:2], *(write(10 + n, "Wave turbines") for n in range(4))]) == "Wave turbines"


def test_a_phrase_in_titles_goes_before_one_in_abstracts() -> None:
    papers = [write(n, "Wave turbines", "We count the ocean gliders.") for n in range(4)]
    assert name(papers) == "Wave turbines"


def test_a_taken_name_is_not_given_again() -> None:
    papers = [write(n, "Wave turbines", "We count the ocean gliders.") for n in range(4)]
    assert name(papers, taken=("Wave Turbine",)) == "Ocean gliders"


def test_a_group_that_shares_more_is_worth_more() -> None:
    papers = [write(n, "Wave turbines") for n in range(4)] + [write(10 + n, f"Oak{n} trees{n}") for n in range(4)]
    names = Names([*papers, *OTHERS], papers)
    ids = [paper.id for paper in papers]
    assert names.value(ids[:4]) > names.value(ids) > 0


def test_a_phrase_holds_its_parts_in_their_order() -> None:
    assert holds(("3d", "gaussian", "splatting"), ("gaussian", "splatting"))
    assert holds(("gaussian", "splatting"), ("gaussian", "splatting"))
    assert not holds(("gaussian", "splatting"), ("splatting", "gaussian"))


def heading(phrase: str, *abstracts: str) -> str:
    usage = Usage()
    usage.learn(abstracts)
    return write_heading([phrase], usage)


def test_a_heading_keeps_abbreviations_and_names_and_drops_the_capitals_of_titles() -> None:
    assert heading("LLM Agents", "LLM agents") == "LLM agents"
    assert heading("3D Gaussian Splatting", "Gaussian splats", "Gaussian mixtures") == "3D Gaussian splatting"
    assert heading("Graph Neural Network", "a neural network", "graph matching") == "Graph neural network"
    assert heading("Optimal Control") == "Optimal control"


def test_a_first_word_with_a_capital_inside_stays_as_it_is() -> None:
    assert heading("mRNA vaccines", "mRNA vaccines", "vaccines") == "mRNA vaccines"


def test_a_heading_is_in_the_plural_where_the_day_uses_it_and_doings_stay_single() -> None:
    assert heading("wave turbine", "turbine", "turbines") == "Wave turbines"
    assert heading("image generations", "generation", "generation", "generations") == "Image generation"
    assert heading("time series", "time series") == "Time series"
