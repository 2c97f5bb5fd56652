from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from arxiv_wire import answer, atom, entry, item, listing_page, rss, section

from digest.model.announcement import Feed
from digest.sources.arxiv.documents import is_html
from digest.sources.arxiv.folder import Document, read_folder
from digest.sources.arxiv.listing import ListingPage
from digest.sources.arxiv.query import QueryPage

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = {
    "feed.xml": (rss(item()), Feed),
    "feed.atom": (atom("2611.00001v1"), Feed),
    "page.html": (listing_page(section("New", "2611.00001"), total=1), ListingPage),
    "query.xml": (answer(entry()), QueryPage),
}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_saved_by_windows_with_a_byte_order_mark_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    """PowerShell's redirection writes UTF-16, whatever the document itself declares."""
    body, kind = DOCUMENTS[name]
    mark = "" if encoding == "utf-8-sig" else "\ufeff"
    (tmp_path / name).write_bytes((mark + body.decode()).encode(encoding))
    assert_read(tmp_path, kind)


def assert_read(folder: Path, kind: type[Document]) -> None:
    saved = read_folder(folder)
    assert saved.problems == ()
    ((_, document),) = saved.documents
    assert isinstance(document, kind)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_utf_16_without_its_mark_is_a_problem_that_names_the_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(DOCUMENTS[name][0].decode().encode("utf-16-le"))
    saved = read_folder(tmp_path)
    assert saved.documents == ()
    (problem,) = saved.problems
    assert problem.where == str(tmp_path / name)
    assert problem.what == "is neither a feed nor a listing page nor a query answer of arXiv"


def test_many_comments_before_the_first_tag_cost_no_time() -> None:
    started = time.process_time()
    assert is_html(b"<!-- -->" * 100 + b"<html>")
    assert not is_html(b"<!-- -->" * 100 + b"<rss>")
    assert time.process_time() - started < 1
