"""Documents made to exhaust, or to reach for files and other machines: refused, or read in proportion to their size."""

from __future__ import annotations

import gzip
import os
import socket
from string import ascii_lowercase
from typing import TYPE_CHECKING

import pytest
from arxiv_wire import answer, entry, item, listing_page, rss, section
from oai_wire import oai, raw

from digest.errors import SourceError
from digest.sources.arxiv.feed import parse_feed
from digest.sources.arxiv.folder import read_folder
from digest.sources.arxiv.listing import parse_page
from digest.sources.arxiv.oai import open_earliest, open_envelope
from digest.sources.arxiv.oai_records import read_histories
from digest.sources.arxiv.query import parse_papers
from digest.sources.arxiv.saved import SavedArxiv, split
from digest.sources.dump import read_dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def read_archive(body: bytes) -> object:
    return read_histories(open_envelope(body, where="w").records, where="w")


# Each parser of XML, and a document of its own with a title of one's choice.
PARSERS: dict[str, tuple[Callable[[bytes], object], Callable[[str], bytes]]] = {
    "feed": (lambda body: parse_feed(body, where="w"), lambda title: rss(item(title=title))),
    "answer": (lambda body: parse_papers(body, where="w"), lambda title: answer(entry(title=title))),
    "archive": (read_archive, lambda title: oai(raw(title=title))),
    "identity": (lambda body: open_earliest(body, where="w"), lambda title: oai(raw(title=title))),
}
LAUGHS = "".join(f"<!ENTITY b{n} '{f'&b{n - 1};' * 10}'>" for n in range(1, 12))
DOCTYPES = {
    "a billion laughs": f"<!DOCTYPE x [<!ENTITY b0 'ha'>{LAUGHS}<!ENTITY bomb '&b11;'>]>",
    "one long entity, often": f"<!DOCTYPE x [<!ENTITY bomb '{'ha' * 50_000}'>]>",
    "a parameter entity": "<!DOCTYPE x [<!ENTITY % p \"<!ENTITY bomb 'ha'>\"> %p;]>",
    "a file": "<!DOCTYPE x [<!ENTITY bomb SYSTEM 'FILE'>]>",
    "another machine": "<!DOCTYPE x [<!ENTITY bomb SYSTEM 'ADDRESS'>]>",
    "an outside parameter entity": "<!DOCTYPE x [<!ENTITY % p SYSTEM 'ADDRESS'> %p;]>",
    "an outside document type": "<!DOCTYPE x SYSTEM 'ADDRESS'>",
    "a public document type": "<!DOCTYPE x PUBLIC '-//W3C//DTD HTML 4.01//EN' 'ADDRESS' [<!ENTITY bomb 'ha'>]>",
    "one after a comment": "<!-- <rss> --><!DOCTYPE x [<!ENTITY bomb 'ha'>]>",
    "one that has to be mended": "\x01<!DOCTYPE x [<!ENTITY bomb 'ha'>]>",
}
ENCODINGS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16", "utf-16-le": "utf-16", "latin-1": "iso-8859-1"}
SECRET = b"<secret>of the house</secret>"


class Outside:
    """A file and an address that nothing may reach for; the file is a pipe, so that whoever reads it empties it."""

    def __init__(self, place: Path) -> None:
        self.file = place / "secret"
        os.mkfifo(self.file)
        self._pipe = os.open(self.file, os.O_RDWR | os.O_NONBLOCK)
        os.write(self._pipe, SECRET)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setblocking(False)  # noqa: FBT003 - a socket's own way to say it
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}/x"

    def is_untouched(self) -> bool:
        try:
            self._server.accept()
        except BlockingIOError:
            return os.read(self._pipe, 1000) == SECRET
        return False

    def close(self) -> None:
        os.close(self._pipe)
        self._server.close()

    def named_in(self, text: str) -> str:
        return text.replace("FILE", self.file.as_uri()).replace("ADDRESS", self.address)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    opened = Outside(tmp_path)
    yield opened
    opened.close()


@pytest.mark.enable_socket
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", DOCTYPES)
@pytest.mark.parametrize("parser", PARSERS)
def test_no_document_type_is_followed(outside: Outside, parser: str, name: str, encoding: str) -> None:
    parse, write = PARSERS[parser]
    inside = write("&bomb;" * 1000).decode().partition("?>")[2]
    text = f"<?xml version='1.0' encoding='{ENCODINGS[encoding]}'?>{outside.named_in(DOCTYPES[name])}{inside}"
    with pytest.raises(SourceError, match="declares a document type"):
        parse(text.encode(encoding))
    assert outside.is_untouched()


REACHING = (
    "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='FILE' parse='text'/>",
    "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='ADDRESS'/>",
    "<?xml-stylesheet type='text/xsl' href='ADDRESS'?>",
    "<x:copy-of xmlns:x='http://www.w3.org/1999/XSL/Transform' select=\"document('ADDRESS')\"/>",
    "<s xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='urn:x ADDRESS'/>",
    "<link href='ADDRESS' rel='alternate'/>",
    "<content src='FILE'/>",
)


@pytest.mark.enable_socket
@pytest.mark.parametrize("reaching", REACHING)
@pytest.mark.parametrize("parser", PARSERS)
def test_nothing_that_a_document_names_is_fetched(outside: Outside, parser: str, reaching: str) -> None:
    parse, write = PARSERS[parser]
    assert "of the house" not in repr(parse(write(f"Sheep {outside.named_in(reaching)} and goats")))
    assert outside.is_untouched()


