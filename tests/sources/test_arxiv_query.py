from __future__ import annotations

from datetime import UTC, datetime

import pytest
from arxiv_wire import answer, atom, entry, error_answer, rss
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model.paper import Author, Paper
from digest.sources.arxiv.query import QueryPage, parse_papers


def parse(body: bytes) -> QueryPage:
    return parse_papers(body, where="query")


def test_an_entry_becomes_a_whole_paper() -> None:
    more = """<arxiv:comment>5 pages,
        one sheep</arxiv:comment><arxiv:doi>10.1000/1</arxiv:doi><arxiv:journal_ref>J. Sheep 1</arxiv:journal_ref>"""
    (paper,) = parse(answer(entry(more=more))).papers
    assert paper == Paper(
        id="2611.00001",
        version=2,
        title="Counting Sheep",
        abstract="We count sheep.",
        authors=(Author("Ada Byron", ("London", "Bath")), Author("Bo Li")),
        categories=("cs.CL", "cs.AI"),
        comment="5 pages, one sheep",
        doi="10.1000/1",
        journal_ref="J. Sheep 1",
        submitted_at=datetime(2026, 11, 1, 8, 30, tzinfo=UTC),
        updated_at=datetime(2026, 11, 19, 17, 0, tzinfo=UTC),
    )


def test_what_an_entry_does_not_say_is_none() -> None:
    (paper,) = parse(answer(entry("hep-th/9901001v1").replace("2026-11-01T08:30:00Z", "long ago"))).papers
    assert paper.id == "hep-th/9901001"
    assert (paper.comment, paper.doi, paper.journal_ref, paper.submitted_at) == (None, None, None, None)


def test_times_are_read_in_both_of_arxivs_notations() -> None:
    (paper,) = parse(answer(entry().replace("2026-11-01T08:30:00Z", "2026-11-01T04:30:00-04:00"))).papers
    assert paper.submitted_at == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_the_colon_after_a_collaboration_and_a_stray_and_are_no_authors() -> None:
    names = ("Sheep Team", ":", "Ada Byron and", "and Bo Li")
    more = "".join(f"<author><name>{name}</name></author>" for name in names)
    (paper,) = parse(answer(entry(more=more))).papers
    assert [author.name for author in paper.authors[2:]] == ["Sheep Team", "Ada Byron", "Bo Li"]


def test_an_answer_without_papers_is_no_error() -> None:
    page = parse(answer())
    assert page == QueryPage((), 0)
    assert not page.is_unexpectedly_empty


def test_a_page_that_counts_papers_and_shows_none_is_told_from_an_empty_one() -> None:
    assert parse(answer(total=3)).is_unexpectedly_empty
    assert not parse(answer(entry(), total=3)).is_unexpectedly_empty


def test_an_error_message_is_an_error_with_arxivs_words() -> None:
    with pytest.raises(SourceError, match="error message of arXiv: incorrect id format for abc"):
        parse(error_answer("incorrect id format for abc"))


def test_a_paper_that_is_called_error_is_a_paper() -> None:
    assert parse(answer(entry(title="Error"))).papers[0].title == "Error"


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ("<entry/>", "names no arXiv id"),
        (entry("2611.00009v1", title=""), "2611.00009 has no title"),
        (entry("2611.00009v1").replace("cs.", "68T"), "2611.00009 has no arXiv category"),
    ],
)
def test_one_bad_entry_stops_no_other(bad: str, what: str) -> None:
    page = parse(answer(entry(), bad, entry("2611.00002v1")))
    assert [paper.id for paper in page.papers] == ["2611.00001", "2611.00002"]
    assert [(problem.where, problem.what) for problem in page.problems] == [("query, entry 2", what)]


def test_an_abstract_without_end_is_cut_and_reported() -> None:
    page = parse(answer(entry().replace("We count sheep.", "very long " * 1_100_000)))
    assert len(page.papers[0].abstract) <= 20_000
    assert "more than 20,000 characters" in page.problems[0].what


def test_an_answer_is_mended_like_a_feed() -> None:
    page = parse(answer(entry(title="Caf&eacute; & \x01Co")))
    assert page.papers[0].title == "Café & Co"
    assert len(page.problems) == 2


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b"Rate exceeded.", "Rate exceeded"),
        (b"<html></html>", "is a web page"),
        (answer(entry())[:-100], "is cut off"),
        (atom("2611.00001v1"), "is not an answer of arXiv's query API"),
        (rss(), "is not an answer of arXiv's query API"),
        (answer().replace(b">0<", b">many<"), "is not an answer of arXiv's query API"),
        (b"<!DOCTYPE feed [<!ENTITY x 'y'>]>" + answer().partition(b"?>")[2], "declares a document type"),
    ],
)
def test_anything_else_is_refused(body: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        parse(body)


WHOLE = answer(entry(), entry("hep-th/9901001v1"))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 12), st.binary(max_size=8))
def test_an_answer_spoiled_anywhere_is_read_or_refused(start: int, length: int, instead: bytes) -> None:
    try:
        page = parse(WHOLE[:start] + instead + WHOLE[start + length :])
    except SourceError:
        return
    assert all(paper.title and paper.categories for paper in page.papers)
