"""What a network and a server can do to an answer, over real connections: nothing is taken for whole that isn't."""

from __future__ import annotations

import gzip
import itertools
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from arxiv_wire import answer, atom, entry, item, listing_page, rss, section
from oai_wire import named, oai, raw
from polite_fakes import START, Clock, Memory
from rough_server import End, RoughServer, Step, drip, head, rough, whole

from digest.errors import SourceError
from digest.model.history import Window
from digest.sources.arxiv.oai_service import OaiService
from digest.sources.arxiv.service import ArxivService
from digest.sources.http import PoliteClient
from digest.store.database import open_database
from digest.store.fetches import FetchStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.enable_socket

IDS = tuple(f"2611.{number:05}" for number in range(1, 31))
FEED = rss(*(item(f"{key}v1") for key in IDS))
ATOM = atom(*(f"{key}v1" for key in IDS))
PAGE = listing_page(section("New", *IDS), total=len(IDS))
FOUND = answer(*(entry(f"{key}v1") for key in IDS))
CHALLENGE = b"<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head><body>Are you a robot?</body></html>"
# A part that says nothing, as often as one likes, is proper deflate (RFC 1951, section 3.2.4).
NOTHING_PACKED = gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 5000
LIMIT = timedelta(milliseconds=300)
NOVEMBER = Window("cs:cs:CL", date(2026, 11, 1), date(2026, 11, 19))


def client(own: Clock, memory: Memory | FetchStore, **options: Any) -> PoliteClient:
    settings: dict[str, Any] = {"spacing": timedelta(), "clock": own, "timeout": timedelta(seconds=5)}
    settings |= options
    return PoliteClient(service="arxiv", contact="ops@example.org", memory=memory, sleep=own.sleep, **settings)


def real_time() -> datetime:
    return datetime.now(UTC)


class Arxiv:
    """A rough server and the services that read it, none of which loses time by its pauses."""

    def __init__(self, server: RoughServer, **options: Any) -> None:
        self.asked = server.asked
        self.clock = Clock()
        self.client = client(self.clock, Memory(), **options)
        places = {name: f"{server.base}/{name}" for name in ("rss", "atom", "list", "query")}
        self.papers = ArxivService(
            client=self.client,
            rss_url=places["rss"],
            atom_url=places["atom"],
            listing_url=places["list"],
            query_url=places["query"],
        )
        self.oai = OaiService(client=self.client, url=f"{server.base}/oai")

    def feed(self) -> tuple[str, ...]:
        feed = self.papers.read_feed("cs.CL").value
        assert feed
        assert feed.problems == ()
        return tuple(found.paper.id for found in feed.items)

    def listed(self) -> tuple[str, ...]:
        return tuple(paper.paper_id for paper in self.papers.read_listing("cs.CL").papers)


@contextmanager
def reading(*answers: Iterable[Step] | Callable[[], Iterable[Step]], **options: Any) -> Iterator[Arxiv]:
    with rough(*answers) as server:
        arxiv = Arxiv(server, **options)
        with arxiv.client:
            yield arxiv


def packed(body: bytes) -> list[Step]:
    return whole(body, Content_Encoding="gzip")


def test_a_refusal_after_a_long_stall_is_waited_out() -> None:
    with reading([0.3, *whole(b"", status="429 Too Many Requests", Retry_After="15")], whole(FEED)) as arxiv:
        assert arxiv.feed() == IDS
        assert arxiv.clock.slept == [15.0]


def test_a_stall_that_outlasts_our_patience_is_asked_again() -> None:
    with reading([1.8, End.HANG_UP], whole(FEED), timeout=timedelta(seconds=0.9)) as arxiv:
        assert arxiv.feed() == IDS
        assert arxiv.clock.slept == [3.0]


@pytest.mark.parametrize(
    "broken",
    [
        [End.RESET],
        [End.HANG_UP],
        [b"HTTP/1.1 200 O", End.RESET],
        [head(Content_Length=str(len(FEED))) + FEED[:900], End.RESET],
        [head(Content_Length=str(len(FEED))) + FEED[:900], End.HANG_UP],
        [head(Transfer_Encoding="chunked") + b"200\r\n" + FEED[:512] + b"\r\n", End.HANG_UP],
        [head(Transfer_Encoding="chunked") + b"papers\r\n", End.HANG_UP],
        [head(Content_Encoding="gzip", Content_Length="99") + b"no gzip at all" * 7, End.HANG_UP],
        [head(Content_Encoding="gzip", Content_Length="9999") + gzip.compress(FEED)[:400], End.HANG_UP],
        [b"220 mail.example.org ESMTP\r\n", End.HANG_UP],
        [b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 9999, End.HANG_UP],
    ],
)
def test_an_answer_that_breaks_off_is_asked_for_again(broken: list[Step]) -> None:
    with reading(broken, whole(FEED)) as arxiv:
        assert arxiv.feed() == IDS
        assert (arxiv.clock.slept, len(arxiv.asked)) == ([3.0], 2)


CUTS = [0.02, 0.3, 0.5, 0.7, 0.9, 0.98]


