from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest
from arxiv_wire import answer, atom, entry, error_answer, item, listing_page, rss, section
from polite_fakes import START, Reply, World

from digest.errors import SourceError
from digest.model.announcement import StatedCounts
from digest.model.fetch import Validators
from digest.sources.arxiv.service import ArxivService

OK = httpx.Response(200)


def service(world: World) -> ArxivService:
    return ArxivService(
        client=world.client(),
        rss_url="https://rss.example.org/rss",
        atom_url="https://rss.example.org/atom",
        listing_url="https://example.org/list",
        query_url="https://example.org/api/query",
    )


def papers_of(request: httpx.Request) -> list[str]:
    return request.url.params["id_list"].split(",")


def test_a_feed_is_read_with_its_validators() -> None:
    world = World(httpx.Response(200, content=rss(item()), headers={"ETag": "0a1b"}))
    fetched = service(world).read_feed("cs.CL")
    assert fetched.value
    assert [found.paper.id for found in fetched.value.items] == ["2611.00001"]
    assert fetched.validators == Validators("https://rss.example.org/rss/cs.CL", "0a1b")
    assert [str(request.url) for request in world.asked] == ["https://rss.example.org/rss/cs.CL"]
    assert world.asked[0].headers["accept"].startswith("application/rss+xml")


def test_a_feed_that_did_not_change_has_no_value() -> None:
    world = World(httpx.Response(304))
    known = Validators("https://rss.example.org/rss/cs.CL", "0a1b")
    world.memory.known[known.address] = known
    fetched = service(world).read_feed("cs.CL")
    assert (fetched.value, fetched.validators) == (None, known)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (httpx.Response(200, content=rss(item())[:-99]), "is cut off"),
        (httpx.Response(200, content=b"<html>"), "is a web page"),
        (httpx.Response(200, content=rss(item(), names="cs.CV")), "is the feed of cs.CV, not of cs.CL"),
        (httpx.Response(404), "answered 404"),
        (httpx.Response(503), "answered 503"),
    ],
)
def test_the_atom_feed_is_read_when_the_rss_feed_cannot_be(reply: Reply, why: str) -> None:
    def other(request: httpx.Request) -> Reply:
        return httpx.Response(200, content=atom("2611.00007v1")) if "atom" in request.url.path else reply

    feed = service(World(answer=other)).read_feed("cs.CL").value
    assert feed
    assert feed.items[0].paper.id == "2611.00007"
    assert feed.problems[0].what.startswith(why)
    assert feed.problems[0].what.endswith("the Atom feed was read in its place")


@pytest.mark.parametrize("names", ["cs.CV", "cs.CL, cs.CV", "cs"])
def test_a_feed_of_other_categories_is_refused(names: str) -> None:
    with pytest.raises(SourceError, match=rf"is the feed of {names}, not of cs\.CL"):
        service(World(httpx.Response(200, content=rss(item(), names=names)))).read_feed("cs.CL")


@pytest.mark.parametrize(("asked", "names"), [("math.NA", "cs.NA"), ("math-ph", "math.MP"), ("cs.CL", "CS.cl")])
def test_a_feed_under_the_other_name_of_its_list_is_that_of_the_category_asked_for(asked: str, names: str) -> None:
    feed = service(World(httpx.Response(200, content=rss(item(), names=names)))).read_feed(asked).value
    assert feed
    assert (feed.categories, len(feed.items), feed.problems) == ((asked,), 1, ())


def test_a_listing_of_another_category_is_an_error() -> None:
    page = listing_page(section("New", "2611.00001"), total=1, category="cs.CV")
    with pytest.raises(SourceError, match=r"lists cs\.CV, not cs\.CL"):
        service(World(httpx.Response(200, content=page))).read_listing("cs.CL")


