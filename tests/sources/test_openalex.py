"""OpenAlex: papers by DOI, authors once each, and what it all costs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from attention_wire import (
    NEW,
    OLD,
    OTHER,
    TODAY,
    any_json,
    assert_storable,
    gather,
    listed,
    person,
    reply,
    spoiled,
    subject,
    work,
)
from conftest import RECORDED_WORLD
from hypothesis import given, settings
from hypothesis import strategies as st
from polite_fakes import START, World

from digest.errors import SourceError
from digest.model.attention import AuthorRecord, Harvest, Observation
from digest.sources.attention.openalex import OpenAlex, parse_authors, parse_works

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.model.attention import Subject

API = "https://api.openalex.org"


def source(world: World, *, dollars: float = 0.05, **options: Any) -> OpenAlex:
    client = world.client(service="openalex", spacing=timedelta(), **options)
    return OpenAlex(client=client, url=API, clock=world.clock, most_dollars=dollars)


def observe(world: World, *subjects: Subject) -> list[Harvest]:
    return list(source(world).observe(subjects, on=TODAY))


def wanted(request: httpx.Request) -> list[str]:
    return request.url.params["filter"].partition(":")[2].split("|")


def papers(*, authors: Callable[[str], tuple[str, ...]], **headers: str) -> World:
    """A service that knows every paper and author it is asked about."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/authors":
            return reply(listed(*(person(key, h_index=int(key[1:])) for key in reversed(wanted(request)))), **headers)
        ids = [doi.removeprefix("10.48550/arxiv.") for doi in wanted(request)]
        return reply(listed(*(work(one, authors=authors(one)) for one in reversed(ids))), **headers)

    return World(answer=answer)


def test_a_paper_comes_with_its_authors_in_two_answers() -> None:
    world = papers(authors=lambda _: ("A7", "A8"))
    assert observe(world, subject()) == [
        Harvest(asked=(), observations=(Observation(NEW, "openalex", "citations", 7, START),)),
        Harvest(
            asked=(NEW,),
            authors=tuple(
                AuthorRecord(
                    paper_id=NEW,
                    position=position,
                    source="openalex",
                    key=key,
                    name=f"Author {key}",
                    observed_at=START,
                    orcid="0000-0002-1825-0097",
                    organisations=("Acme",),
                    papers=11,
                    citations=222,
                    h_index=h_index,
                )
                for position, key, h_index in ((1, "A7", 7), (2, "A8", 8))
            ),
        ),
    ]


def test_only_what_is_needed_is_asked_for() -> None:
    world = papers(authors=lambda _: ("A7",))
    observe(world, subject(), subject(OLD))
    works, authors = (sent.url.params for sent in world.asked)
    assert works["filter"] == f"doi:10.48550/arxiv.{NEW}|10.48550/arxiv.hep-th/9901001"
    assert works["select"] == "doi,cited_by_count,authorships"
    assert (authors["filter"], authors["select"]) == ("openalex:A7", "id,works_count,cited_by_count,summary_stats")
    assert works["per-page"] == authors["per-page"] == "100"


def test_papers_are_told_apart_by_doi_and_not_by_their_place() -> None:
    world = World(reply(listed(work(OLD, 3, ()), work("2611.19999", 99, ()), work(NEW, 5, ()))))
    (harvest,) = observe(world, subject(), subject(OTHER), subject(OLD))
    assert {one.paper_id: one.value for one in harvest.observations} == {NEW: 5, OLD: 3}
    assert set(harvest.asked) == {NEW, OTHER, OLD}


@pytest.mark.parametrize(
    "doi", [f"https://doi.org/10.48550/arXiv.{NEW}", f"10.48550/ARXIV.{NEW}", f"http://dx.doi.org/10.48550/arxiv.{NEW}"]
)
def test_a_doi_is_known_in_each_of_its_spellings(doi: str) -> None:
    found, _ = parse_works(json.dumps(listed(work() | {"doi": doi})).encode(), (NEW,), where=API, observed_at=START)
    assert list(found) == [NEW]