@pytest.mark.parametrize("share", CUTS)
@pytest.mark.parametrize("pack", [False, True])
def test_a_body_cut_off_with_the_right_length_is_never_taken_for_a_whole_one(share: float, *, pack: bool) -> None:
    def cut(body: bytes) -> list[Step]:
        sent = gzip.compress(body) if pack else body
        return (packed if pack else whole)(sent[: int(len(sent) * share)])

    with reading(cut(FEED), cut(ATOM)) as arxiv, pytest.raises(SourceError, match=r"is cut off|is empty"):
        arxiv.feed()
    with reading(cut(FOUND)) as arxiv:
        read = arxiv.papers.read_papers(IDS)
        assert read.papers == ()
        assert read.problems[0].what.endswith(f"no paper came for {', '.join(IDS)}")
    with reading(cut(PAGE)) as arxiv:
        try:
            listing = arxiv.papers.read_listing("cs.CL")
        except SourceError:
            return
        assert listing.stated.new == len(IDS)
        assert listing.problems or len(listing.papers) == len(IDS)


@pytest.mark.parametrize("share", CUTS)
def test_a_page_of_records_cut_off_in_the_middle_of_its_compression_is_asked_for_again(share: float) -> None:
    body = gzip.compress(oai(raw()))
    with reading(packed(body[: int(len(body) * share)]), packed(body), whole(oai(named()))) as arxiv:
        page = arxiv.oai.read_page(NOVEMBER, "", to_present=False)
        assert [one.paper.id for one in page.histories] == ["2611.00001"]
        assert len(arxiv.asked) == 3


def dripping(first: bytes, rest: Iterable[int]) -> Iterator[Step]:
    yield first
    yield from drip(rest, every=0.01)


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b""),
        (head(), b""),
        (head(Content_Encoding="gzip"), NOTHING_PACKED),
    ],
    ids=["header", "body", "packed body that unfolds to nothing"],
)
def test_an_answer_that_drips_is_given_up_after_the_limit(first: bytes, rest: bytes) -> None:
    drops = lambda: dripping(first, itertools.chain(rest, itertools.repeat(120)))  # noqa: E731
    with reading(drops, whole(FEED), clock=real_time, longest_read=LIMIT) as arxiv:
        began = real_time()
        assert arxiv.feed() == IDS
        assert LIMIT < real_time() - began < 20 * LIMIT
        assert arxiv.clock.slept == [3.0]


def test_a_server_that_drips_for_ever_is_soon_asked_no_more() -> None:
    drops = lambda: dripping(head(), itertools.repeat(120))  # noqa: E731
    with reading(drops, clock=real_time, longest_read=LIMIT / 10) as arxiv:
        tries = []
        for _ in range(5):
            before = len(arxiv.asked)
            with pytest.raises(SourceError, match="sent its answer too slowly"):
                arxiv.papers.read_listing("cs.CL")
            tries.append(len(arxiv.asked) - before)
        assert tries == [5, 1, 1, 0, 0]


def test_a_body_without_an_end_is_left_at_the_limit() -> None:
    endless = lambda: itertools.chain([head()], itertools.repeat(b"x" * 50_000))  # noqa: E731
    with reading(endless, max_bytes=200_000) as arxiv:
        with pytest.raises(SourceError, match="is larger than"):
            arxiv.papers.read_listing("cs.CL")
        assert len(arxiv.asked) == 1


def test_a_challenge_in_place_of_every_document_is_named() -> None:
    with reading(whole(CHALLENGE, Content_Type="text/html")) as arxiv:
        with pytest.raises(SourceError, match=r"rss/cs\.CL: is a web page, not XML"):
            arxiv.feed()
        with pytest.raises(SourceError, match="is not a listing page with a date"):
            arxiv.papers.read_listing("cs.CL")
        assert "is a web page" in arxiv.papers.read_papers(IDS).problems[0].what
        with pytest.raises(SourceError, match="is a web page"):
            arxiv.oai.read_page(NOVEMBER, "", to_present=False)


def test_a_spell_of_406_is_outlived() -> None:
    refused = whole(b"", status="406 Not Acceptable")
    with reading(refused, refused, refused, whole(FEED), spacing=timedelta(seconds=3)) as arxiv:
        assert arxiv.feed() == IDS
        assert arxiv.clock.slept == [3.0, 6.0, 12.0]
        assert all(b"\r\naccept: application/rss+xml" in asked.lower() for asked in arxiv.asked)


def test_a_403_is_remembered_by_the_next_process(tmp_path: Path) -> None:
    address, clock = f"sqlite:///{tmp_path / 'digest.db'}", Clock()
    with rough(whole(b"", status="403 Forbidden"), whole(FEED)) as server:
        for hours in (0, 1, 2.9, 0.2):
            clock.now += timedelta(hours=hours)
            database = open_database(address)
            with client(clock, FetchStore(database, paces=database)) as own:
                if clock.now < START + timedelta(hours=4):
                    with pytest.raises(SourceError, match="asks us to stay away until 2026-11-20 09:00 UTC"):
                        own.get(f"{server.base}/rss/cs.CL", accept="*/*")
                    assert len(server.asked) == 1
                else:
                    assert own.get(f"{server.base}/rss/cs.CL", accept="*/*").value == FEED
            database.close()
        assert len(server.asked) == 2
