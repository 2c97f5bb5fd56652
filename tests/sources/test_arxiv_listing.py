from __future__ import annotations

from datetime import date

import pytest
from arxiv_wire import listing_page, rss, section
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model.announcement import AnnounceType, ListedPaper, Listing, StatedCounts
from digest.sources.arxiv.listing import join_pages, parse_page

WHOLE = listing_page(
    section("New", "2611.00001", "2611.00002"),
    section("Cross", "hep-th/9901001"),
    section("Replacement", "2610.00009"),
    total=4,
)


def parse(body: bytes, category: str | None = "cs.CL") -> Listing:
    return join_pages([parse_page(body, category=category, where="page")], where="page")


def remarks(listing: Listing) -> list[str]:
    return [problem.what for problem in listing.problems]


def test_a_page_states_its_date_its_counts_and_its_papers() -> None:
    assert parse(WHOLE) == Listing(
        category="cs.CL",
        announced_on=date(2026, 11, 20),
        stated=StatedCounts(new=2, cross=1, replace=1),
        papers=(
            ListedPaper("2611.00001", AnnounceType.NEW),
            ListedPaper("2611.00002", AnnounceType.NEW),
            ListedPaper("hep-th/9901001", AnnounceType.CROSS),
            ListedPaper("2610.00009", AnnounceType.REPLACE),
        ),
    )


def test_a_page_tells_its_category_when_none_is_given() -> None:
    assert parse(listing_page(category="math.GT", total=0), category=None).category == "math.GT"


def test_without_the_usual_mark_the_category_stands_in_the_links() -> None:
    assert parse(WHOLE.replace(b'id="recent-cs.CL"', b""), category=None).category == "cs.CL"


def test_a_page_without_any_category_is_refused_when_none_is_given() -> None:
    with pytest.raises(SourceError, match="which category"):
        parse(WHOLE.replace(b"cs.CL", b""), category=None)


def test_the_mark_tells_the_category_before_any_other_link() -> None:
    crumbs = b'<body><a href="/list/cs/recent">cs</a>'
    assert parse(WHOLE.replace(b"<body>", crumbs)).category == "cs.CL"


@pytest.mark.parametrize("category", ["cs.CV", "cs", "math.NA"])
def test_a_page_of_another_category_is_refused(category: str) -> None:
    with pytest.raises(SourceError, match=rf"lists cs\.CL, not {category}"):
        parse(WHOLE, category=category)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("cs.NA", "math.NA"),
        ("math.NA", "cs.NA"),
        ("cs.SY", "eess.SY"),
        ("math.MP", "math-ph"),
        ("math-ph", "math.MP"),
        ("stat.TH", "math.ST"),
        ("math.IT", "cs.IT"),
        ("q-fin.EC", "econ.GN"),
        ("cs.cl", "cs.CL"),
    ],
)
def test_a_page_under_the_other_name_of_its_list_is_that_of_the_category_asked_for(asked: str, named: str) -> None:
    listing = parse(listing_page(section("New", "2611.00001"), total=1, category=named), category=asked)
    assert (listing.category, len(listing.papers), listing.problems) == (asked, 1, ())


def test_a_page_saved_by_windows_in_utf_16_is_read() -> None:
    assert parse(WHOLE.decode().encode("utf-16")) == parse(WHOLE)


def test_a_day_without_updates_has_a_date_and_no_counts() -> None:
    assert parse(listing_page()) == Listing("cs.CL", date(2026, 11, 20), StatedCounts(), ())


def test_entries_that_differ_from_the_stated_counts_are_a_problem() -> None:
    listing = parse(listing_page(section("New", "2611.00001", shown=3), section("Cross", "2611.00002"), total=4))
    assert listing.stated == StatedCounts(new=3, cross=1)
    assert remarks(listing) == ["states 3 new entries and shows 1", "shows 2 of 4 entries"]


def test_an_entry_without_an_id_is_not_counted() -> None:
    body = listing_page(section("New", "2611.00001", "2611.00002"), total=2).replace(b'"/abs/2611.00002"', b'"/x"')
    assert remarks(parse(body)) == ["states 2 new entries and shows 1", "shows 1 of 2 entries"]


FIRST = listing_page(section("New", "2611.00001", "2611.00002", how="showing first", stated=3), total=5)
SECOND = listing_page(
    section("New", "2611.00003", how="continued, showing last", stated=3),
    section("Cross", "2611.00004", how="showing first", stated=2),
    total=5,
)
THIRD = listing_page(section("Cross", "2611.00005", how="continued, showing last", stated=2), total=5)


def test_a_continuation_page_alone_is_read_and_says_what_it_lacks() -> None:
    listing = parse(SECOND)
    assert listing.stated == StatedCounts(new=3, cross=2)
    assert [paper.announce_type for paper in listing.papers] == [AnnounceType.NEW, AnnounceType.CROSS]
    assert remarks(listing) == ["shows 2 of 5 entries"]


def test_a_heading_of_many_words_costs_no_time() -> None:
    body = listing_page(f"<h3>New submissions {'showing ' * 50_000}</h3>", section("New", "2611.00001"), total=1)
    assert len(parse(body).papers) == 1


def test_pages_join_to_the_whole_listing() -> None:
    pages = [parse_page(body, where="page") for body in (FIRST, SECOND, THIRD)]
    listing = join_pages(pages, where="all")
    assert listing.stated == StatedCounts(new=3, cross=2)
    assert [paper.paper_id for paper in listing.papers] == [f"2611.0000{n}" for n in range(1, 6)]
    assert listing.problems == ()


def test_a_page_cut_off_before_a_section_is_refused_rather_than_counted_short() -> None:
    body = WHOLE[: WHOLE.index(b"Replacement")]
    with pytest.raises(SourceError, match="is cut off: its sections have 3 of 4 entries"):
        join_pages([parse_page(body, where="page")], where="all")


def test_pages_of_two_days_do_not_join() -> None:
    pages = [parse_page(FIRST, where="1"), parse_page(SECOND.replace(b"20 November", b"21 November"), where="2")]
    with pytest.raises(SourceError, match="changed while its pages were read"):
        join_pages(pages, where="all")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "holds no listing page"),
        (b"\x00\x01", "with a date"),
        (b"Rate exceeded.", "with a date"),
        (b"<!DOCTYPE html><html><body><h1>Are you a robot?</h1></body></html>", "with a date"),
        (rss(), "with a date"),
        (listing_page(day="no date"), "with a date"),
        (listing_page(day="Friday, 31 November 2026"), "impossible date"),
        (listing_page(day="Friday, 20 Brumaire 2026"), "impossible date"),
        (listing_page(day="Friday, ٢٠ November 2026"), "with a date"),
        (listing_page("<p>Nothing to see</p>"), "lists no papers and doesn't say that there are none"),
    ],
)
def test_any_other_page_is_refused(body: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        parse(body)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 2000), st.binary(max_size=8))
def test_a_page_spoiled_anywhere_is_read_or_refused(start: int, length: int, instead: bytes) -> None:
    try:
        listing = parse(WHOLE[:start] + instead + WHOLE[start + length :])
    except SourceError:
        return
    assert len(listing.papers) <= 4


def test_a_text_of_many_megabytes_does_not_end_the_page() -> None:
    body = WHOLE.replace(b"a total of 9 entries.", b"very long " * 1_100_000, 1)
    assert len(parse(body).papers) == 4