def test_of_several_works_with_one_doi_the_most_cited_counts() -> None:
    (harvest,) = observe(World(reply(listed(work(NEW, 3, ()), work(NEW, 9, ()), work(NEW, 1, ())))), subject())
    assert [one.value for one in harvest.observations] == [9]


def test_fifty_are_asked_about_at_once_and_each_author_once_a_run() -> None:
    def authors(paper_id: str) -> tuple[str, ...]:
        number = int(paper_id[-3:])
        return ("A1", f"A{1000 + number}", f"A{2000 + number % 60}")

    world = papers(authors=authors)
    ids = [f"2611.10{number:03}" for number in range(120)]
    harvests = observe(world, *map(subject, ids))
    asked = [wanted(sent) for sent in world.asked]
    assert [sent.url.path for sent in world.asked][:4] == ["/works", "/authors", "/authors", "/authors"]
    assert max(map(len, asked)) == 50
    keys = [key for sent, values in zip(world.asked, asked, strict=True) if "author" in sent.url.path for key in values]
    assert len(keys) == len(set(keys)) == 1 + 120 + 60
    assert sorted(one for harvest in harvests for one in harvest.asked) == ids
    told = {(one.paper_id, one.position): (one.key, one.h_index) for h in harvests for one in h.authors}
    assert len(told) == 360
    assert all(f"A{h_index}" == key for key, h_index in told.values())
    assert len(harvests) == len(world.asked)


def test_an_author_who_is_not_found_stays_without_numbers() -> None:
    world = World(reply(listed(work(authors=("A1", "A2")))), reply(listed(person("A2"))))
    told = [(one.key, one.h_index, one.papers) for harvest in observe(world, subject()) for one in harvest.authors]
    assert told == [("A1", None, None), ("A2", 4, 11)]


def test_authors_without_an_id_are_left_out_and_keep_their_place() -> None:
    whole = work(authors=("A1", "A2"))
    whole["authorships"][0]["author"]["id"] = None
    world = World(reply(listed(whole)), reply(listed(person("A2"))))
    assert [(one.position, one.key) for harvest in observe(world, subject()) for one in harvest.authors] == [(2, "A2")]


@pytest.mark.parametrize("citations", [None, "7", -1, 7.5])
def test_an_odd_work_costs_its_own_paper_only(citations: object) -> None:
    (harvest,) = observe(World(reply(listed(work(NEW, citations), work(OTHER, 1, ())))), subject(), subject(OTHER))
    assert harvest.asked == (OTHER,)
    assert [one.paper_id for one in harvest.observations] == [OTHER]


def test_a_failure_leaves_papers_unsettled_whose_authors_did_not_come() -> None:
    world = World(reply(listed(work(), work(OTHER, 1, ()))), httpx.Response(400))
    harvests, error = gather(source(world).observe((subject(), subject(OTHER)), on=TODAY))
    assert error
    assert error.where == f"{API}/authors"
    assert [harvest.asked for harvest in harvests] == [(OTHER,)]
    assert len(harvests[0].observations) == 2


def test_it_stops_when_the_runs_money_is_used_up() -> None:
    world = papers(authors=lambda _: (), x_ratelimit_cost_usd="0.0001")
    subjects = [subject(f"2611.{number:05}") for number in range(500)]
    harvests, error = gather(source(world, dollars=0.0003).observe(subjects, on=TODAY))
    assert "was not asked, because this run's $0.0003 are used up" in str(error)
    assert len(world.asked) == len(harvests) == 3


@pytest.mark.parametrize(("told", "requests"), [("0.01", 5), ("0", 10), ("", 10), ("NaN", 10), ("-1", 10), ("1e9", 10)])
def test_the_price_that_is_told_counts(told: str, requests: int) -> None:
    world = papers(authors=lambda _: (), x_ratelimit_cost_usd=told)
    gather(source(world).observe([subject(f"2611.{number:05}") for number in range(500)], on=TODAY))
    assert len(world.asked) == requests


def test_no_money_means_no_request() -> None:
    world = papers(authors=lambda _: ())
    _, error = gather(source(world, dollars=0).observe([subject()], on=TODAY))
    assert error
    assert not world.asked


