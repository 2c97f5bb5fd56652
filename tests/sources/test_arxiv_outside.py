"""A recorded day of arXiv over real HTTP, in order and with everything that can go wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from conftest import RECORDED_WORLD
from outside_world import serving
from polite_fakes import Memory

from digest.errors import SourceError
from digest.sources.arxiv.service import ArxivService
from digest.sources.http import PoliteClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model.announcement import Feed

pytestmark = [pytest.mark.recorded, pytest.mark.enable_socket]

TODAY = date(2026, 2, 5)


class Outside:
    """The stand-in, and a service that reads it without losing time."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.slept: list[float] = []
        self.memory = Memory()
        self.client = PoliteClient(
            service="arxiv",
            contact="ops@example.org",
            spacing=timedelta(),
            memory=self.memory,
            clock=lambda: datetime.now(UTC),
            sleep=self.slept.append,
        )
        self.arxiv = ArxivService(
            client=self.client,
            rss_url=f"{base}/arxiv/rss",
            atom_url=f"{base}/arxiv/atom",
            listing_url=f"{base}/arxiv/list",
            query_url=f"{base}/arxiv/api/query",
        )

    def faults(self, kind: str, args: dict[str, object] | None = None, *, match: str = "", times: int = -1) -> None:
        rule = {"match": match, "kind": kind, "times": times, "args": args or {}}
        httpx.post(f"{self.base}/control/faults", json=[rule], trust_env=False).raise_for_status()

    def asked(self) -> list[str]:
        log: list[dict[str, str]] = httpx.get(f"{self.base}/control/log", trust_env=False).json()
        return [line["path"] for line in log]

    def feed(self, category: str = "cs.CL") -> Feed:
        feed = self.arxiv.read_feed(category).value
        assert feed
        return feed


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(RECORDED_WORLD, "2026-02-05", first="2026-02-04") as found:
        yield found


@pytest.fixture
def outside(address: str) -> Iterator[Outside]:
    httpx.post(f"{address}/control/reset", trust_env=False).raise_for_status()
    world = Outside(address)
    with world.client:
        yield world


@pytest.mark.parametrize(
    ("category", "stated"),
    [("cs.CL", (72, 5, 2)), ("cs.AI", (26, 54, 1)), ("cs.CV", (90, 2, 3)), ("cs.LG", (0, 36, 0))],
)
def test_feed_listing_and_query_agree_on_a_day(outside: Outside, category: str, stated: tuple[int, int, int]) -> None:
    feed = outside.feed(category)
    listing = outside.arxiv.read_listing(category)
    read = outside.arxiv.read_papers([item.paper.id for item in feed.items])
    assert feed.problems == listing.problems == read.problems == ()
    assert feed.dated_on == listing.announced_on == date(2026, 2, 5)
    assert (listing.stated.new, listing.stated.cross, listing.stated.replace) == stated
    assert {paper.paper_id for paper in listing.papers} == {item.paper.id for item in feed.items}
    kinds = {paper.paper_id: paper.announce_type for paper in listing.papers}
    assert all(item.announce_type.startswith(kinds[item.paper.id]) for item in feed.items)
    for item, paper in zip(feed.items, read.papers, strict=True):
        assert (item.paper.id, item.paper.version, item.paper.title) == (paper.id, paper.version, paper.title)
        assert (item.paper.abstract, item.paper.authors) == (paper.abstract, paper.authors)
        assert item.paper.categories == paper.categories


def test_the_atom_feed_is_the_same(outside: Outside) -> None:
    rss = outside.feed()
    outside.faults("html_instead", match="/rss/")
    assert outside.feed().items == rss.items


def test_a_second_reading_brings_nothing_new(outside: Outside) -> None:
    first = outside.arxiv.read_feed("cs.CL")
    assert first.validators
    outside.memory.known[first.validators.address] = first.validators
    assert outside.arxiv.read_feed("cs.CL").value is None


def test_it_is_polite_enough_for_the_strict_spells(outside: Outside) -> None:
    outside.faults("not_acceptable")
    assert len(outside.feed().items) == 79
    assert outside.slept == []


@pytest.mark.parametrize(
    ("kind", "args", "waits"),
    [
        ("status", {"code": 429, "retry_after": 15}, (15, 15)),
        ("status", {"code": 503, "retry_after": "date:30"}, (25, 30)),
        ("status", {"code": 503}, (3, 3)),
        ("rate_exceeded_200", {}, (3, 3)),
        ("reset", {}, (3, 3)),
        ("truncate", {}, (3, 3)),
    ],
)
def test_what_passes_costs_one_wait(
    outside: Outside, kind: str, args: dict[str, object], waits: tuple[int, int]
) -> None:
    outside.faults(kind, args, times=1)
    feed = outside.feed()
    assert (len(feed.items), feed.problems) == (79, ())
    (slept,) = outside.slept
    assert waits[0] <= slept <= waits[1]
    assert outside.asked() == ["/arxiv/rss/cs.CL"] * 2


@pytest.mark.parametrize(
    ("kind", "args", "problem"),
    [
        ("truncate", {"content_length": "correct"}, "is cut off at line"),
        ("html_instead", {}, "is a web page"),
        ("redirect_loop", {}, "redirects in a loop"),
        ("rate_exceeded_200", {}, "answered 'Rate exceeded.'"),
        ("reset", {}, "lost the connection"),
        ("status", {"code": 403}, "answered 403"),
        ("status", {"code": 429, "retry_after": 50_000}, "asks us to stay away until"),
    ],
)
def test_what_stays_is_an_error_of_the_source(
    outside: Outside, kind: str, args: dict[str, object], problem: str
) -> None:
    outside.faults(kind, args)
    with pytest.raises(SourceError, match=problem):
        outside.feed()
    with pytest.raises(SourceError):
        outside.arxiv.read_listing("cs.CL")
    read = outside.arxiv.read_papers(["2602.03942"])
    assert read.papers == ()
    assert read.problems[0].what.endswith("; no paper came for 2602.03942")


@pytest.mark.parametrize("how", ["control", "entity", "encoding"])
def test_one_spoiled_title_costs_no_paper(outside: Outside, how: str) -> None:
    outside.faults("malformed", {"how": how}, match="/rss/")
    feed = outside.feed()
    assert len(feed.items) == 79
    assert len(feed.problems) == 1


def test_a_huge_abstract_costs_no_paper(outside: Outside) -> None:
    outside.faults("huge", {"megabytes": 12})
    assert len(outside.feed().items) == 79
    listing = outside.arxiv.read_listing("cs.CL")
    assert (len(listing.papers), listing.problems) == (79, ())
    assert len(outside.arxiv.read_papers([paper.paper_id for paper in listing.papers]).papers) == 79


def test_a_partial_listing_still_states_the_full_counts(outside: Outside) -> None:
    outside.faults("partial")
    listing = outside.arxiv.read_listing("cs.CL")
    assert (listing.stated.total, len(listing.papers)) == (79, 63)
    assert listing.problems


def test_an_unexpectedly_empty_page_passes(outside: Outside) -> None:
    outside.faults("empty_page", times=2)
    assert len(outside.arxiv.read_papers(["2602.03942"]).papers) == 1


def test_a_category_that_does_not_exist_is_told_in_arxivs_words(outside: Outside) -> None:
    with pytest.raises(SourceError, match=r"'cs\.XX' is not an archive or category"):
        outside.feed("cs.XX")
