from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from polite_fakes import START, Memory, World

from digest.errors import SourceError
from digest.model.fetch import Fetched, Validators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.sources.http import PoliteClient

FEED = "https://rss.example.org/rss/cs.CL"
OK = httpx.Response(200, content=b"papers")


def get(client: PoliteClient, address: str = FEED) -> Fetched[bytes]:
    with client:
        return client.get(address, accept="application/rss+xml")


def test_it_says_who_it_is_and_what_it_accepts() -> None:
    world = World(OK)
    get(world.client())
    sent = world.asked[0].headers
    assert sent["user-agent"].startswith("trending-papers-digest/")
    assert sent["user-agent"].endswith(" (+ops@example.org)")
    assert sent["accept"] == "application/rss+xml"


@pytest.mark.parametrize("contact", ["", "\n", "é"])
def test_without_a_contact_that_a_header_can_hold_it_still_has_its_own_name(contact: str) -> None:
    world = World(OK)
    get(world.client(contact=contact))
    assert world.asked[0].headers["user-agent"].startswith("trending-papers-digest/")
    assert "+" not in world.asked[0].headers["user-agent"]


def test_it_waits_for_its_slot_behind_other_processes() -> None:
    world = World(OK)
    world.memory.free_at = START + timedelta(seconds=7)
    get(world.client())
    assert world.clock.slept == [7.0]


def test_the_pause_is_counted_from_the_end_of_a_slow_answer() -> None:
    world = World(OK)

    def slow(request: httpx.Request) -> httpx.Response:
        world.clock.now += timedelta(seconds=20)
        return httpx.Response(200, content=b"body")

    world.answer = slow
    with world.client() as client:
        for _ in range(2):
            client.get(FEED, accept="text/html")
    assert world.clock.slept == [3.0]


def test_a_slot_too_far_away_is_an_error_and_nothing_is_asked_or_booked() -> None:
    world = World(OK)
    far = world.memory.free_at = START + timedelta(days=400)
    with pytest.raises(SourceError, match="next free moment to ask arxiv is 400 days"):
        get(world.client())
    assert not world.asked
    assert world.memory.free_at == far


def test_the_validators_come_back_exactly_as_they_were_sent() -> None:
    headers = {"ETag": "0a1b2c", "Last-Modified": "Fri, 20 Nov 2026 05:00:00 GMT"}
    first = World(httpx.Response(200, content=b"papers", headers=headers))
    fetched = get(first.client())
    assert fetched == Fetched(b"papers", Validators(FEED, "0a1b2c", "Fri, 20 Nov 2026 05:00:00 GMT"))

    assert fetched.validators
    again = World(httpx.Response(304))
    again.memory = Memory(known={FEED: fetched.validators})
    assert get(again.client()) == Fetched(None, fetched.validators)
    assert again.asked[0].headers["if-none-match"] == "0a1b2c"
    assert again.asked[0].headers["if-modified-since"] == "Fri, 20 Nov 2026 05:00:00 GMT"


def test_an_etag_that_no_request_can_carry_is_not_kept() -> None:
    world = World(httpx.Response(200, content=b"papers", headers=[(b"ETag", b"caf\xe9")]))
    assert get(world.client()).validators is None


def test_nothing_new_is_an_error_when_nothing_is_known() -> None:
    with pytest.raises(SourceError, match="answered 304"):
        get(World(httpx.Response(304)).client())


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("incomplete"),
        httpx.Response(429),
        httpx.Response(406),
        httpx.Response(500),
        httpx.Response(503),
        httpx.Response(200, content=b"Rate exceeded.\n"),
    ],
)
def test_what_may_pass_is_tried_again_in_a_slot_of_its_own(failure: httpx.Response | Exception) -> None:
    world = World(failure, OK)
    assert get(world.client()).value == b"papers"
    assert len(world.memory.booked) == 2