def test_when_both_feeds_fail_the_error_tells_of_both_and_the_atom_feed_was_asked_once() -> None:
    world = World(httpx.Response(404), httpx.Response(200, content=b"<html>"))
    with pytest.raises(SourceError, match=r"rss/cs\.CL: answered 404 Not Found; and the Atom feed is a web page"):
        service(world).read_feed("cs.CL")
    assert len(world.asked) == 2


def test_an_error_feed_is_told_in_arxivs_words() -> None:
    body = rss(title="Feed error for query: cs.XX").replace(b"cs.CL updates on the", b"'cs.XX' is no category of the")
    with pytest.raises(SourceError, match=r"'cs\.XX' is no category"):
        service(World(httpx.Response(400, content=body))).read_feed("cs.XX")


def test_when_arxiv_asks_to_stay_away_the_atom_feed_is_not_asked() -> None:
    world = World(httpx.Response(429, headers={"Retry-After": "54000"}))
    with pytest.raises(SourceError, match="stay away until 2026-11-20 20:00 UTC") as caught:
        service(world).read_feed("cs.CL")
    assert "Atom" not in str(caught.value)
    assert len(world.asked) == 1


def test_once_shut_out_nothing_more_is_asked_and_each_reading_says_so() -> None:
    world = World(httpx.Response(403))
    arxiv = service(world)
    told = r"asks us to stay away until 2026-11-20 09:00 UTC \(it answered 403 Forbidden\)"
    for category in ("cs.CL", "cs.CV"):
        with pytest.raises(SourceError, match=told) as listing:
            arxiv.read_listing(category)
        with pytest.raises(SourceError, match=told) as feed:
            arxiv.read_feed(category)
        assert "Atom" not in f"{listing.value} {feed.value}"
    assert "stay away" in arxiv.read_papers(["2611.00001"]).problems[0].what
    assert len(world.asked) == 1


CATEGORIES = [f"cs.A{letter}" for letter in "ABCDEFGHIJKL"]


@pytest.mark.parametrize("nobody", [httpx.ConnectError("no route"), httpx.ConnectTimeout("silence")])
def test_without_a_network_twelve_categories_are_given_up_within_a_minute_and_a_half(nobody: Exception) -> None:
    world = World(OK)

    def no_network(request: httpx.Request) -> Reply:
        if isinstance(nobody, httpx.ConnectTimeout):
            world.clock.now += timedelta(seconds=request.extensions["timeout"]["connect"])
        return nobody

    world.answer = no_network
    arxiv = service(world)
    for category in CATEGORIES:
        for read in (arxiv.read_listing, arxiv.read_feed):
            with pytest.raises(SourceError, match="could not be reached"):
                read(category)
    assert world.clock.now - START < timedelta(seconds=90)
    assert len(world.asked) < 10


def test_when_only_the_feeds_cannot_be_reached_the_listing_pages_are_still_asked_for() -> None:
    world = World(OK)

    def no_feeds(request: httpx.Request) -> Reply:
        if "rss" in request.url.host:
            return httpx.ConnectError("refused")
        return httpx.Response(200, content=listing_page(category=request.url.path.split("/")[2], total=0))

    world.answer = no_feeds
    arxiv = service(world)
    for category in CATEGORIES:
        assert arxiv.read_listing(category).category == category
        with pytest.raises(SourceError, match="could not be reached"):
            arxiv.read_feed(category)
    assert sum("rss" in request.url.host for request in world.asked) < 15


def test_a_listing_is_read_in_one_page() -> None:
    world = World(httpx.Response(200, content=listing_page(section("New", "2611.00001"), total=1)))
    listing = service(world).read_listing("cs.CL")
    assert (listing.announced_on, listing.stated) == (date(2026, 11, 20), StatedCounts(new=1))
    assert str(world.asked[0].url) == "https://example.org/list/cs.CL/new?skip=0&show=2000"


