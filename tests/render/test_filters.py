from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.filters import (
    counted,
    first_fitting,
    long_date,
    one_line,
    short_authors,
    short_date,
    shorten,
    whole,
    wrap,
)


@pytest.mark.parametrize(
    ("names", "written"),
    [
        ((), ""),
        (("A",), "A"),
        (("A", "B", "C"), "A, B, C"),
        (("A", "B", "C", "D"), "A, B, C et al."),
    ],
)
def test_three_authors_are_named_and_the_rest_hinted_at(names: tuple[str, ...], written: str) -> None:
    assert short_authors(names) == written


def test_dates_are_written_in_words() -> None:
    assert long_date(date(2026, 11, 19)) == "Thursday, 19 November 2026"
    assert short_date(date(2026, 3, 1)) == "Sun 1 Mar"


def test_numbers_have_thousands_marked() -> None:
    assert (whole(1312), whole(7), counted(1312, "paper"), counted(1, "paper")) == (
        "1,312",
        "7",
        "1,312 papers",
        "1 paper",
    )


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("Short enough", 12, "Short enough"),
        ("Cut after a word, never within", 20, "Cut after a word…"),
        ("Cut here exactly now", 9, "Cut here…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("A Donaudampfschifffahrt", 12, "A Donaudamp…"),
    ],
)
def test_texts_are_cut_after_a_word_where_there_is_one(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short


@given(st.text(), st.integers(1, 50))
def test_a_shortened_text_is_short(text: str, width: int) -> None:
    assert len(shorten(text, width)) <= width


@given(st.text())
def test_one_line_is_printable_and_has_no_break(text: str) -> None:
    line = one_line(text)
    assert line == line.strip()
    assert len(line.splitlines()) <= 1
    assert "\x00" not in line


def test_the_first_candidate_that_fits_is_taken_and_else_the_last() -> None:
    assert first_fitting(["too long", "fits", "x"], 4) == "fits"
    assert first_fitting(["too long", "also long"], 4) == "also long"


def test_wrapped_text_is_indented_and_leaves_links_whole() -> None:
    link = "https://example.org/" + "a-b" * 40
    lines = wrap(f"See {link} for more words than fit into a single line of this width", indent=5, width=40).split("\n")
    assert f"     {link}" in lines
    assert all(line.startswith("     ") for line in lines[1:])
    assert not lines[0].startswith(" ")