PAGE_REACHING = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "ADDRESS">',
    "<!DOCTYPE html [<!ENTITY bomb SYSTEM 'FILE'>]><p>&bomb;</p>",
    f"{DOCTYPES['a billion laughs']}<p>&bomb;</p>",
    "<base href='ADDRESS'><iframe src='FILE'></iframe><object data='ADDRESS'></object><link rel=icon href='FILE'>",
)


@pytest.mark.enable_socket
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("reaching", PAGE_REACHING)
def test_a_listing_page_fetches_nothing_either(outside: Outside, reaching: str, encoding: str) -> None:
    good = listing_page(section("New", "2611.00001")).decode()
    page = f"{outside.named_in(reaching)}{good.removeprefix('<!DOCTYPE html>')}"
    assert parse_page(page.encode(encoding), where="w") == parse_page(good.encode(), where="w")
    assert outside.is_untouched()


@pytest.mark.parametrize("end", ["", "</b>" * 100_000])
@pytest.mark.parametrize("parser", PARSERS)
def test_what_nests_without_end_is_refused(parser: str, end: str) -> None:
    parse, write = PARSERS[parser]
    with pytest.raises(SourceError, match="more than 100 levels deep"):
        parse(write("<b>" * 100_000 + end))


@pytest.mark.parametrize("part", ["<b>", "<h3><div>", "<dt><div>", "<p><object>", "<div class=paging>", "<table><td>"])
def test_a_page_that_nests_without_end_is_refused(part: str) -> None:
    with pytest.raises(SourceError, match="more than 200 levels deep"):
        parse_page(listing_page(part * 100_000), where="w")


@pytest.mark.parametrize("long", ["<!--{}-->", "<?x {}?>", "<x a='{}'/>", "<x{}/>"])
@pytest.mark.parametrize("parser", PARSERS)
def test_a_tag_or_comment_of_many_megabytes_is_refused(parser: str, long: str) -> None:
    """Such a one is looked at from its beginning each time that a further piece of it is read."""
    parse, write = PARSERS[parser]
    with pytest.raises(SourceError, match="a tag or a comment of more than 1 MiB"):
        parse(write(long.format(" " * 40_000_000)))


@pytest.mark.parametrize(
    "encoding", ["utf-7", "cp037", "unicode_escape", "raw_unicode_escape", "idna", "zip", "hz", "x" * 300, ""]
)
@pytest.mark.parametrize("parser", PARSERS)
def test_an_encoding_that_no_feed_is_written_in_is_refused(parser: str, encoding: str) -> None:
    parse, write = PARSERS[parser]
    with pytest.raises(SourceError, match="declares an encoding that can't be read"):
        parse(b"<?xml version='1.0' encoding='%s'?>" % encoding.encode() + write("T").partition(b"?>")[2])


# What follows takes many minutes where the time grows with the square of the size.
def test_very_many_categories_of_one_paper_are_cut() -> None:
    names = tuple(f"c.{'a' * (n % 300)}-{'b' * (n // 300)}" for n in range(30_000, 90_000))
    (found,) = parse_feed(rss(item(categories=("cs.CL", *names))), where="w").items
    assert len(found.paper.categories) == 100
    assert found.paper.primary_category == "cs.CL"


@pytest.mark.parametrize("element", ["dc:creator", "title", "description", "dc:rights", "arxiv:journal_reference"])
def test_a_long_word_where_feedparser_looks_for_an_address_is_no_burden(element: str) -> None:
    body = rss(item().replace(f"<{element}>", f"<{element}>{'a' * 2_000_000} "))
    (found,) = parse_feed(body, where="w").items
    assert found.paper.id == "2611.00001"


def test_a_feed_over_very_many_categories_is_split_in_proportion() -> None:
    letters = [f"{first}{second}" for first in ascii_lowercase for second in ascii_lowercase]
    names = [f"c.{first}-{second}" for first in letters for second in letters[:100]]
    items = (f"<item><guid>2611.{n:05}v1</guid>{REST}</item>" for n in range(4000))
    feeds = list(split(parse_feed(rss(*items, names=", ".join(names)), where="w")))
    assert len(feeds) == len(names) == 67_600
    assert not any(feed.items for feed in feeds)


REST = "<title>T</title><category>cs.CL</category><arxiv:announce_type>new</arxiv:announce_type>"


def test_a_small_zipped_file_with_an_endless_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "papers.gz").write_bytes(gzip.compress(b" " * 2**28, 1))
    with pytest.raises(SourceError, match="line 1: is longer than 16 MiB"):
        list(read_dump(tmp_path / "papers.gz"))


def test_a_pipe_among_saved_documents_is_a_problem_and_no_endless_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    (tmp_path / "feed.xml").write_bytes(rss(item()))
    saved = SavedArxiv(tmp_path)
    assert saved.categories == ("cs.CL",)
    assert [problem.what for problem in saved.problems] == ["is no ordinary file"]


def test_a_file_whose_name_is_no_text_is_named_in_characters_that_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.xml")).write_bytes(b"none")
    (problem,) = read_folder(tmp_path).problems
    assert problem.where.encode().endswith(b"/caf?.xml")
