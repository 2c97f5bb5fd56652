from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oai_wire import FIRST, HEAD, deleted, named, oai, oai_error, raw

from digest.catalogue import load_categories
from digest.errors import SourceError
from digest.model.paper import Author, Paper
from digest.sources.arxiv.oai import Envelope, open_envelope
from digest.sources.arxiv.oai_records import read_histories, read_names, with_names
from digest.sources.arxiv.oai_sets import set_names

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.history import PaperHistory


def envelope(body: bytes) -> Envelope:
    return open_envelope(body, where="oai")


def histories(body: bytes) -> list[PaperHistory]:
    return read_histories(envelope(body).records, where="oai")[0]


def names(body: bytes) -> dict[str, tuple[Author, ...]]:
    return read_names(envelope(body).records)


def test_a_raw_record_becomes_a_paper_with_all_its_versions() -> None:
    more = "<comments>5 pages</comments><doi>10.1000/1 10.1000/2</doi><journal-ref>J. Sheep 1</journal-ref>"
    more += "<license>http://creativecommons.org/licenses/by/4.0/</license>"
    (found,) = histories(oai(raw(more=more)))
    first, second = datetime(2026, 11, 4, 15, 29, 38, tzinfo=UTC), datetime(2026, 11, 17, 1, 50, 8, tzinfo=UTC)
    assert found.paper == Paper(
        id="2611.00001",
        version=2,
        title="Counting Sheep",
        abstract="We count sheep.",
        authors=(Author("Ada Byron", ("London",)), Author("Bo Li")),
        categories=("cs.CL", "cs.AI"),
        comment="5 pages",
        doi="10.1000/1",
        journal_ref="J. Sheep 1",
        license="http://creativecommons.org/licenses/by/4.0/",
        submitted_at=first,
        updated_at=second,
    )
    assert found.versions == ((1, first), (2, second))


@pytest.mark.parametrize(
    ("written", "key"),
    [("hep-th/9901001", "hep-th/9901001"), ("math.GT/0309136", "math/0309136"), ("0704.0471", "0704.0471")],
)
def test_ids_of_every_age_are_read(written: str, key: str) -> None:
    assert [one.paper.id for one in histories(oai(raw(written)))] == [key]


def test_a_version_without_a_time_is_a_version_all_the_same() -> None:
    (found,) = histories(oai(raw(versions=("long ago", FIRST))))
    assert (found.paper.version, found.paper.submitted_at) == (2, None)
    assert [version for version, _ in found.versions] == [2]


def test_names_in_parts_are_put_together_with_their_suffix_and_tex() -> None:
    found = names(oai(named("2611.00001", ("Pál", "Erd\\H{o}s", ""), ("Ada", "de la Byron", "Jr"))))
    assert found == {"2611.00001": (Author("Pál Erdős"), Author("Ada de la Byron Jr"))}


def test_names_in_parts_go_before_the_one_string_whose_affiliations_stay() -> None:
    read = histories(oai(raw(), raw("2611.00002", authors="A. Byron, B. Li, C"), raw("2611.00003")))
    parts = names(oai(named(), named("2611.00002")))
    first, second, third = (one.paper.authors for one in with_names(read, parts))
    assert first == (Author("Ada Byron", ("London",)), Author("Bo Li"))
    assert second == (Author("Ada Byron"), Author("Bo Li"))
    assert third == first


def test_a_deleted_record_is_counted_and_no_paper() -> None:
    read = envelope(oai(raw(), deleted(), token="t"))
    assert (len(read.records), read.deleted, read.token) == (1, 1, "t")


def test_nothing_that_matches_is_no_error() -> None:
    assert envelope(oai_error("noRecordsMatch")) == Envelope()


