"""Asking with a body, with keys, and with an end to it."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from polite_fakes import START, World

from digest.errors import SettingsError, SourceError
from digest.model.fetch import Validators

if TYPE_CHECKING:
    from digest.sources.answers import Answer
    from digest.sources.http import PoliteClient

PLACE = "https://api.example.org/list"
OK = httpx.Response(200, content=b"[]", headers={"X-Left": "7"})
KEY = "s3cr3t-k3y"


def ask(client: PoliteClient, address: str = PLACE, *, readable: frozenset[int] = frozenset()) -> Answer:
    return client.ask(address, accept="application/json", readable=readable)


def post(client: PoliteClient) -> Answer:
    return client.post(PLACE, body=b'{"ids":[]}', content_type="application/json", accept="application/json")


def test_an_answer_comes_whole() -> None:
    answer = ask(World(OK).client())
    assert (answer.status, answer.headers["x-left"], answer.body) == (200, "7", b"[]")


def test_a_question_without_condition_is_sent_without_one() -> None:
    world = World(OK)
    world.memory.known[PLACE] = Validators(PLACE, '"1"')
    ask(world.client())
    assert "if-none-match" not in world.asked[0].headers


def test_what_did_not_change_is_told_to_who_knows_it() -> None:
    world = World(httpx.Response(304))
    known = Validators(PLACE, 'W/"1"')
    assert world.client().ask(PLACE, accept="*/*", known=known).status == 304
    assert world.asked[0].headers["if-none-match"] == 'W/"1"'


def test_a_posted_question_is_sent_whole_and_without_condition() -> None:
    world = World(OK)
    world.memory.known[PLACE] = Validators(PLACE, '"1"')
    post(world.client())
    (sent,) = world.asked
    assert (sent.method, sent.content, sent.headers["content-type"]) == ("POST", b'{"ids":[]}', "application/json")
    assert "if-none-match" not in sent.headers


def test_a_posted_question_is_repeated_and_paced_like_any_other() -> None:
    world = World(httpx.Response(503), httpx.Response(429, headers={"Retry-After": "30"}), OK)
    assert post(world.client()).body == b"[]"
    assert [sent.content for sent in world.asked] == [b'{"ids":[]}'] * 3
    assert world.clock.slept == [3.0, 30.0]
    assert len(world.memory.booked) == 3


def test_a_posted_question_closes_the_service_too() -> None:
    world = World(httpx.Response(403))
    with pytest.raises(SourceError, match="stay away until 2026-11-20 09:00"):
        post(world.client())
    with pytest.raises(SourceError, match="stay away until 2026-11-20 09:00"):
        ask(world.client())
    assert len(world.asked) == 1


def test_keys_go_with_each_request() -> None:
    world = World(httpx.Response(301, headers={"Location": "/new?page=1"}), OK)
    client = world.client(headers={"Authorization": f"Bearer {KEY}"}, query={"api_key": KEY})
    ask(client, f"{PLACE}?filter=doi:a%7Cb")
    assert [str(sent.url) for sent in world.asked] == [
        f"{PLACE}?filter=doi:a%7Cb&api_key={KEY}",
        f"https://api.example.org/new?page=1&api_key={KEY}",
    ]
    assert {sent.headers["authorization"] for sent in world.asked} == {f"Bearer {KEY}"}


def test_a_posted_body_reaches_the_service_with_the_key() -> None:
    world = World(OK)
    post(world.client(headers={"x-api-key": KEY}))
    assert (world.asked[0].content, world.asked[0].headers["x-api-key"]) == (b'{"ids":[]}', KEY)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401),
        httpx.Response(403),
        httpx.Response(500),
        httpx.Response(429, headers={"Retry-After": "90000"}),
        httpx.Response(302, headers={"Location": f"https://elsewhere.example/{KEY}?api_key={KEY}"}),
        httpx.Response(302, headers={"Location": f"/again?api_key={KEY}"}),
        httpx.Response(302, headers={"Location": f"https://[bad/?api_key={KEY}"}),
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("broken off"),
    ],
)
def test_no_error_and_no_log_line_shows_a_key(
    answer: httpx.Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world = World(answer)
    client = world.client(headers={"Authorization": f"Bearer {KEY}"}, query={"api_key": KEY}, retries=1)
    with pytest.raises(SourceError) as caught:
        ask(client)
    told = "".join(traceback.format_exception(caught.value)) + caught.value.hint + caplog.text + repr(client)
    assert world.asked[0].url.params["api_key"] == KEY
    assert KEY not in told
    assert not any(KEY in closure.why for closure in world.memory.closures.values())


def test_no_validator_keeps_a_key() -> None:
    world = World(httpx.Response(200, headers={"ETag": '"1"'}))
    fetched = world.client(query={"api_key": KEY}).get(PLACE, accept="*/*")
    assert fetched.validators == Validators(PLACE, '"1"')


@pytest.mark.parametrize("key", ["two\nlines", "é", "", " spaced", "tab\there"])
def test_a_key_that_no_request_can_carry_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="key for openalex has characters") as caught:
        World(OK).client(service="openalex", query={"api_key": key})
    assert not key.strip() or key not in str(caught.value)


def test_who_is_shut_out_with_a_key_is_told_to_check_it() -> None:
    with pytest.raises(SourceError) as caught:
        ask(World(httpx.Response(403)).client(headers={"x-api-key": KEY}))
    assert "check the key" in caught.value.hint


def test_a_used_up_budget_ends_it_and_books_nothing() -> None:
    world = World(OK)
    client = world.client(budget=2)
    ask(client)
    ask(client)
    for _ in range(2):
        with pytest.raises(SourceError, match="was not asked, because all 2 requests that this run may make to arxiv"):
            ask(client)
    assert len(world.asked) == len(world.memory.booked) == 2


def test_repetitions_and_redirects_use_the_budget_up_too() -> None:
    world = World(httpx.Response(503), httpx.Response(302, headers={"Location": "/new"}), OK)
    with pytest.raises(SourceError, match="all 2 requests"):
        ask(world.client(budget=2))
    assert len(world.asked) == 2


def test_the_last_request_of_a_budget_is_not_waited_after() -> None:
    world = World(httpx.Response(429, headers={"Retry-After": "30"}))
    with pytest.raises(SourceError, match="answered 429 Too Many Requests; all 1 requests"):
        ask(world.client(budget=1))
    assert world.clock.slept == []
    assert world.memory.free_at == START + timedelta(seconds=30)


def test_no_request_begins_after_the_end() -> None:
    world = World(OK)
    client = world.client(latest=START + timedelta(seconds=4))
    ask(client)
    ask(client)
    with pytest.raises(SourceError, match="was not asked, because the time that this run has for arxiv is over"):
        ask(client)
    assert world.memory.booked == [START, START + timedelta(seconds=3)]
    assert world.clock.slept == [3.0]


def test_no_wait_goes_past_the_end() -> None:
    world = World(httpx.Response(503, headers={"Retry-After": "60"}))
    with pytest.raises(SourceError, match=r"answered 503 Service Unavailable; the time that this run has"):
        ask(world.client(latest=START + timedelta(seconds=59)))
    assert world.clock.slept == []
    with pytest.raises(SourceError, match="the time"):
        ask(world.client(latest=START + timedelta(seconds=59)))
    assert len(world.asked) == 1


def test_a_client_made_after_the_end_asks_nothing() -> None:
    world = World(OK)
    with pytest.raises(SourceError, match="the time that this run has"):
        ask(world.client(latest=START - timedelta(seconds=1)))
    assert not world.asked


def used_up(status: int, reset: str, **more: str) -> httpx.Response:
    return httpx.Response(status, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset, **more})


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("reset", [str(int(START.timestamp()) + 2400), "2400"])
def test_a_quota_that_is_used_up_closes_the_service_until_it_is_full_again(status: int, reset: str) -> None:
    world = World(used_up(status, reset))
    with pytest.raises(SourceError, match="until 2026-11-20 05:40 UTC"):
        ask(world.client())
    assert len(world.asked) == 1
    assert world.clock.slept == []


@pytest.mark.parametrize("reset", [str(int(START.timestamp()) + 120), "120"])
def test_a_quota_that_is_soon_full_again_is_waited_for(reset: str) -> None:
    world = World(used_up(403, reset), OK)
    assert ask(world.client()).body == b"[]"
    assert world.clock.slept == [120.0]


@pytest.mark.parametrize(("reset", "slept"), [("0", 60.0), (str(int(START.timestamp()) - 999), 60.0)])
def test_a_quota_that_should_be_full_already_is_given_a_minute(reset: str, slept: float) -> None:
    world = World(used_up(403, reset), OK)
    ask(world.client())
    assert world.clock.slept == [slept]


@pytest.mark.parametrize("reset", ["", "soon", "-5", "9" * 40, "²"])
def test_a_quota_without_a_time_is_taken_for_an_hours(reset: str) -> None:
    headers = [(b"x-ratelimit-remaining", b"0"), (b"x-ratelimit-reset", reset.encode())]
    with pytest.raises(SourceError, match="until 2026-11-20 06:00 UTC"):
        ask(World(httpx.Response(403, headers=headers)).client())


def test_hugging_faces_way_to_say_it_is_understood() -> None:
    world = World(httpx.Response(429, headers={"RateLimit": '"api";r=0;t=75'}), OK)
    ask(world.client())
    assert world.clock.slept == [75.0]


def test_a_readable_403_is_handed_out_unless_it_says_when_to_come_back() -> None:
    world = World(httpx.Response(403, headers={"Retry-After": "60"}), httpx.Response(403, content=b"why"))
    assert ask(world.client(), readable=frozenset({403})).body == b"why"
    assert world.clock.slept == [60.0]


def test_a_source_can_close_its_service_itself() -> None:
    world = World(OK)
    error = world.client().stay_away(PLACE, problem="has no quota left", wait=timedelta(hours=1))
    assert "until 2026-11-20 06:00 UTC (it has no quota left)" in str(error)
    with pytest.raises(SourceError, match="it has no quota left"):
        ask(world.client())
    assert not world.asked
