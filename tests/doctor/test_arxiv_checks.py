"""arXiv as the doctor sees it: in a stand-in transport, and as a recorded day over real HTTP."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from outside_world import serving

from digest.doctor import arxiv
from digest.doctor.examination import Check, examine
from digest.doctor.finding import Finding, Verdict
from digest.errors import SourceError
from digest.sources.probe import Heard, OwnPace, Probe
from digest.store.database import open_database
from digest.store.fetches import FetchStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FAILURE, WARNING, OK = Verdict.FAILURE, Verdict.WARNING, Verdict.OK

FEED = """<?xml version='1.0'?><rss version="2.0"><channel><title>cs.CL updates on arXiv.org</title>
<link>http://rss.arxiv.org/rss/cs.CL</link><lastBuildDate>{day}</lastBuildDate></channel></rss>"""
LISTING = """<html><body><p>See <a id="recent-cs.CL" href="/list/cs.CL/recent">recent</a></p>
<h3>Showing new listings for {day}</h3><p>No updates today.</p></body></html>"""


class Arxiv:
    """Answers feeds and listing pages of the given days, with headers."""

    def __init__(
        self, *, feed: str = "Fri, 20 Nov 2026 05:00:02 +0000", listing: str = "Friday, 20 November 2026"
    ) -> None:
        self.feed = FEED.format(day=feed)
        self.listing = LISTING.format(day=listing)
        self.headers: dict[str, str] = {"Date": format_datetime(NOW)}
        self.status = 200
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        text = self.listing if "/list/" in str(request.url) else self.feed
        return httpx.Response(self.status, text=text, headers=self.headers)


def probe(world: Arxiv | None, **options: Any) -> Probe:
    @contextmanager
    def memory() -> Iterator[OwnPace]:
        yield OwnPace()

    given: dict[str, Any] = {
        "rss_url": "https://rss.example.org/rss",
        "atom_url": "https://rss.example.org/atom",
        "listing_url": "https://example.org/list",
        "contact": "ops@example.org",
        "spacing": timedelta(),
        "memory": memory,
        "clock": lambda: NOW,
        "sleep": lambda _: None,
        "retries": 0,
        "transport": httpx.MockTransport(world) if world else None,
    }
    return Probe(**(given | options))


def today() -> date:
    return date(2026, 11, 20)


# --- Fresh or not


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        ("Friday, 20 November 2026", OK),
        ("Monday, 16 November 2026", OK),
        ("Saturday, 21 November 2026", OK),
        ("Friday, 13 November 2026", WARNING),
        ("Monday, 23 November 2026", WARNING),
    ],
)
def test_a_listing_page_is_of_these_days(day: str, verdict: Verdict) -> None:
    found = arxiv.listing(probe(Arxiv(listing=day)), "cs.CL", today=today)
    assert found.verdict is verdict
    assert str(datetime.strptime(day, "%A, %d %B %Y").date()) in found.what  # noqa: DTZ007 -- a day has no zone


def test_a_feed_of_today_is_fine_and_one_of_last_week_is_not() -> None:
    assert arxiv.feed(probe(Arxiv()), "cs.CL", today=today).what == "cs.CL: 0 announcements, dated 2026-11-20"
    old = arxiv.feed(probe(Arxiv(feed="Thu, 12 Nov 2026 05:00:02 +0000")), "cs.CL", today=today)
    assert (old.verdict, "2026-11-12" in old.what) == (WARNING, True)


def test_a_feed_that_is_read_in_place_of_another_is_a_warning() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "/rss/" in str(request.url):
            return httpx.Response(404)
        return httpx.Response(200, text=FEED.format(day="Fri, 20 Nov 2026 05:00:02 +0000"))

    found = arxiv.feed(probe(None, transport=httpx.MockTransport(answer)), "cs.CL", today=today)
    assert found.verdict is WARNING
    assert "Atom" in found.what


def test_what_cannot_be_read_is_an_error_and_its_time_is_heard_all_the_same() -> None:
    world = Arxiv()
    world.status = 503
    asking = probe(world)
    with pytest.raises(SourceError, match="answered 503"):
        arxiv.listing(asking, "cs.CL", today=today)
    assert [one.status for one in asking.heard] == [503]
    assert arxiv.clock(asking.heard).verdict is OK


def test_the_day_is_new_yorks() -> None:
    assert arxiv.eastern_today(lambda: datetime(2026, 11, 20, 3, tzinfo=UTC)) == date(2026, 11, 19)


# --- The clock


def heard(*, ahead: float, age: float = 0) -> Heard:
    return Heard(200, NOW - timedelta(seconds=ahead), timedelta(seconds=age), NOW)


@pytest.mark.parametrize(
    ("ahead", "verdict"), [(2, OK), (-59, OK), (61, WARNING), (-290, WARNING), (301, FAILURE), (-86_400, FAILURE)]
)
def test_a_clock_is_off_by_a_minute_or_wrong_by_five(ahead: float, verdict: Verdict) -> None:
    found = arxiv.clock([heard(ahead=ahead)])
    assert found.verdict is verdict
    if verdict is not OK:
        assert f"{abs(ahead):,.0f} seconds {'ahead of' if ahead > 0 else 'behind'}" in found.what


def test_the_age_of_a_cached_answer_is_reckoned_with_either_way() -> None:
    assert arxiv.clock([heard(ahead=3600, age=3600)]).verdict is OK
    assert arxiv.clock([heard(ahead=0, age=3600)]).verdict is OK
    assert arxiv.clock([heard(ahead=7200, age=3600)]).verdict is FAILURE


