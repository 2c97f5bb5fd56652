"""The attention sources over real HTTP: the values of a recorded world, and everything that can go wrong."""

from __future__ import annotations

import json
import logging
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import pytest
from attention_wire import assert_storable, gather
from conftest import RECORDED_WORLD
from outside_world import serving
from polite_fakes import Memory

from digest.model.attention import Harvest, Subject
from digest.sources.attention.access import access
from digest.sources.attention.github import GitHub
from digest.sources.attention.hackernews import HackerNews
from digest.sources.attention.huggingface import HuggingFace
from digest.sources.attention.openalex import OpenAlex
from digest.sources.attention.semantic_scholar import SemanticScholar
from digest.sources.http import PoliteClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.errors import SourceError

pytestmark = [pytest.mark.recorded, pytest.mark.enable_socket]

TODAY = date(2026, 2, 25)
KEY = "s3cr3t-k3y"
PLACES = {"huggingface": "hf", "semantic_scholar": "s2", "openalex": "openalex", "github": "github", "hackernews": "hn"}
NAMES = tuple(PLACES)
UNKNOWN = Subject("2602.99999", date(2026, 2, 23))
ANCIENT = Subject("hep-th/9901001", date(2026, 2, 23))


class Source(Protocol):
    def observe(self, subjects: Sequence[Subject], *, on: date) -> Iterator[Harvest]: ...