def test_a_token_that_expired_is_told_from_other_errors() -> None:
    assert envelope(oai_error("badResumptionToken")).is_expired
    assert envelope(oai_error("badArgument", "from is no date.")).refusal == (
        "is an error message of arXiv: badArgument (from is no date)"
    )


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (raw(paper_id="sheep"), "names no arXiv id"),
        (raw(title=" "), "2611.00001 has no title"),
        (raw(categories="68T50 I.2.7"), "2611.00001 has no arXiv category"),
        (raw(versions=()), "2611.00001 has no version"),
        ("<record/>", "names no arXiv id"),
    ],
)
def test_one_bad_record_stops_no_other(record: str, what: str) -> None:
    found, problems = read_histories(envelope(oai(record, raw("2611.00002"))).records, where="oai")
    assert [one.paper.id for one in found] == ["2611.00002"]
    assert [(one.where, one.what) for one in problems] == [("oai, record 1", what)]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b"Rate exceeded.", "Rate exceeded"),
        (b"<!doctype html><html><body>Checking your browser</body></html>", "is a web page"),
        (oai(raw())[:-80], "is cut off"),
        (b"<feed/>", "is not an OAI-PMH answer"),
        (f"{HEAD}</OAI-PMH>".encode(), "holds neither records nor a reason why"),
        (
            b"<!DOCTYPE o [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>" + oai(raw(title="&b;")).partition(b"?>")[2],
            "declares a document type",
        ),
        (
            b"<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + oai(raw(title="&x;")).partition(b"?>")[2],
            "declares a document type",
        ),
    ],
)
def test_anything_else_is_refused(body: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        envelope(body)


WHOLE = oai(raw(), named(), deleted(), token="verb%3DListRecords")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 12), st.binary(max_size=8))
def test_an_answer_spoiled_anywhere_is_read_or_refused(start: int, length: int, instead: bytes) -> None:
    try:
        read = envelope(WHOLE[:start] + instead + WHOLE[start + length :])
    except SourceError:
        return
    found, _ = read_histories(read.records, where="oai")
    assert all(one.paper.title and one.paper.categories and one.paper.version for one in found)
    assert all(read_names(read.records).values())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_date_version_or_name_breaks_the_reading(at: str, number: str, name: str) -> None:
    def safe(text: str) -> str:
        return "".join(letter for letter in text if letter.isalnum() or letter in " :,+-()")

    record = raw(versions=(safe(at),), authors=safe(name)).replace('version="v1"', f'version="{safe(number)}"')
    read_histories(envelope(oai(record)).records, where="oai")


@pytest.mark.parametrize(
    "record",
    [
        lambda size: raw(authors="A for " * size),
        lambda size: raw(authors="(" * size),
        lambda size: raw(versions=(FIRST,) * (size // 20)),
        lambda size: raw(title="$" * size),
        lambda size: named("2611.00001", *[("A", "B", "")] * (size // 20)),
    ],
)
def test_a_hostile_record_takes_time_linear_in_its_length(record: object) -> None:
    def seconds(size: int) -> float:
        body = oai(record(size))  # type: ignore[operator]
        start = time.process_time()
        read = envelope(body).records
        read_histories(read, where="oai")
        read_names(read)
        return time.process_time() - start

    assert seconds(80_000) < 12 * seconds(20_000) + 0.2


def test_each_category_has_its_set_and_a_whole_archive_one_for_all() -> None:
    known = load_categories()
    assert set_names(["cs.CL", "quant-ph", "math.AG", "astro-ph.CO", "stat.ML", "nlin.CD"], known) == (
        "cs:cs:CL",
        "physics:quant-ph",
        "math:math:AG",
        "physics:astro-ph:CO",
        "stat:stat:ML",
        "physics:nlin:CD",
    )
    econ = [code for code in known if code.startswith("econ.")]
    assert set_names([*econ, "physics.optics"], known) == ("econ:econ", "physics:physics:optics")


@pytest.mark.recorded
def test_genuine_answers_are_read_without_a_problem(recorded: Path) -> None:
    wire = recorded / "data" / "arxiv-wire"
    read = envelope((wire / "oai-arxivraw-1000" / "listrecords.xml").read_bytes())
    found, problems = read_histories(read.records, where="oai")
    assert (len(found), problems, read.token) == (1000, [], "496549|96001")
    assert all(one.paper.submitted_at and one.paper.authors and len(one.versions) >= 1 for one in found)
    assert all(one.paper.version == one.versions[-1][0] for one in found)
    new = names((wire / "oai-arxiv-2026" / "arxiv_oai_listrecords_2026.xml").read_bytes())
    assert new["2504.11237"] == (Author("Chunhai Lyu"), Author("Christoph H. Keitel"), Author("Zoltán Harman"))
    older = names((wire / "oai-arxiv-older" / "sample_arxiv_response_listrecords_cs.xml").read_bytes())
    assert older["1101.4388"][2] == Author("Fred J. Hickernell")
    errors = wire / "oai-arxiv-errors"
    assert envelope((errors / "ErrorResponseBadResumptionToken.xml").read_bytes()).is_expired
    assert envelope((errors / "ErrorResponseNoRecordsMatch.xml").read_bytes()) == Envelope()
    assert "badArgument" in envelope((errors / "ErrorResponseBadArgument.xml").read_bytes()).refusal
    listed = envelope((errors / "ListRecordsResponse.xml").read_bytes()).records
    assert read_histories(listed, where="oai")[1] == []
