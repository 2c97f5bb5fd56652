from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY, detailed, make_paper

from digest.model.paper import Author
from digest.signals.all import SIGNALS
from digest.signals.authors import Authors
from digest.signals.breadth import Breadth
from digest.signals.code import Code
from digest.signals.day import Day
from digest.signals.novelty import Novelty
from digest.signals.team import Team
from digest.signals.venue import Venue
from digest.text.terms import count_terms, weigh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model.paper import Paper
    from digest.signals.day import Signal

EARLIER = [f"tides rise in harbour number {number} of the northern coast" for number in range(12)]


def make_day(
    *papers: Paper,
    earlier: Sequence[str] = (),
    earlier_by_author: Mapping[str, int] | None = None,
    earlier_papers: int | None = None,
) -> Day:
    vectors = weigh(count_terms([*earlier, *(f"{one.title}\n{one.abstract}" for one in papers)]), earlier=len(earlier))
    return Day(
        announced_on=THURSDAY,
        measured_at=NOON,
        papers=papers,
        vectors=vectors[len(earlier) :],
        earlier_vectors=vectors[: len(earlier)],
        earlier_categories=("cs.LG",) * len(earlier),
        earlier_by_author=earlier_by_author or {},
        earlier_papers=len(earlier) if earlier_papers is None else earlier_papers,
    )


def values(signal: Signal, day: Day) -> list[float | None]:
    return [reading.value for reading in signal.measure(day)]


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_every_signal_gives_one_reading_a_paper_in_order(signal: Signal) -> None:
    papers = [make_paper(f"2611.9000{number}") for number in range(3)]
    readings = signal.measure(make_day(*papers, earlier=EARLIER))
    assert [reading.paper_id for reading in readings] == [paper.id for paper in papers]
    assert {reading.signal for reading in readings} == {signal.name}
    assert signal.measure(make_day()) == []


def test_a_copy_is_not_novel_and_a_stranger_is() -> None:
    copy = make_paper("2611.90001", title=EARLIER[0], abstract=EARLIER[1])
    stranger = make_paper("2611.90002", title="Primes", abstract="Gaps between primes are bounded")
    near, far = values(Novelty(), make_day(copy, stranger, earlier=EARLIER))
    assert near is not None
    assert far is not None
    assert near < 0.2
    assert 0.9 < far <= 1


def test_novelty_abstains_without_enough_earlier_papers_in_the_archive() -> None:
    here, elsewhere = make_paper("2611.90001"), make_paper("2611.90002", categories=("math.NT",))
    assert values(Novelty(), make_day(here, earlier=EARLIER[:9])) == [None]
    assert values(Novelty(), make_day(elsewhere, earlier=EARLIER)) == [None]


def test_novelty_says_with_how_many_papers_it_compared() -> None:
    (reading,) = Novelty().measure(make_day(make_paper(), earlier=EARLIER))
    assert reading.sample_size == 12


def test_code_counts_more_than_a_project_page_and_both_more_than_nothing() -> None:
    papers = [
        make_paper("2611.90001", abstract="See https://github.com/example-lab/tides."),
        make_paper("2611.90002", comment="Project page: https://example.org/tides"),
        make_paper("2611.90003"),
    ]
    assert values(Code(), make_day(*papers)) == [2, 1, 0]


def test_a_venue_counts_and_its_absence_is_known_only_with_details() -> None:
    papers = [
        detailed(make_paper("2611.90001"), comment="Accepted at ICML 2026"),
        detailed(make_paper("2611.90002"), comment=None),
        make_paper("2611.90003"),
    ]
    readings = Venue().measure(make_day(*papers))
    assert [reading.value for reading in readings] == [1, 0, None]
    assert readings[0].note == "accepted at ICML 2026"


def test_breadth_and_team_count() -> None:
    crowd = make_paper("2611.90001", categories=("cs.CL", "cs.LG", "stat.ML"), authors=tuple(map(Author, "abcd")))
    nobody = make_paper("2611.90002", authors=())
    assert values(Breadth(), make_day(crowd, nobody)) == [3, 1]
    assert values(Team(), make_day(crowd, nobody)) == [4, None]


def test_known_authors_count_once_the_store_has_seen_enough() -> None:
    day_of = {"earlier_by_author": {"Ada Northmere": 9}, "earlier_papers": 500}
    known, unknown = make_paper("2611.90001"), make_paper("2611.90002", authors=(Author("Nobody Known"),))
    high, low = values(Authors(), make_day(known, unknown, **day_of))  # type: ignore[arg-type]
    assert high is not None
    assert high > 1
    assert low == 0
    assert values(Authors(), make_day(known, earlier_by_author={"Ada Northmere": 9}, earlier_papers=499)) == [None]
