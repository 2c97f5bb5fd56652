"""Genuine documents of arXiv, with values read off them by eye."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from digest.errors import SourceError
from digest.model.announcement import AnnounceType
from digest.model.paper import Author
from digest.sources.arxiv.feed import parse_feed
from digest.sources.arxiv.query import QueryPage, parse_papers
from digest.sources.arxiv.saved import SavedArxiv

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.recorded


def query(recorded: Path, start: str) -> QueryPage:
    (path,) = (recorded / "data/arxiv-wire/query-api").glob(f"{start}_*.json")
    return parse_papers(json.loads(path.read_text())["body"].encode(), where=start)


def test_an_atom_feed_of_2025(recorded: Path) -> None:
    path = recorded / "data/arxiv-wire/rss-2025/arxiv_rss_example.xml"
    feed = parse_feed(path.read_bytes(), where="2025")
    assert (feed.categories, feed.dated_on, feed.problems) == (("cs.AI",), date(2025, 8, 20), ())
    assert [(item.paper.id, item.paper.version, item.announce_type.value) for item in feed.items] == [
        ("2508.13426", 1, "cross"),
        ("2508.13428", 1, "cross"),
        ("2508.13429", 1, "cross"),
        ("2508.13434", 1, "cross"),
        ("2508.13435", 1, "cross"),
        ("2508.14001", 1, "new"),
        ("2508.14002", 1, "new"),
    ]
    third = feed.items[2].paper
    assert third.title == "AlphaX: An AI-Based Value Investing Strategy for the Brazilian Stock Market"
    assert third.categories == ("q-fin.CP", "cs.AI")
    assert third.authors == (Author("Paulo André Lima de Castro"),)
    assert third.license == "http://creativecommons.org/licenses/by/4.0/"
    assert feed.items[-1].paper.abstract == ("We study reward shaping techniques in cooperative multi-agent settings.")


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("cs_ai", ["2604.21935", "2604.21936", "2604.21937"]),
        ("cs_cl", ["2604.22002", "2604.22027", "2604.22038"]),
        ("cs_lg", ["2604.21952", "2604.21953", "2604.21956"]),
    ],
)
def test_rss_feeds_of_2026(recorded: Path, name: str, ids: list[str]) -> None:
    path = recorded / f"data/arxiv-wire/rss-reserialised/arxiv_{name}.xml"
    feed = parse_feed(path.read_bytes(), where=name)
    assert feed.dated_on == date(2026, 4, 27)
    assert feed.problems == ()
    assert [item.paper.id for item in feed.items] == ids
    assert {item.announce_type for item in feed.items} == {AnnounceType.NEW}
    assert all(len(item.paper.abstract) > 300 for item in feed.items)


def test_a_name_of_one_word_after_two_spaces(recorded: Path) -> None:
    path = recorded / "data/arxiv-wire/rss-reserialised/arxiv_cs_cl.xml"
    paper = parse_feed(path.read_bytes(), where="cs.CL").items[0].paper
    assert [author.name for author in paper.authors] == [
        "Anamta Khan",
        "Ratna Kandala",
        "Deepti",
        "Sheza Munir",
        "Joyojeet Pal",
    ]


def test_a_paper_of_the_query_api(recorded: Path) -> None:
    (paper,) = query(recorded, "id_1605.08386").papers
    assert (paper.id, paper.version, paper.title) == ("1605.08386", 1, "Heat-bath random walks with Markov bases")
    assert paper.authors == (Author("Caprice Stanley"), Author("Tobias Windisch"))
    assert paper.categories == ("math.CO", "math.ST")
    assert paper.comment == "20 pages, 3 figures"
    assert paper.submitted_at == paper.updated_at == datetime(2016, 5, 26, 17, 59, 46, tzinfo=UTC)


def test_an_old_paper_with_affiliations(recorded: Path) -> None:
    (paper,) = query(recorded, "id_astro-ph_0601001").papers
    assert paper.id == "astro-ph/0601001"
    assert paper.authors[0] == Author("Andrew Gould", ("Ohio State",))
    assert paper.categories == ("astro-ph",)
    assert paper.journal_ref == "ActaAstron.56:1-50,2006"
    assert paper.abstract.startswith("We derive the frequencies of hot Jupiters")


def test_every_page_of_a_search(recorded: Path) -> None:
    page = query(recorded, "q_testing_s0_m100")
    assert (len(page.papers), page.total, page.problems) == (100, 214_881, ())
    assert all(paper.authors and paper.abstract and paper.submitted_at for paper in page.papers)


@pytest.mark.parametrize("start", ["id_0000.0000", "id_0808.05394_s0"])
def test_an_id_that_nobody_has_brings_an_empty_answer(recorded: Path, start: str) -> None:
    page = query(recorded, start)
    assert (page.papers, page.total, page.is_unexpectedly_empty) == ((), 0, False)


def test_a_wrong_id_brings_an_error(recorded: Path) -> None:
    with pytest.raises(SourceError, match="incorrect id format for abc"):
        query(recorded, "id_abc")


def test_the_whole_folder_as_saved_documents(recorded: Path) -> None:
    saved = SavedArxiv(recorded / "data/arxiv-wire")
    assert (saved.on, saved.categories) == (date(2026, 4, 27), ("cs.AI", "cs.CL", "cs.LG"))
    left_out = [problem for problem in saved.problems if "is of 2025-08-20" in problem.what]
    assert len(left_out) == 1
    assert [paper.id for paper in saved.read_papers(["1605.08386", "astro-ph/0601001"]).papers] == [
        "1605.08386",
        "astro-ph/0601001",
    ]