def test_it_stops_when_the_days_quota_is_used_up_and_stays_away_until_it_is_full() -> None:
    world = papers(authors=lambda _: ("A1",), x_ratelimit_remaining="0", x_ratelimit_reset="11987")
    harvests, error = gather(source(world).observe([subject()], on=TODAY))
    assert "openalex asks us to stay away until 2026-11-20 08:19 UTC (it has no quota left)" in str(error)
    assert (len(world.asked), len(harvests)) == (1, 1)
    _, error = gather(source(world).observe([subject()], on=TODAY))
    assert "stay away" in str(error)
    assert len(world.asked) == 1


def test_an_exhausted_day_closes_it_until_the_next() -> None:
    world = World(reply({"error": "Rate limit exceeded"}, 429, Retry_After="54000", x_ratelimit_remaining="8"))
    _, error = gather(source(world).observe([subject()], on=TODAY))
    assert "until 2026-11-20 20:00 UTC" in str(error)


def test_errors_name_neither_fifty_papers_nor_the_key() -> None:
    world = World(httpx.Response(400))
    found = source(world, query={"api_key": "s3cr3t"}).observe([subject()], on=TODAY)
    _, error = gather(found)
    assert str(error) == f"{API}/works: answered 400 Bad Request."
    assert world.asked[0].url.params["api_key"] == "s3cr3t"


def test_without_subjects_nothing_is_asked() -> None:
    world = papers(authors=lambda _: ())
    assert observe(world) == []
    assert not world.asked


@settings(max_examples=150)
@given(st.one_of(any_json, spoiled(listed(work(), work(OTHER)))), st.one_of(any_json, spoiled(listed(person("A1")))))
def test_any_answer_is_read_or_refused(works: Any, authors: Any) -> None:
    harvests, _ = gather(source(World(reply(works), reply(authors))).observe((subject(), subject(OTHER)), on=TODAY))
    assert_storable(harvests, {NEW, OTHER}.__contains__)


@pytest.mark.recorded
def test_genuine_works(recorded: Path) -> None:
    body = (recorded / "data/api-json/openalex/openalex_works.json").read_bytes()
    assert parse_works(body, (NEW,), where=API, observed_at=START) == ({}, frozenset())
    found, odd = parse_works(_as_preprints(json.loads(body)), (NEW, OTHER), where=API, observed_at=START)
    assert (found[NEW].citations, len(found[NEW].authors)) == (768, 42)
    assert (found[OTHER].citations, len(found[OTHER].authors)) == (2282, 3)
    first = found[NEW].authors[0]
    assert (first.key, first.name, first.orcid) == ("A5040568538", "Kiran Musunuru", "0000-0003-3298-0368")
    assert first.organisations[:2] == ("Cardiovascular Institute of the South", "University of Pennsylvania")
    assert not odd


@pytest.mark.recorded
@settings(max_examples=60)
@given(chance=st.data())
def test_genuine_works_with_one_part_spoiled(chance: st.DataObject) -> None:
    whole = json.loads((RECORDED_WORLD / "data/api-json/openalex/openalex_works.json").read_bytes())
    body = chance.draw(spoiled(json.loads(_as_preprints(whole))))
    harvests, _ = gather(source(World(reply(body), reply(listed()))).observe((subject(), subject(OTHER)), on=TODAY))
    assert_storable(harvests, {NEW, OTHER}.__contains__)


def _as_preprints(whole: Any) -> bytes:
    """The recorded works are not of arXiv: their DOIs are changed, and nothing else."""
    for one, paper_id in zip(whole["results"], (NEW, OTHER), strict=True):
        one["doi"] = f"https://doi.org/10.48550/arxiv.{paper_id}"
    return json.dumps(whole).encode()


def test_authors_are_told_apart_by_id() -> None:
    found = parse_authors(json.dumps(listed(person("A2", 9), {"id": 5}, person("A1", None))).encode(), where=API)
    assert {key: numbers.h_index for key, numbers in found.items()} == {"A2": 9, "A1": None}


def test_an_answer_without_results_is_an_error() -> None:
    with pytest.raises(SourceError, match="another form"):
        parse_works(b'{"meta": {}}', (NEW,), where=API, observed_at=START)