def test_a_listing_of_more_than_two_thousand_papers_is_read_to_its_end() -> None:
    ids = [f"2611.{number:05}" for number in range(1, 2004)]
    first = listing_page(section("New", *ids[:2000], how="showing first", stated=2003), total=2003)
    second = listing_page(section("New", *ids[2000:], how="continued, showing last", stated=2003), total=2003)
    world = World(httpx.Response(200, content=first), httpx.Response(200, content=second))
    listing = service(world).read_listing("cs.CL")
    assert [paper.paper_id for paper in listing.papers] == ids
    assert listing.problems == ()
    assert str(world.asked[1].url) == "https://example.org/list/cs.CL/new?skip=2000&show=2000"


def test_a_listing_cut_off_is_an_error() -> None:
    with pytest.raises(SourceError, match="is cut off"):
        service(World(httpx.Response(200, content=listing_page(section("New", "2611.00001"), total=9)))).read_listing(
            "cs.CL"
        )


def test_papers_are_read_in_batches_and_come_in_the_order_asked_for() -> None:
    def all_of_them(request: httpx.Request) -> Reply:
        return httpx.Response(200, content=answer(*(entry(f"{key}v1") for key in reversed(papers_of(request)))))

    ids = [f"2611.{number:05}" for number in range(450)]
    world = World(answer=all_of_them)
    read = service(world).read_papers(ids)
    assert [paper.id for paper in read.papers] == ids
    assert read.problems == ()
    assert [len(papers_of(request)) for request in world.asked] == [200, 200, 50]
    assert [request.url.params["max_results"] for request in world.asked] == ["200", "200", "50"]


def test_ids_with_versions_and_of_old_papers_are_asked_as_they_are() -> None:
    world = World(httpx.Response(200, content=answer(entry("hep-th/9901001v2"), entry("2611.00001v1"))))
    read = service(world).read_papers(["2611.00001v1", "hep-th/9901001", "2611.00001v1"])
    assert [paper.id for paper in read.papers] == ["2611.00001", "hep-th/9901001"]
    assert "id_list=2611.00001v1,hep-th/9901001&" in str(world.asked[0].url)


def test_a_failed_batch_loses_no_other_and_names_its_ids() -> None:
    def second_fails(request: httpx.Request) -> Reply:
        keys = papers_of(request)
        if "2611.00200" in keys:
            return httpx.Response(400, content=error_answer("too busy"))
        return httpx.Response(200, content=answer(*(entry(f"{key}v1") for key in keys)))

    read = service(World(answer=second_fails)).read_papers(f"2611.{number:05}" for number in range(401))
    assert len(read.papers) == 201
    (problem,) = read.problems
    assert problem.what.startswith("is an error message of arXiv: too busy; no paper came for 2611.00200, 2611.00201")
    assert problem.what.endswith(", 2611.00399")


def test_an_unexpectedly_empty_page_is_asked_for_again() -> None:
    world = World(httpx.Response(200, content=answer(total=1)), httpx.Response(200, content=answer(entry())))
    assert len(service(world).read_papers(["2611.00001"]).papers) == 1


def test_a_page_that_stays_empty_is_given_up() -> None:
    world = World(httpx.Response(200, content=answer(total=1)))
    read = service(world).read_papers(["2611.00001"])
    assert read.papers == ()
    assert read.problems[0].what == "counts 1 papers but shows none; no paper came for 2611.00001"
    assert len(world.asked) == 3


def test_ids_that_are_none_or_that_nobody_knows_are_problems() -> None:
    world = World(httpx.Response(200, content=answer(entry())))
    read = service(world).read_papers(["2611.00001", "abc", "2611.99999"])
    assert len(read.papers) == 1
    assert [problem.what for problem in read.problems] == [
        "'abc' is no arXiv id",
        "answered without them; no paper came for 2611.99999",
    ]


def test_no_ids_ask_nothing() -> None:
    world = World(httpx.Response(500))
    assert service(world).read_papers([]).papers == ()
    assert not world.asked