class Outside:
    """The stand-in, and clients that ask it without losing time."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.slept: list[float] = []
        self.memory = Memory()
        self.closing = ExitStack()

    def client(self, name: str, **options: Any) -> PoliteClient:
        settings: dict[str, Any] = {"spacing": timedelta(), "sleep": self.slept.append, "retries": 2}
        client = PoliteClient(
            service=name,
            contact="ops@example.org",
            memory=self.memory,
            clock=lambda: datetime.now(UTC),
            **(settings | options),
        )
        return self.closing.enter_context(client)

    def source(self, name: str, **options: Any) -> Source:
        client, url = self.client(name, **options), f"{self.base}/{PLACES[name]}"

        def clock() -> datetime:
            return datetime.now(UTC)

        sources: dict[str, Source] = {
            "huggingface": HuggingFace(client=client, url=url, clock=clock),
            "semantic_scholar": SemanticScholar(client=client, url=url, clock=clock),
            "openalex": OpenAlex(client=client, url=url, clock=clock),
            "github": GitHub(client=client, url=url, clock=clock),
            "hackernews": HackerNews(client=client, url=url, clock=clock),
        }
        return sources[name]

    def observe(
        self, name: str, subjects: Sequence[Subject], **options: Any
    ) -> tuple[list[Harvest], SourceError | None]:
        return gather(self.source(name, **options).observe(subjects, on=TODAY))

    def faults(self, kind: str, args: dict[str, object] | None = None, *, times: int = -1, after: int = 0) -> None:
        rule = {"kind": kind, "times": times, "after": after, "args": args or {}}
        httpx.post(f"{self.base}/control/faults", json=[rule], trust_env=False).raise_for_status()

    def read(self, path: str) -> Any:
        return httpx.get(f"{self.base}{path}", trust_env=False).json()

    def log(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.read("/control/log")
        return found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(RECORDED_WORLD, "2026-02-25", first="2026-02-20") as found:
        yield found


@pytest.fixture
def outside(address: str) -> Iterator[Outside]:
    httpx.post(f"{address}/control/reset", trust_env=False).raise_for_status()
    world = Outside(address)
    with world.closing:
        yield world


@pytest.fixture(scope="module")
def papers(address: str) -> tuple[Subject, ...]:
    """Papers of one recorded day that Hugging Face lists, and two that nobody knows."""
    listed: list[dict[str, Any]] = []
    for day in ("2026-02-23", "2026-02-24", "2026-02-25"):
        page = httpx.get(f"{address}/hf/api/daily_papers?date={day}&limit=100", trust_env=False).json()
        listed += [element["paper"] for element in page]
    found = [
        Subject(paper["id"], date(2026, 2, 23), paper.get("githubRepo", "").removeprefix("https://github.com/"))
        for paper in listed
    ]
    return (*found, UNKNOWN, ANCIENT)


def values(harvests: list[Harvest], metric: str) -> dict[str, float]:
    return {one.paper_id: one.value for h in harvests for one in h.observations if one.metric == metric}


def asked(harvests: list[Harvest]) -> set[str]:
    return {one for harvest in harvests for one in harvest.asked}


def test_hugging_faces_values_are_those_of_its_lists(outside: Outside, papers: tuple[Subject, ...]) -> None:
    harvests, error = outside.observe("huggingface", papers)
    assert error is None
    assert_storable(harvests)
    assert asked(harvests) == {one.paper_id for one in papers}
    upvotes, comments = values(harvests, "upvotes"), values(harvests, "comments")
    mentions = {one.paper_id: one for harvest in harvests for one in harvest.mentions}
    page = outside.read("/hf/api/daily_papers?date=2026-02-24&limit=100")
    assert len(page) > 10
    for element in page:
        paper = element["paper"]
        assert upvotes[paper["id"]] == paper["upvotes"]
        assert comments[paper["id"]] == element["numComments"]
        mention = mentions[paper["id"]]
        assert mention.organisation == paper.get("organization", {}).get("fullname", "")
        assert mention.authors == tuple(author["name"] for author in paper["authors"])
        assert mention.mentioned_at == datetime(2026, 2, 24, tzinfo=UTC)


def test_semantic_scholars_values_are_those_of_its_single_papers(outside: Outside, papers: tuple[Subject, ...]) -> None:
    harvests, error = outside.observe("semantic_scholar", papers)
    assert error is None
    assert_storable(harvests)
    assert asked(harvests) == {one.paper_id for one in papers}
    assert len(outside.log()) == 1
    citations = values(harvests, "citations")
    assert {UNKNOWN.paper_id, ANCIENT.paper_id}.isdisjoint(citations)
    for one in list(citations)[:5]:
        whole = outside.read(f"/s2/graph/v1/paper/ARXIV:{one}?fields=citationCount,authors.name,authors.hIndex")
        assert citations[one] == whole["citationCount"]
        told = [(a.key, a.name, a.h_index) for h in harvests for a in h.authors if a.paper_id == one]
        assert told == [(a["authorId"], a["name"], a["hIndex"]) for a in whole["authors"]]


def test_openalexs_values_are_those_of_its_single_works_and_authors(
    outside: Outside, papers: tuple[Subject, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    some = (*papers[:8], UNKNOWN, ANCIENT)
    given = access("openalex", KEY)
    harvests, error = outside.observe("openalex", some, headers=given.headers, query=given.query)
    assert error is None
    assert_storable(harvests)
    assert asked(harvests) == {one.paper_id for one in some}
    assert KEY not in caplog.text
    log = outside.log()
    assert all(line["path"].endswith(f"&api_key={KEY}") for line in log)
    assert [line["path"].partition("?")[0] for line in log][:2] == ["/openalex/works", "/openalex/authors"]
    citations = values(harvests, "citations")
    one = next(iter(citations))
    whole = outside.read(f"/openalex/works/doi:10.48550/arxiv.{one}")
    assert citations[one] == whole["cited_by_count"]
    told = [author for harvest in harvests for author in harvest.authors if author.paper_id == one]
    for record, authorship in zip(told, whole["authorships"], strict=True):
        author = authorship["author"]
        assert author["id"] == f"https://openalex.org/{record.key}"
        assert (record.name, record.orcid) == (author["display_name"], (author["orcid"] or "")[-19:])
        assert record.organisations == tuple(place["display_name"] for place in authorship["institutions"])
        assert record.h_index is not None
    single = outside.read(f"/openalex/authors/{told[0].key}")
    assert told[0].h_index == single["summary_stats"]["h_index"]


def test_githubs_values_are_those_of_its_repositories_and_unchanged_ones_cost_nothing(
    outside: Outside, papers: tuple[Subject, ...]
) -> None:
    linked = [one for one in papers if one.repository][:8]
    assert len(linked) == 8
    given = access("github", KEY)
    harvests, error = outside.observe("github", linked, headers=given.headers)
    assert error is None
    assert asked(harvests) == {one.paper_id for one in linked}
    stars = values(harvests, "stars")
    assert stars
    repositories = {one.paper_id: one.repository for one in linked}
    for paper_id, count in stars.items():
        assert count == outside.read(f"/github/repos/{repositories[paper_id]}")["stargazers_count"]
    outside.memory.known = {one.address: one for harvest in harvests for one in harvest.validators}
    again, error = outside.observe("github", linked, headers=given.headers)
    assert error is None
    assert {one for harvest in again for one in harvest.unchanged} == set(stars)
    assert not values(again, "stars")


def test_hacker_news_is_asked_about_each_paper_when_the_sweep_finds_none(
    outside: Outside, papers: tuple[Subject, ...]
) -> None:
    recent = outside.read("/hn/api/v1/search_by_date?query=&tags=story&hitsPerPage=1000")["hits"]
    talked = [Subject(hit["url"].rpartition("/")[2], date(2026, 2, 23)) for hit in recent][:5]
    assert talked
    harvests, error = outside.observe("hackernews", (*talked, *papers[:3]))
    assert error is None
    assert asked(harvests) == {one.paper_id for one in (*talked, *papers[:3])}
    points, comments = values(harvests, "points"), values(harvests, "comments")
    mentions = {one.paper_id: one.key for harvest in harvests for one in harvest.mentions}
    for hit, one in zip(recent, talked, strict=False):
        assert (points[one.paper_id], comments[one.paper_id]) == (hit["points"], hit["num_comments"])
        assert mentions[one.paper_id] == hit["objectID"]
    assert set(points) == asked(harvests)


def with_code(papers: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Papers about which each of the sources can be asked."""
    return tuple(replace(one, repository=one.repository or f"acme/r{n}") for n, one in enumerate(papers[:3]))


