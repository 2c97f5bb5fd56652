"""Whatever comes in place of arXiv's documents is read or refused: no parser raises anything but SourceError."""

from __future__ import annotations

import dataclasses
import gzip
import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from arxiv_wire import answer, atom, entry, error_answer, item, listing_page, rss, section
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mangled import mangled
from oai_wire import HEAD, deleted, named, oai, oai_error, raw

from digest.errors import SourceError
from digest.sources.arxiv.creators import parse_creators
from digest.sources.arxiv.feed import parse_feed
from digest.sources.arxiv.listing import join_pages, parse_page
from digest.sources.arxiv.oai import open_earliest, open_envelope
from digest.sources.arxiv.oai_records import read_histories, read_names, with_names
from digest.sources.arxiv.query import parse_papers
from digest.sources.arxiv.saved import SavedArxiv
from digest.sources.dump import read_dump

if TYPE_CHECKING:
    from collections.abc import Callable

FEEDS = (
    rss(item("2611.00001v1", title="A &amp; B"), item("hep-th/9901001v1", creators="Ada (Bath), Bo (1)")),
    rss(item(announce_type="replace-cross", abstract="$x^2$"), names="cs.AI, math"),
    atom("2611.00001v1", "2611.00002v1"),
)
PAGES = (
    listing_page(section("New", "2611.00001"), section("Replacement", "hep-th/9901001"), total=2),
    listing_page(),
)
ANSWERS = (answer(entry(), entry("hep-th/9901001v3"), total=2), error_answer("incorrect id format"))
IDENTITY = f"{HEAD}<Identify><earliestDatestamp>2005-09-16</earliestDatestamp></Identify></OAI-PMH>".encode()
ARCHIVE = (oai(raw(), named(), deleted(), token="t"), oai_error("noRecordsMatch"), IDENTITY)
LINES = b"\n".join(
    json.dumps({"announced_on": "2026-11-20", "authors": ["Ada"], "categories": ["cs.CL"], **texts}).encode()
    for texts in (
        {"id": "2611.00001", "title": "Sheep", "abstract": "We count."},
        {"id": "hep-th/9901001", "title": "$x$", "abstract": "\\frac{1}", "comment": None},
    )
)
AUTHORS = b"A. A (University, City), B (1,2) and C for the D Collaboration, E, Jr. ((1) Here, (2) There)"


def read_feed(body: bytes) -> object:
    return parse_feed(body, where="feed")


def read_page(body: bytes) -> object:
    page = parse_page(body, where="page")
    return page, join_pages([page, page], where="pages")


def read_answer(body: bytes) -> object:
    return parse_papers(body, where="answer")


def read_archive(body: bytes) -> object:
    envelope = open_envelope(body, where="archive")
    histories, problems = read_histories(envelope.records, where="archive")
    names = read_names(envelope.records)
    return envelope.token, envelope.refusal, list(with_names(histories, names)), problems


def read_identity(body: bytes) -> object:
    return open_earliest(body, where="identity")


def read_authors(body: bytes) -> object:
    """XML holds no NUL, so none comes here."""
    return parse_creators(body.decode("utf-8", "replace").replace("\0", ""))


def read_lines(body: bytes) -> object:
    with TemporaryDirectory() as place:
        file = Path(place) / "papers.jsonl"
        file.write_bytes(body)
        return list(read_dump(file))


def read_zipped_lines(body: bytes) -> object:
    return read_lines(gzip.compress(body)[: len(body)])


def read_saved(body: bytes) -> object:
    """As each kind of file that may lie in a folder, whole and inside a recording."""
    with TemporaryDirectory() as place:
        for name in ("a.xml", "b.html", "c"):
            (Path(place) / name).write_bytes(body)
        (Path(place) / "d.json").write_bytes(body)
        recording = json.dumps({"status_code": 200, "body": body.decode("utf-8", "surrogateescape")})
        (Path(place) / "e.json").write_text(recording)
        saved = SavedArxiv(Path(place))
        found: list[object] = [saved.read_papers(["2611.00001", ""]), saved.problems]
        for name in saved.categories:
            with suppress(SourceError):  # a category may have one of them alone
                found += [saved.read_listing(name), saved.read_feed(name)]
        return found


READERS: dict[str, tuple[Callable[[bytes], object], tuple[bytes, ...], int]] = {
    "a feed": (read_feed, FEEDS, 400),
    "a listing page": (read_page, PAGES, 300),
    "an answer": (read_answer, ANSWERS, 300),
    "the archive": (read_archive, ARCHIVE, 300),
    "the archive's identity": (read_identity, ARCHIVE, 100),
    "authors": (read_authors, (AUTHORS,), 150),
    "papers from a file": (read_lines, (LINES,), 150),
    "papers from a zipped file": (read_zipped_lines, (LINES,), 50),
    "a folder": (read_saved, (*FEEDS, *PAGES, *ANSWERS), 200),
}


def refuse_what_cannot_be_kept(value: object) -> None:
    """Half a pair of surrogates can't be written in UTF-8, and PostgreSQL keeps no NUL."""
    if isinstance(value, str):
        assert "\0" not in value
        value.encode()
    elif isinstance(value, (list, tuple)):
        for one in value:
            refuse_what_cannot_be_kept(one)
    elif dataclasses.is_dataclass(value):
        refuse_what_cannot_be_kept([getattr(value, field.name) for field in dataclasses.fields(value)])


def is_read_or_refused(read: Callable[[bytes], object], body: bytes) -> None:
    try:
        found = read(body)
    except SourceError as error:
        refuse_what_cannot_be_kept(str(error))
        return
    refuse_what_cannot_be_kept(found)


@pytest.mark.parametrize("name", READERS)
def test_whatever_is_done_to_a_document_it_is_read_or_refused(name: str) -> None:
    read, wholes, examples = READERS[name]

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(mangled(*wholes))
    def check(body: bytes) -> None:
        is_read_or_refused(read, body)

    check()


@pytest.mark.recorded
@pytest.mark.parametrize("name", ["a feed", "an answer", "the archive"])
def test_whatever_is_done_to_a_genuine_document_it_is_read_or_refused(name: str, recorded: Path) -> None:
    wire = recorded / "data" / "arxiv-wire"
    wholes = {
        "a feed": [path.read_bytes() for path in wire.glob("rss-*/*.xml")],
        "an answer": [json.loads(path.read_text())["body"].encode() for path in wire.glob("query-api/id_*.json")],
        "the archive": [path.read_bytes() for path in wire.glob("oai-arxiv*/*.xml") if path.stat().st_size < 20_000],
    }

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(mangled(*wholes[name]))
    def check(body: bytes) -> None:
        is_read_or_refused(READERS[name][0], body)

    check()


@settings(max_examples=100)
@given(st.sampled_from([*READERS]), st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-16"))))
def test_arbitrary_bytes_are_read_or_refused(name: str, body: bytes) -> None:
    is_read_or_refused(READERS[name][0], body)
