from __future__ import annotations

from datetime import date

import httpx
import pytest
from oai_wire import deleted, named, oai, oai_error, raw
from polite_fakes import Reply, World

from digest.errors import SourceError
from digest.model.history import HistoryPage, Window
from digest.sources.arxiv.oai_service import OaiService

NOVEMBER = Window("cs:cs:CL", date(2026, 11, 1), date(2026, 11, 19))
# As arXiv writes it: a query string, quoted.
TOKEN = "verb%3DListRecords%26skip%3D2000"


def service(world: World) -> OaiService:
    return OaiService(client=world.client(), url="https://oai.example.org/oai")


def page(world: World, place: str = "", *, to_present: bool = False) -> HistoryPage:
    return service(world).read_page(NOVEMBER, place, to_present=to_present)


def ok(body: bytes) -> httpx.Response:
    return httpx.Response(200, content=body)


def ids(read: HistoryPage) -> list[str]:
    return [one.paper.id for one in read.histories]


def test_both_formats_are_asked_for_the_same_days_of_a_set() -> None:
    world = World(ok(oai(raw())), ok(oai(named("2611.00001", ("Ada", "Lovelace", ""), ("Bo", "Li", "")))))
    read = page(world)
    assert [author.name for author in read.histories[0].paper.authors] == ["Ada Lovelace", "Bo Li"]
    assert (read.place, read.problems) == ("", ())
    asked = [dict(request.url.params) for request in world.asked]
    same = {"verb": "ListRecords", "set": "cs:cs:CL", "from": "2026-11-01", "until": "2026-11-19"}
    assert asked == [{**same, "metadataPrefix": "arXivRaw"}, {**same, "metadataPrefix": "arXiv"}]
    assert world.memory.booked[1] - world.memory.booked[0] == world.client().spacing


def test_a_window_that_reaches_the_present_has_no_end_for_arxiv() -> None:
    world = World(ok(oai_error("noRecordsMatch")))
    page(world, to_present=True)
    assert "until" not in world.asked[0].url.params


def test_an_empty_range_costs_one_request_and_is_no_error() -> None:
    world = World(ok(oai_error("noRecordsMatch")))
    assert page(world) == HistoryPage(())
    assert len(world.asked) == 1


def test_the_next_page_is_asked_for_with_both_tokens_quoted_once_more() -> None:
    world = World(
        ok(oai(raw(), token=TOKEN)), ok(oai(named(), token=f"{TOKEN}n")), ok(oai(raw("2611.00002"))), ok(oai(named()))
    )
    first = page(world)
    assert first.place
    second = page(world, first.place)
    assert (ids(first), ids(second), second.place) == (["2611.00001"], ["2611.00002"], "")
    assert [request.url.params.get("resumptionToken") for request in world.asked[2:4]] == [TOKEN, f"{TOKEN}n"]
    assert b"%253D" in world.asked[2].url.raw_path


def test_a_list_of_names_that_ends_early_is_asked_for_no_more() -> None:
    world = World(ok(oai(raw(), token=TOKEN)), ok(oai(named())), ok(oai(raw("2611.00002"))))
    assert ids(page(world, page(world).place)) == ["2611.00002"]
    assert len(world.asked) == 3


def test_a_page_of_deleted_records_alone_is_a_page() -> None:
    world = World(ok(oai(deleted(), token=TOKEN)))
    read = page(world)
    assert (read.histories, read.deleted) == ((), 1)
    assert read.place


@pytest.mark.parametrize("of_names", [False, True])
def test_a_token_that_expired_says_so(of_names: bool) -> None:
    gone = ok(oai_error("badResumptionToken"))
    world = World(ok(oai(raw(), token=TOKEN)), ok(oai(named(), token=TOKEN)), *([ok(oai(raw()))] * of_names), gone)
    assert page(world, page(world).place).is_expired


@pytest.mark.parametrize(
    ("first", "waits"),
    [
        (httpx.Response(503, headers={"Retry-After": "20"}), [20.0]),
        (httpx.Response(503, headers={"Retry-After": "Fri, 20 Nov 2026 05:00:40 GMT"}), [40.0]),
        (httpx.Response(429, headers={"Retry-After": "15"}), [15.0]),
        (httpx.Response(200, text="Rate exceeded."), [3.0]),
        (httpx.ReadError("reset"), [3.0]),
        (ok(b"<html><body>one moment</body></html>"), [3.0]),
        (ok(oai(raw())[:-60]), [3.0]),
        (ok(oai()), [3.0]),
        (ok(b""), [3.0]),
    ],
)
def test_what_passes_costs_one_wait_and_no_paper(first: Reply, waits: list[float]) -> None:
    world = World(first, ok(oai(raw())), ok(oai(named())))
    assert ids(page(world)) == ["2611.00001"]
    assert world.clock.slept[:1] == waits


@pytest.mark.parametrize(
    ("body", "requests", "problem"),
    [
        (oai(), 3, "answers with an empty page"),
        (b"<html></html>", 3, "is a web page"),
        (oai_error("badArgument", "there is no such set"), 1, r"badArgument \(there is no such set\)"),
    ],
)
def test_what_stays_is_an_error_of_the_source(body: bytes, requests: int, problem: str) -> None:
    world = World(ok(body))
    with pytest.raises(SourceError, match=problem):
        page(world)
    assert len(world.asked) == requests


def test_a_service_that_gives_the_same_page_for_ever_is_left() -> None:
    world = World(answer=lambda _: ok(oai(raw(), token=TOKEN)))
    with pytest.raises(SourceError, match="the same page again and again"):
        page(world, page(world).place)


def test_the_archives_first_day_is_asked_for() -> None:
    told = b"<OAI-PMH><Identify><earliestDatestamp>2005-09-16</earliestDatestamp></Identify></OAI-PMH>"
    assert service(World(ok(told))).read_earliest() == date(2005, 9, 16)
    with pytest.raises(SourceError, match="tells no earliest day"):
        service(World(ok(b"<OAI-PMH/>"))).read_earliest()