FAULTS: list[tuple[str, dict[str, object]]] = [
    ("status", {"code": 429, "retry_after": 15}),
    ("status", {"code": 429, "retry_after": 50_000}),
    ("status", {"code": 503, "retry_after": "date:30"}),
    ("status", {"code": 403}),
    ("status", {"code": 400, "body": '{"error": "no"}', "type": "application/json"}),
    ("status", {"code": 200, "body": "null", "type": "application/json"}),
    ("truncate", {}),
    ("truncate", {"content_length": "correct"}),
    ("html_instead", {}),
    ("reset", {}),
    ("slow", {"seconds": 0.4}),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("kind", "args"), FAULTS, ids=json.dumps)
def test_what_stays_is_an_error_of_the_source_and_nothing_else(
    outside: Outside, papers: tuple[Subject, ...], name: str, kind: str, args: dict[str, object]
) -> None:
    outside.faults(kind, args)
    quick = timedelta(seconds=0.1)
    harvests, error = outside.observe(name, with_code(papers), timeout=quick, retries=1)
    assert error is not None
    assert not any(harvest.asked for harvest in harvests)
    assert len(outside.log()) <= 8
    if args.get("code") == 403 or args.get("retry_after") == 50_000:
        assert len(outside.log()) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("status", {"code": 429, "retry_after": 15}),
        ("truncate", {}),
        ("slow", {"seconds": 2}),
    ],
    ids=json.dumps,
)
def test_what_passes_costs_a_wait_and_no_value(
    outside: Outside, papers: tuple[Subject, ...], name: str, kind: str, args: dict[str, object]
) -> None:
    whole, _ = outside.observe(name, with_code(papers))
    requests = len(outside.log())
    outside.faults(kind, args, times=1)
    harvests, error = outside.observe(name, with_code(papers), timeout=timedelta(seconds=1.5))
    assert error is None
    assert asked(harvests) == asked(whole)
    assert [(o.metric, o.value) for h in harvests for o in h.observations] == [
        (o.metric, o.value) for h in whole for o in h.observations
    ]
    assert len(outside.log()) == 2 * requests + 1
    assert len(outside.slept) == 1


@pytest.mark.parametrize("name", NAMES)
def test_what_came_before_a_failure_stands(outside: Outside, papers: tuple[Subject, ...], name: str) -> None:
    subjects = with_code(papers)
    outside.faults("status", {"code": 403}, after=1)
    harvests, error = outside.observe(name, subjects)
    if name == "semantic_scholar":  # which needs one request for all
        assert error is None
        return
    assert "stay away" in str(error)
    assert len(harvests) == 1
    assert len(outside.log()) == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_budget_is_kept_as_the_other_side_counts(outside: Outside, papers: tuple[Subject, ...], name: str) -> None:
    outside.faults("status", {"code": 503}, times=1)
    subjects = with_code(papers)
    outside.observe(name, subjects, budget=2)
    assert len(outside.log()) == 2
    _, error = outside.observe(name, subjects, budget=0)
    assert "all 0 requests" in str(error)
    assert len(outside.log()) == 2


@pytest.mark.parametrize("name", ["github", "hackernews"])
def test_the_pace_is_kept_as_the_other_side_counts(outside: Outside, papers: tuple[Subject, ...], name: str) -> None:
    outside.memory.free_at = datetime(2026, 1, 1, tzinfo=UTC)
    outside.observe(name, with_code(papers), spacing=timedelta(seconds=0.2), sleep=time.sleep)
    times = [line["time"] for line in outside.log()]
    assert len(times) >= 3
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(times))