def test_without_a_stated_time_the_clock_is_not_judged() -> None:
    assert arxiv.clock([]).verdict is Verdict.SKIPPED
    assert arxiv.clock([Heard(200, None, timedelta(), NOW)]).verdict is Verdict.SKIPPED


@pytest.mark.parametrize("header", ["", "yesterday", "Fri, 99 Nov 2026 12:00:00 GMT"])
def test_a_date_header_that_is_none_is_no_time(header: str) -> None:
    world = Arxiv()
    world.headers = {"Date": header, "Age": "soon"}
    asking = probe(world)
    asking.read_listing("cs.CL")
    assert asking.heard == [Heard(200, None, timedelta(), NOW)]


def test_the_date_header_is_compared_with_our_clock() -> None:
    world = Arxiv()
    world.headers = {"Date": "Fri, 20 Nov 2026 11:00:00 GMT", "Age": "60"}
    asking = probe(world)
    asking.read_listing("cs.CL")
    assert asking.heard[0].offset == timedelta(minutes=59)


# --- Politeness


def test_two_documents_keep_the_spacing_that_the_database_holds(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'digest.db'}"
    database = open_database(address)
    slept: list[float] = []
    asking = probe(Arxiv(), memory=arxiv.pace_of(address), spacing=timedelta(seconds=3), sleep=slept.append)
    asking.read_feed("cs.CL")
    asking.read_listing("cs.CL")
    assert slept == [3]
    next_one = FetchStore(database, paces=database).reserve_slot("arxiv", now=NOW, spacing=timedelta())
    assert next_one >= NOW + timedelta(seconds=6)
    database.close()


def test_what_an_earlier_run_remembers_does_not_make_the_answer_empty(tmp_path: Path) -> None:
    from sqlalchemy import text  # noqa: PLC0415 -- this test alone writes what ingest would

    address = f"sqlite:///{tmp_path / 'digest.db'}"
    database = open_database(address)
    with database.write() as connection:
        connection.execute(text("INSERT INTO validators VALUES ('https://rss.example.org/rss/cs.CL', 'abc', NULL)"))
    database.close()
    world = Arxiv()
    probe(world, memory=arxiv.pace_of(address)).read_feed("cs.CL")
    assert "if-none-match" not in world.asked[0].headers


def test_without_a_database_the_spacing_is_kept_and_none_is_made(tmp_path: Path) -> None:
    slept: list[float] = []
    memory = arxiv.pace_of(f"sqlite:///{tmp_path / 'digest.db'}")
    asking = probe(Arxiv(), memory=memory, spacing=timedelta(seconds=3), sleep=slept.append)
    asking.read_feed("cs.CL")
    asking.read_listing("cs.CL")
    assert slept == [3]
    assert list(tmp_path.iterdir()) == []


def test_a_moment_too_late_to_wait_for_is_not_booked() -> None:
    pace, minute = OwnPace(), timedelta(minutes=1)
    pace.keep_off("arxiv", until=NOW + minute)
    for _ in range(2):
        assert pace.reserve_slot("arxiv", now=NOW, spacing=minute, latest=NOW) == NOW + minute
    assert pace.reserve_slot("arxiv", now=NOW, spacing=minute, latest=NOW + minute) == NOW + minute
    assert pace.reserve_slot("arxiv", now=NOW, spacing=minute, latest=NOW + minute) == NOW + 2 * minute


def test_a_service_that_wants_us_away_is_left_alone_though_there_is_no_database(tmp_path: Path) -> None:
    world = Arxiv()
    world.status, world.headers = 503, {"Retry-After": "3600"}
    asking = probe(world, memory=arxiv.pace_of(f"sqlite:///{tmp_path / 'digest.db'}"))
    for _ in range(2):
        with pytest.raises(SourceError, match="stay away until"):
            asking.read_listing("cs.CL")
    assert len(world.asked) == 1


# --- A recorded day


@pytest.mark.recorded
@pytest.mark.enable_socket
def test_a_recorded_day_is_fresh_on_that_day_and_broken_when_it_breaks(recorded: Path) -> None:
    with serving(recorded, "2026-02-05", first="2026-02-04") as base:
        asking = outside(base)
        first, second, clock = examine(checks(asking))
        assert (first.verdict, "dated 2026-02-05" in first.what) == (OK, True), first
        assert second.what == "cs.CL: 79 announcements of Thursday, 2026-02-05"
        assert clock.verdict is OK
        rules = [{"match": "", "kind": "html_instead", "times": -1, "args": {}}]
        httpx.post(f"{base}/control/faults", json=rules, trust_env=False).raise_for_status()
        assert [one.verdict for one in examine(checks(asking))] == [FAILURE, FAILURE, OK]


def outside(base: str) -> Probe:
    urls = {"rss_url": f"{base}/arxiv/rss", "atom_url": f"{base}/arxiv/atom", "listing_url": f"{base}/arxiv/list"}
    return probe(None, clock=lambda: datetime.now(UTC), **urls)


def checks(asking: Probe) -> list[Check]:
    def feed() -> Finding:
        return arxiv.feed(asking, "cs.CL", today=lambda: date(2026, 2, 6))

    def listing() -> Finding:
        return arxiv.listing(asking, "cs.CL", today=lambda: date(2026, 2, 6))

    return [Check("feed", feed), Check("listing", listing), Check("clock", lambda: arxiv.clock(asking.heard))]