def test_a_body_that_breaks_off_is_asked_for_again() -> None:
    class BreaksOff(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"pap"
            raise httpx.RemoteProtocolError("peer closed connection")

    world = World(httpx.Response(200, stream=BreaksOff()), OK)
    assert get(world.client()).value == b"papers"


def test_a_body_that_drips_for_ever_is_given_up() -> None:
    world = World(OK)

    class Drips(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                world.clock.now += timedelta(seconds=50)
                yield b"p"

    world.replies = [httpx.Response(200, stream=Drips()), OK]
    assert get(world.client()).value == b"papers"


def test_pauses_double_and_tries_end() -> None:
    world = World(httpx.Response(503))
    with pytest.raises(SourceError, match=r"answered 503 Service Unavailable \(5 tries\)"):
        get(world.client(spacing=timedelta()))
    assert world.clock.slept == [3.0, 6.0, 12.0, 24.0]


@pytest.mark.parametrize("stated", ["30", "Fri, 20 Nov 2026 05:00:30 GMT", "Fri, 20 Nov 2026 05:00:30 -0000"])
def test_retry_after_is_honoured_in_both_its_forms(stated: str) -> None:
    world = World(httpx.Response(429, headers={"Retry-After": stated}), OK)
    get(world.client(spacing=timedelta()))
    assert world.clock.slept == [30.0]


@pytest.mark.parametrize("stated", ["soon", "", "Fri, 99 Nov 2026 05:00:30 GMT", "-5", "²"])
def test_a_retry_after_that_says_nothing_leaves_the_usual_pause(stated: str) -> None:
    world = World(httpx.Response(429, headers=[(b"Retry-After", stated.encode())]), OK)
    get(world.client(spacing=timedelta()))
    assert world.clock.slept == [3.0]


@pytest.mark.parametrize("stated", ["54000", "9" * 5000])
def test_a_long_retry_after_stops_everything_until_then(stated: str) -> None:
    world = World(httpx.Response(429, headers={"Retry-After": stated}), OK)
    client = world.client()
    with pytest.raises(SourceError, match=r"asks us to stay away until 20\d\d-\d\d-\d\d \d\d:\d\d UTC"):
        client.get(FEED, accept="*/*")
    with pytest.raises(SourceError, match="stay away"):
        client.get(FEED, accept="*/*")
    client.close()
    assert len(world.asked) == 1
    assert world.clock.slept == []


def test_the_service_is_asked_again_when_the_long_wait_is_over() -> None:
    world = World(httpx.Response(429, headers={"Retry-After": "3600"}), OK)
    client = world.client()
    with pytest.raises(SourceError, match="2026-11-20 06:00 UTC"):
        client.get(FEED, accept="*/*")
    world.clock.now += timedelta(hours=1)
    assert get(client).value == b"papers"


def test_a_closure_is_told_as_such_by_a_later_client_too() -> None:
    world = World(httpx.Response(503, headers={"Retry-After": str(7 * 86_400)}))
    for now in (START, START + timedelta(days=6, hours=23)):
        world.clock.now = now
        with pytest.raises(SourceError, match=r"arxiv asks us to stay away until 2026-11-27 05:00 UTC") as caught:
            get(world.client())
        assert caught.value.problem.endswith("(it answered 503 Service Unavailable)")
        assert caught.value.hint == "Try again after that."
    assert len(world.asked) == 1


@pytest.mark.parametrize("longest_wait", [timedelta(minutes=5), timedelta(days=1)])
def test_who_is_shut_out_stays_away_for_hours_however_patient(longest_wait: timedelta) -> None:
    world = World(httpx.Response(403), OK)
    for _ in range(2):
        with pytest.raises(SourceError, match=r"until 2026-11-20 09:00 UTC \(it answered 403 Forbidden\)"):
            get(world.client(longest_wait=longest_wait))
    assert len(world.asked) == 1
    assert world.clock.slept == []
    world.clock.now += timedelta(hours=4)
    assert get(world.client()).value == b"papers"


def test_a_longer_time_named_by_who_shuts_us_out_counts() -> None:
    with pytest.raises(SourceError, match="until 2026-11-20 20:00 UTC"):
        get(World(httpx.Response(403, headers={"Retry-After": "54000"})).client())


@pytest.mark.parametrize(("contact", "told"), [("", True), ("ops@example.org", False)])
def test_who_is_shut_out_without_a_contact_is_told_to_set_one(contact: str, told: bool) -> None:
    with pytest.raises(SourceError) as caught:
        get(World(httpx.Response(403)).client(contact=contact))
    assert ("contact address in the settings" in caught.value.hint) == told


def test_a_closure_written_by_a_clock_that_was_years_ahead_is_forgotten() -> None:
    world = World(httpx.Response(403), OK)
    world.clock.now = START + timedelta(days=400)
    with pytest.raises(SourceError, match="stay away"):
        get(world.client())
    world.clock.now = START
    world.memory.free_at = START
    assert get(world.client()).value == b"papers"


def test_after_a_request_without_any_answer_each_has_one_try_and_the_third_failure_ends_it() -> None:
    world = World(httpx.ConnectError("no route"))
    client = world.client(spacing=timedelta())
    tries = []
    for number in range(5):
        before = len(world.asked)
        with pytest.raises(SourceError, match="could not be reached"):
            client.get(f"{FEED}?{number}", accept="*/*")
        tries.append(len(world.asked) - before)
    assert tries == [5, 1, 1, 0, 0]
    assert sum(world.clock.slept) == 45


def test_a_request_that_is_not_made_names_the_failure_that_it_would_repeat() -> None:
    client = World(httpx.ReadTimeout("silence")).client()
    for _ in range(3):
        with pytest.raises(SourceError, match="did not answer in time"):
            client.get(FEED, accept="*/*")
    with pytest.raises(SourceError) as caught:
        client.get("https://elsewhere.example.org/", accept="*/*")
    assert caught.value.problem == f"was not asked, because {FEED} did not answer in time"


def test_a_network_that_comes_back_is_used_again_with_all_tries() -> None:
    world = World(httpx.ConnectError("no route"))
    client = world.client()
    with pytest.raises(SourceError):
        client.get(FEED, accept="*/*")
    world.replies = [OK, httpx.ConnectError("a hiccup"), OK]
    assert client.get(FEED, accept="*/*").value == b"papers"
    assert get(client).value == b"papers"


def test_a_network_that_comes_back_late_is_found_after_a_pause() -> None:
    world = World(httpx.ConnectError("no route"))
    client = world.client()
    for _ in range(4):
        with pytest.raises(SourceError):
            client.get(FEED, accept="*/*")
    world.replies = [OK]
    with pytest.raises(SourceError, match="was not asked"):
        client.get(FEED, accept="*/*")
    world.clock.now += timedelta(minutes=1)
    assert get(client).value == b"papers"


def test_answers_that_refuse_for_now_do_not_count_as_silence() -> None:
    world = World(httpx.Response(406))
    client = world.client()
    for _ in range(5):
        with pytest.raises(SourceError, match=r"answered 406 Not Acceptable \(5 tries\)"):
            client.get(FEED, accept="*/*")
    assert len(world.asked) == 25


@pytest.mark.parametrize(("status", "hint"), [(404, "Check the address"), (401, "key"), (410, "address"), (418, "")])
def test_a_refusal_is_not_repeated(status: int, hint: str) -> None:
    world = World(httpx.Response(status))
    with pytest.raises(SourceError, match=f"answered {status}") as caught:
        get(world.client())
    assert hint in caught.value.hint
    assert len(world.asked) == 1


def test_a_status_that_explains_itself_is_handed_out_without_validators() -> None:
    world = World(httpx.Response(400, content=b"why", headers={"ETag": "x"}))
    with world.client() as client:
        assert client.get(FEED, accept="*/*", readable=frozenset({400})) == Fetched(b"why")


@pytest.mark.parametrize("location", ["/rss/cs.CL/", "https://rss.example.org/new", "?page=2"])
def test_redirects_on_the_same_host_are_followed(location: str) -> None:
    world = World(httpx.Response(301, headers={"Location": location}), OK)
    assert get(world.client()).value == b"papers"
    assert len(world.memory.booked) == 2


def test_a_redirect_to_https_of_the_same_host_is_followed() -> None:
    world = World(httpx.Response(302, headers={"Location": FEED}), OK)
    assert get(world.client(), "http://rss.example.org/rss/cs.CL").value == b"papers"


@pytest.mark.parametrize(
    "location",
    ["https://elsewhere.example/", "http://rss.example.org/rss/cs.CL", "//evil.example/x", "https://[bad", "file:///x"],
)
def test_redirects_elsewhere_are_refused(location: str) -> None:
    world = World(httpx.Response(302, headers={"Location": location}), OK)
    with pytest.raises(SourceError, match="redirects to"):
        get(world.client())
    assert len(world.asked) == 1


def test_a_redirect_loop_is_an_error() -> None:
    world = World(httpx.Response(302, headers={"Location": FEED}))
    with pytest.raises(SourceError, match="in a loop"):
        get(world.client())


def test_an_endless_chain_of_redirects_is_an_error() -> None:
    def onward(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": str(request.url) + "x"})

    world = World(answer=onward)
    with pytest.raises(SourceError, match="more than 5 times"):
        get(world.client())
    assert len(world.asked) == 6


def test_a_body_larger_than_allowed_is_refused() -> None:
    world = World(httpx.Response(200, content=b"x" * 2001))
    with pytest.raises(SourceError, match="is larger than"):
        get(world.client(max_bytes=2000))


def test_a_body_is_measured_after_decompression() -> None:
    packed = gzip.compress(b"x" * 100_000)
    assert len(packed) < 2000
    world = World(httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceError, match="is larger than"):
        get(world.client(max_bytes=2000))


def test_several_compressions_over_one_another_are_refused() -> None:
    world = World(httpx.Response(200, content=b"x", headers={"Content-Encoding": "gzip, gzip"}))
    with pytest.raises(SourceError, match="several times over"):
        get(world.client())


def test_a_body_that_cannot_be_decompressed_is_a_source_error() -> None:
    def garbled(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b"no gzip"), headers={"Content-Encoding": "gzip"})

    world = World(answer=garbled)
    with pytest.raises(SourceError, match="decompressed"):
        get(world.client())


@pytest.mark.parametrize("address", ["", "no address", "ftp://example.org/", "https://ex ample.org:port/"])
def test_what_is_no_web_address_is_a_source_error(address: str) -> None:
    with pytest.raises(SourceError, match="is not a web address"):
        get(World(OK).client(transport=None), address)
