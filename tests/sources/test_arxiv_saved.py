from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from arxiv_wire import answer, atom, entry, error_answer, item, listing_page, rss, section

from digest.errors import SourceError
from digest.model.announcement import AnnounceType
from digest.model.fetch import PapersRead
from digest.sources.arxiv.saved import SavedArxiv

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 11, 20)
YESTERDAY = "Thu, 19 Nov 2026 05:00:02 +0000"


def save(folder: Path, **files: bytes) -> None:
    """Write each of them, `a__b_xml` as a/b.xml."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def announced(saved: SavedArxiv, category: str) -> dict[str, str]:
    feed = saved.read_feed(category).value
    assert feed
    assert feed.categories == (category,)
    return {found.paper.id: found.announce_type.value for found in feed.items}


def told(saved: SavedArxiv) -> list[tuple[str, str]]:
    return [(problem.where.rpartition("/")[2], problem.what) for problem in saved.problems]


def test_documents_are_told_apart_by_what_is_in_them(tmp_path: Path) -> None:
    recording = {"url": "https://export.arxiv.org/api/query", "status_code": 200, "body": answer(entry()).decode()}
    save(
        tmp_path,
        a_xml=rss(item()),
        b_txt=atom("2611.00007v1", names="stat.ML"),
        deep__er__page_html=listing_page(section("New", "2611.00001"), total=1),
        query=answer(entry("2611.00003v1")),
        recorded_json=json.dumps(recording).encode(),
    )
    saved = SavedArxiv(tmp_path)
    assert saved.categories == ("cs.CL", "stat.ML")
    assert saved.on == DAY
    assert saved.problems == ()
    assert announced(saved, "cs.CL") == {"2611.00001": "new"}
    assert saved.read_listing("cs.CL").stated.new == 1
    assert [paper.id for paper in saved.read_papers(["2611.00003", "2611.00001v1"]).papers] == [
        "2611.00003",
        "2611.00001",
    ]


def test_a_single_file_is_enough(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(item()), b_xml=rss(item("2611.00002v1"), names="cs.CV"))
    assert SavedArxiv(tmp_path / "a.xml").categories == ("cs.CL",)


def test_a_category_has_its_listing_even_without_a_feed(tmp_path: Path) -> None:
    save(tmp_path, page_html=listing_page(section("New", "2611.00001"), total=1))
    saved = SavedArxiv(tmp_path)
    assert saved.categories == ("cs.CL",)
    with pytest.raises(SourceError, match=r"holds no feed of cs\.CL for 2026-11-20"):
        saved.read_feed("cs.CL")


def test_what_was_not_saved_is_said(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(item()))
    saved = SavedArxiv(tmp_path)
    with pytest.raises(SourceError, match=r"holds no listing page of cs\.CL"):
        saved.read_listing("cs.CL")
    assert saved.read_papers(["2611.00001"]) == PapersRead(())


def test_papers_missing_from_the_saved_query_answers_are_said(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(item()), query_xml=answer(entry("2611.00009v1")))
    read = SavedArxiv(tmp_path).read_papers(["2611.00001", "2611.00002"])
    assert read.papers == ()
    assert read.problems[0].what == "holds no query answer with 2611.00001, 2611.00002"


def test_only_files_named_like_documents_are_problems(tmp_path: Path) -> None:
    save(
        tmp_path,
        a_xml=rss(item()),
        LICENSE=b"Do as you like.",
        notes_txt=b"<p>hello",
        settings_json=b'{"a": 1}',
        broken_json=b"{",
        list_json=b"[1]",
        odd_xml=b"<opml/>",
        other_rss=rss(item())[:-50],
        page_html=b"<!DOCTYPE html><html><title>arXiv</title></html>",
        void_atom=b"",
    )
    assert told(SavedArxiv(tmp_path)) == [
        ("odd.xml", "is neither a feed nor a listing page nor a query answer of arXiv"),
        ("other.rss", "is cut off at line 18, column 31"),
        ("page.html", "is not a listing page with a date"),
        ("void.atom", "is empty"),
    ]


def test_a_feed_over_several_categories_is_split(tmp_path: Path) -> None:
    items = (
        item("2611.00001v1", categories=("cs.CL", "cs.AI")),
        item("2611.00002v1", categories=("cs.AI", "cs.LG")),
        item("2611.00003v1", categories=("stat.ML", "cs.AI"), announce_type="cross"),
        item("2611.00004v2", categories=("cs.AI", "cs.CL"), announce_type="replace"),
        item("2611.00005v2", categories=("stat.ML", "cs.CL"), announce_type="replace-cross"),
        item("2611.00006v1", categories=("cs.CL", "cs.AI"), announce_type="cross"),
    )
    save(tmp_path, a_xml=rss(*items, names="cs.AI, cs.CL"))
    saved = SavedArxiv(tmp_path)
    assert saved.categories == ("cs.AI", "cs.CL")
    assert announced(saved, "cs.CL") == {
        "2611.00001": "new",
        "2611.00004": "replace-cross",
        "2611.00005": "replace-cross",
    }
    assert announced(saved, "cs.AI") == {
        "2611.00001": "cross",
        "2611.00002": "new",
        "2611.00003": "cross",
        "2611.00004": "replace",
        "2611.00006": "cross",
    }


def test_a_feed_over_an_archive_is_split_into_its_categories(tmp_path: Path) -> None:
    items = (item("2611.00001v1", categories=("cs.CL", "stat.ML")), item("2611.00002v1", categories=("cs.AI", "cs.CL")))
    save(tmp_path, a_xml=rss(*items, names="cs"))
    saved = SavedArxiv(tmp_path)
    assert saved.categories == ("cs.AI", "cs.CL")
    assert announced(saved, "cs.CL") == {"2611.00001": "new", "2611.00002": "cross"}


def test_an_archive_that_is_itself_a_category_stays_whole(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(item(categories=("hep-th", "gr-qc")), names="hep-th"))
    assert announced(SavedArxiv(tmp_path), "hep-th") == {"2611.00001": "new"}


def test_documents_of_one_category_and_day_are_merged_and_the_first_wins(tmp_path: Path) -> None:
    first = rss(item("2611.00001v1", title="First"), item("2611.00002v1"))
    second = rss(item("2611.00001v1", title="Second", announce_type="cross"), item("2611.00003v1"))
    save(tmp_path, a_xml=first, b_xml=second)
    saved = SavedArxiv(tmp_path)
    assert announced(saved, "cs.CL") == {"2611.00001": "new", "2611.00002": "new", "2611.00003": "new"}
    feed = saved.read_feed("cs.CL").value
    assert feed
    assert feed.items[0].paper.title == "First"


def test_the_pages_of_one_listing_are_joined(tmp_path: Path) -> None:
    first = listing_page(section("New", "2611.00001", how="showing first", stated=2), total=2)
    second = listing_page(section("New", "2611.00002", how="continued, showing last", stated=2), total=2)
    save(tmp_path, a_html=first, b_html=second)
    assert len(SavedArxiv(tmp_path).read_listing("cs.CL").papers) == 2


def test_a_listing_page_cut_off_proves_nothing_and_is_left_out(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(item()), b_html=listing_page(section("New", "2611.00001"), total=9))
    saved = SavedArxiv(tmp_path)
    assert told(saved) == [("b.html", "is cut off: its sections have 1 of 9 entries")]
    with pytest.raises(SourceError):
        saved.read_listing("cs.CL")


def test_of_several_days_the_newest_is_used_and_the_others_are_reported(tmp_path: Path) -> None:
    save(
        tmp_path,
        a_xml=rss(item("2611.00001v1")),
        b_xml=rss(item("2611.00002v1"), day=YESTERDAY),
        c_html=listing_page(section("New", "2611.00002"), total=1, day="Thursday, 19 November 2026"),
    )
    saved = SavedArxiv(tmp_path)
    assert announced(saved, "cs.CL") == {"2611.00001": "new"}
    assert told(saved) == [
        ("b.xml", "is of 2026-11-19, not of 2026-11-20; it was left out"),
        ("c.html", "is of 2026-11-19, not of 2026-11-20; it was left out"),
    ]


def test_another_day_can_be_asked_for(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(item("2611.00001v1")), b_xml=rss(item("2611.00002v1"), day=YESTERDAY))
    saved = SavedArxiv(tmp_path, on=date(2026, 11, 19))
    assert announced(saved, "cs.CL") == {"2611.00002": "new"}
    with pytest.raises(SourceError, match=r"holds nothing for 2026-01-01\. It has 2026-11-19, 2026-11-20\."):
        SavedArxiv(tmp_path, on=date(2026, 1, 1))


def test_an_empty_feed_of_a_later_day_does_not_hide_the_last_announcement(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(item()), b_xml=rss(day="Sat, 21 Nov 2026 05:00:02 +0000"))
    assert SavedArxiv(tmp_path).on == DAY


def test_a_quiet_day_alone_is_used(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(day="Sat, 21 Nov 2026 05:00:02 +0000"))
    saved = SavedArxiv(tmp_path)
    assert (saved.on, saved.categories, announced(saved, "cs.CL")) == (date(2026, 11, 21), ("cs.CL",), {})


def test_problems_of_single_items_stay_with_their_feed(tmp_path: Path) -> None:
    save(tmp_path, a_xml=rss(item(), "<item/>"))
    feed = SavedArxiv(tmp_path).read_feed("cs.CL").value
    assert feed
    assert [problem.what for problem in feed.problems] == ["names no arXiv id"]
    assert feed.items[0].announce_type is AnnounceType.NEW


def test_a_folder_without_any_document_says_what_was_looked_for(tmp_path: Path) -> None:
    save(tmp_path, LICENSE=b"x", a_xml=b"<opml/>")
    expected = r"looked for feeds .* none among 2 files\. First reason: .*a\.xml: is neither a feed"
    with pytest.raises(SourceError, match=expected):
        SavedArxiv(tmp_path)


def test_query_answers_alone_tell_no_day(tmp_path: Path) -> None:
    save(tmp_path, a_xml=answer(entry()), b_xml=error_answer("no such id"))
    with pytest.raises(SourceError, match=r"holds query answers of arXiv, but no feed .*no such id"):
        SavedArxiv(tmp_path)


def test_an_empty_or_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none among 0 files"):
        SavedArxiv(tmp_path)
    with pytest.raises(SourceError, match="can't be read"):
        SavedArxiv(tmp_path / "nowhere")
