"""A clock that is wrong, or set while we ask, and the two nights on which New York sets its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from arxiv_wire import atom, item, rss
from polite_fakes import START, World

from digest.errors import SourceError
from digest.sources.arxiv.feed import parse_feed
from digest.store.fetches import FetchStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.sources.http import PoliteClient
    from digest.store.database import Database

FEED = "https://rss.example.org/rss/cs.CL"
OK = httpx.Response(200, content=b"papers")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def get(client: PoliteClient) -> bytes | None:
    return client.get(FEED, accept="*/*").value


def world_at(now: datetime, *replies: httpx.Response) -> World:
    world = World(*replies)
    world.clock.now = now
    world.memory.free_at = now - DAY
    return world


def keeping(world: World, fetches: FetchStore) -> PoliteClient:
    """A client that shares its diary with others."""
    return replace(world.client(), memory=fetches)


def refusal(status: int, *, at: datetime, until: datetime) -> httpx.Response:
    stated = {"Date": format_datetime(at, usegmt=True), "Retry-After": format_datetime(until, usegmt=True)}
    return httpx.Response(status, headers=stated)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wrong", [-10 * DAY, -HOUR, timedelta(), HOUR, 10 * DAY])
def test_a_date_to_wait_for_counts_by_the_clock_of_who_states_it(status: int, wrong: timedelta) -> None:
    theirs = START - wrong
    world = World(refusal(status, at=theirs, until=theirs + timedelta(seconds=30)), OK)
    assert get(world.client(spacing=timedelta())) == b"papers"
    assert world.clock.slept == [30.0]


@pytest.mark.parametrize(
    "stated", ["", "soon", "Fri, 99 Nov 2026 05:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "1 Jan 70 00:00 GMT"]
)
def test_a_service_that_states_no_time_of_its_own_is_measured_by_ours(stated: str) -> None:
    answer = refusal(503, at=START, until=START + timedelta(seconds=30))
    answer.headers["Date"] = stated
    world = World(answer, OK)
    assert get(world.client(spacing=timedelta())) == b"papers"
    assert world.clock.slept == [30.0]


@pytest.mark.parametrize("wrong", [-2 * DAY, 2 * DAY])
def test_a_quota_that_is_full_again_at_a_time_counts_by_the_services_clock_too(wrong: timedelta) -> None:
    theirs = START - wrong
    stated = {
        "Date": format_datetime(theirs, usegmt=True),
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(int(theirs.timestamp()) + 90),
    }
    world = World(httpx.Response(403, headers=stated), OK)
    assert get(world.client(spacing=timedelta())) == b"papers"
    assert world.clock.slept == [90.0]


def test_a_clock_that_is_set_back_by_seconds_makes_the_pause_longer_and_no_shorter() -> None:
    world = World(OK)
    with world.client() as client:
        get(client)
        world.clock.now -= timedelta(seconds=40)
        get(client)
    assert world.clock.slept == [43.0]


def test_a_clock_that_is_set_back_by_an_hour_is_named_and_nothing_is_asked_until_then() -> None:
    world = World(OK)
    with world.client() as client:
        get(client)
        world.clock.now -= HOUR
        with pytest.raises(SourceError, match="next free moment to ask arxiv is 1:00:03 away") as caught:
            get(client)
        assert "clock" in caught.value.hint
        assert (len(world.asked), world.clock.slept) == (1, [])
        world.clock.now += HOUR
        assert get(client) == b"papers"


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), 40 * DAY])
def test_a_clock_that_is_set_forward_lets_the_next_request_begin(ahead: timedelta) -> None:
    world = World(OK)
    with world.client() as client:
        get(client)
        world.clock.now += ahead
        get(client)
    assert world.clock.slept == []


@pytest.mark.parametrize("ahead", [3 * DAY, 4000 * DAY])
def test_what_a_clock_booked_days_ahead_is_forgotten_once_it_is_right(database: Database, ahead: timedelta) -> None:
    world = World(OK)
    fetches = FetchStore(database, paces=database)
    for now in (START + ahead, START):
        world.clock.now = now
        with keeping(world, fetches) as client:
            assert get(client) == b"papers"
    assert world.clock.slept == []


def test_what_a_clock_booked_some_hours_ahead_puts_us_off_until_then_and_no_longer(database: Database) -> None:
    world = World(OK)
    with keeping(world, FetchStore(database, paces=database)) as client:
        world.clock.now = START + 7 * HOUR
        get(client)
        world.clock.now = START
        for _ in range(3):
            with pytest.raises(SourceError, match="7:00:03 away"):
                get(client)
        world.clock.now = START + 7 * HOUR
        assert get(client) == b"papers"


def test_a_clock_that_runs_back_while_an_answer_drips_makes_nobody_wait_for_ever() -> None:
    world = World(OK)
    seen = []

    class Drips(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                seen.append(world.clock.now)
                world.clock.now += timedelta(seconds=50 if len(seen) % 2 else -60)
                yield b"p"

    world.replies = [httpx.Response(200, stream=Drips()), OK]
    assert get(world.client()) == b"papers"
    assert len(seen) == 13


def test_a_clock_that_is_set_forward_while_an_answer_comes_costs_no_second_request() -> None:
    world = World(OK)

    class IsSet(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"pap"
            world.clock.now += DAY
            yield b"ers"

    world.replies = [httpx.Response(200, stream=IsSet())]
    assert get(world.client()) == b"papers"
    assert len(world.asked) == 1


# Ten seconds before New York sets its clocks forward, and back.
NIGHTS = [datetime(2026, 3, 8, 6, 59, 50, tzinfo=UTC), datetime(2026, 11, 1, 5, 59, 50, tzinfo=UTC)]


@pytest.mark.parametrize("night", NIGHTS)
def test_in_the_nights_of_daylight_saving_every_wait_is_as_long_as_ever(night: datetime) -> None:
    world = world_at(
        night,
        httpx.Response(503, headers={"Retry-After": "20"}),
        refusal(429, at=night + timedelta(seconds=20), until=night + timedelta(seconds=45)),
        OK,
        httpx.Response(403),
    )
    with world.client() as client:
        assert get(client) == b"papers"
        until = night + timedelta(seconds=48) + timedelta(hours=4)
        with pytest.raises(SourceError, match=f"stay away until {until:%Y-%m-%d %H:%M} UTC"):
            get(client)
    assert world.clock.slept == [20.0, 25.0, 3.0]


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("Sun, 01 Nov 2026 02:00:30 -0400", 40.0),
        ("Sun, 01 Nov 2026 01:00:30 -0500", 40.0),
        ("Sun, 01 Nov 2026 01:00:30 EST", 40.0),
        ("Sun, 01 Nov 2026 06:00:30 GMT", 40.0),
    ],
)
def test_a_date_to_wait_for_may_be_written_in_any_zone(stated: str, seconds: float) -> None:
    world = world_at(NIGHTS[1], httpx.Response(503, headers={"Retry-After": stated}), OK)
    assert get(world.client(spacing=timedelta())) == b"papers"
    assert world.clock.slept == [seconds]


@pytest.mark.parametrize(
    ("built", "day"),
    [
        ("2026-03-08T04:59:59+00:00", date(2026, 3, 7)),
        ("2026-03-08T05:00:02+00:00", date(2026, 3, 8)),
        ("2026-03-09T03:59:59+00:00", date(2026, 3, 8)),
        ("2026-03-09T04:00:02+00:00", date(2026, 3, 9)),
        ("2026-11-01T03:59:59+00:00", date(2026, 10, 31)),
        ("2026-11-01T04:00:02+00:00", date(2026, 11, 1)),
        ("2026-11-02T04:59:59+00:00", date(2026, 11, 1)),
        ("2026-11-02T05:00:02+00:00", date(2026, 11, 2)),
    ],
)
def test_a_feed_is_of_the_day_in_new_york_around_both_nights(built: str, day: date) -> None:
    mailed = format_datetime(datetime.fromisoformat(built))
    assert parse_feed(atom("2611.00001v1", day=built), where="atom").dated_on == day
    assert parse_feed(rss(item("2611.00001v1"), day=mailed), where="rss").dated_on == day
