"""GitHub: one request a repository, changes only, and the ways in which it says no."""

from __future__ import annotations

import ast
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from attention_wire import NEW, OLD, OTHER, TODAY, any_json, assert_storable, gather, reply, spoiled, starred, subject
from conftest import RECORDED_WORLD
from hypothesis import given, settings
from hypothesis import strategies as st
from polite_fakes import START, World

from digest.errors import SourceError
from digest.model.attention import Harvest, Observation
from digest.sources.attention.github import GitHub, parse_repository

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.attention import Subject

API = "https://api.github.com"


def source(world: World, **options: Any) -> GitHub:
    client = world.client(service="github", spacing=timedelta(), **options)
    return GitHub(client=client, url=API, clock=world.clock)


def observe(world: World, *subjects: Subject, **options: Any) -> list[Harvest]:
    return list(source(world, **options).observe(subjects, on=TODAY))


def paths(world: World) -> list[str]:
    return [sent.url.raw_path.decode() for sent in world.asked]


def linked(paper_id: str = NEW, repository: str = "acme/twice") -> Subject:
    return subject(paper_id, repository=repository)


def test_stars_and_forks_are_read() -> None:
    world = World(reply(starred()))
    assert observe(world, linked()) == [
        Harvest(
            asked=(NEW,),
            observations=(
                Observation(NEW, "github", "stars", 41, START),
                Observation(NEW, "github", "forks", 5, START),
            ),
        )
    ]
    assert paths(world) == ["/repos/acme/twice"]
    assert world.asked[0].headers["accept"] == "application/vnd.github+json"


def test_papers_without_a_repository_are_left_out() -> None:
    world = World(reply(starred()))
    assert observe(world, subject(), linked(OTHER)) == observe(world, linked(OTHER))
    assert len(world.asked) == 2


@pytest.mark.parametrize("name", ["acme", "a/b/c", "acme/..", "acme/.", "../repos", "acme/x y", "acme/x?y", "/x"])
def test_what_names_no_repository_is_never_asked_for(name: str) -> None:
    world = World(reply(starred()))
    assert observe(world, linked(repository=name)) == []
    assert not world.asked


def test_a_repository_of_several_papers_is_asked_for_once_whatever_its_case() -> None:
    world = World(reply(starred()))
    (harvest,) = observe(world, linked(), linked(OTHER, "ACME/Twice"), linked(OLD, "acme/twice"))
    assert harvest.asked == (NEW, OTHER, OLD)
    assert [one.value for one in harvest.observations if one.metric == "stars"] == [41, 41, 41]
    assert paths(world) == ["/repos/acme/twice"]


def test_what_did_not_change_still_holds() -> None:
    first = World(reply(starred(), ETag='W/"1"'))
    (harvest,) = observe(first, linked())
    (validators,) = harvest.validators
    again = World(httpx.Response(304))
    again.memory.known[validators.address] = validators
    assert observe(again, linked()) == [Harvest(asked=(NEW,), unchanged=(NEW,))]
    assert again.asked[0].headers["if-none-match"] == 'W/"1"'
    assert paths(again) == ["/repos/acme/twice"]


def test_a_paper_that_is_new_to_a_known_repository_gets_its_values() -> None:
    first = World(reply(starred(), ETag='W/"1"'))
    (harvest,) = observe(first, linked())
    again = World(reply(starred()))
    again.memory.known = {one.address: one for one in harvest.validators}
    (harvest,) = observe(again, linked(), linked(OTHER))
    assert "if-none-match" not in again.asked[0].headers
    assert {one.paper_id for one in harvest.observations} == {NEW, OTHER}


def test_a_renamed_repository_is_followed() -> None:
    moved = httpx.Response(301, headers={"Location": f"{API}/repositories/3544490"})
    world = World(moved, reply(starred()))
    (harvest,) = observe(world, linked())
    assert harvest.asked == (NEW,)
    assert paths(world) == ["/repos/acme/twice", "/repositories/3544490"]


BLOCKED = {"message": "Repository access blocked", "block": {"reason": "tos", "html_url": "https://github.com/tos"}}


@pytest.mark.parametrize(
    "answer",
    [reply({"message": "Not Found"}, 404), reply(BLOCKED | {"status": "451"}, 451), reply(BLOCKED, 403)],
    ids=["gone", "blocked by law", "blocked by the terms"],
)
def test_a_repository_that_is_gone_or_blocked_is_settled(answer: httpx.Response) -> None:
    world = World(answer, reply(starred()))
    assert [harvest.asked for harvest in observe(world, linked(), linked(OTHER, "acme/once"))] == [(NEW,), (OTHER,)]


def used_up(status: int) -> httpx.Response:
    reset = str(int(START.timestamp()) + 1800)
    return reply({"message": "API rate limit exceeded"}, status, x_ratelimit_remaining="0", x_ratelimit_reset=reset)


@pytest.mark.parametrize("status", [403, 429])
def test_an_hour_that_is_used_up_ends_it_until_the_next(status: int) -> None:
    world = World(used_up(status))
    subjects = [linked(f"2611.1000{number}", f"acme/r{number}") for number in range(9)]
    with pytest.raises(SourceError, match="github asks us to stay away until 2026-11-20 05:30 UTC"):
        observe(world, *subjects)
    assert len(world.asked) == 1
    world.clock.now += timedelta(minutes=30)
    world.replies = [reply(starred())]
    assert len(observe(world, *subjects)) == 9


def test_the_last_request_of_an_hour_is_told_from_its_answer() -> None:
    reset = str(int(START.timestamp()) + 1800)
    world = World(reply(starred(), x_ratelimit_remaining="0", x_ratelimit_reset=reset))
    harvests, error = gather(source(world).observe((linked(), linked(OTHER, "acme/once")), on=TODAY))
    assert "until 2026-11-20 05:30 UTC" in str(error)
    assert [harvest.asked for harvest in harvests] == [(NEW,)]
    assert len(world.asked) == 1


def test_an_hour_that_ends_with_the_last_repository_is_no_failure() -> None:
    world = World(reply(starred(), x_ratelimit_remaining="0", x_ratelimit_reset="9"))
    assert len(observe(world, linked())) == 1


def test_the_second_limit_is_waited_for() -> None:
    said = {"message": "You have exceeded a secondary rate limit."}
    world = World(reply(said, 403, Retry_After="60", x_ratelimit_remaining="50"), reply(starred()))
    assert len(observe(world, linked())) == 1
    assert world.clock.slept == [60.0]


@pytest.mark.parametrize("body", [b'{"message": "Forbidden"}', b"<html>", b"", b"null"])
def test_a_403_that_explains_nothing_keeps_us_away_for_hours(body: bytes) -> None:
    world = World(httpx.Response(403, content=body))
    with pytest.raises(SourceError, match="until 2026-11-20 09:00 UTC"):
        observe(world, *(linked(f"2611.1000{number}", f"acme/r{number}") for number in range(9)))
    assert len(world.asked) == 1


def test_one_repository_that_fails_leaves_the_others() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(502) if request.url.path.endswith("/r1") else reply(starred())

    world = World(answer=answer)
    subjects = [linked(f"2611.1000{number}", f"acme/r{number}") for number in range(4)]
    harvests, error = gather(source(world).observe(subjects, on=TODAY))
    assert "acme/r1" in str(error)
    assert "answered 502 Bad Gateway" in str(error)
    assert [harvest.asked[0][-1] for harvest in harvests] == ["0", "2", "3"]


@pytest.mark.parametrize("odd", [{}, starred(None), starred("41"), starred(-1), {"message": "hello"}])
def test_an_odd_answer_is_passed_over_and_its_validators_too(odd: dict[str, Any]) -> None:
    world = World(reply(odd, ETag='"1"'), reply(starred()))
    first, second = observe(world, linked(), linked(OTHER, "acme/once"))
    assert first == Harvest(())
    assert second.asked == (OTHER,)


@settings(max_examples=150)
@given(st.one_of(any_json, spoiled(starred())), st.sampled_from([200, 403, 404]))
def test_any_answer_is_read_or_refused(value: Any, status: int) -> None:
    try:
        harvests = observe(World(reply(value, status)), linked())
    except SourceError:
        return
    assert_storable(harvests, {NEW}.__contains__)


def genuine(recorded: Path, name: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of the last answer in a recording: ten lines each, the headers as Python wrote them."""
    lines = (recorded / f"data/api-json/github/{name}.txt").read_text().split("\n")
    at = max(number for number, line in enumerate(lines) if line.startswith("[("))
    return dict(ast.literal_eval(lines[at])), lines[at + 1].encode()


@pytest.mark.recorded
def test_a_genuine_repository(recorded: Path) -> None:
    headers, body = genuine(recorded, "Repository.setUp")
    kept = {name: headers[name] for name in ("ETag", "Last-Modified", "X-RateLimit-Remaining", "X-RateLimit-Reset")}
    whole = json.loads(body)
    assert parse_repository(body, where=API) == {"stars": whole["stargazers_count"], "forks": whole["forks_count"]}
    (harvest,) = observe(World(httpx.Response(200, content=body, headers=kept)), linked(repository="PyGithub/PyGithub"))
    (validators,) = harvest.validators
    assert validators.etag == 'W/"37ea58577585c38f93634ef43114c657de2581286eb6976ec18c274de296eff0"'


@pytest.mark.recorded
def test_a_genuine_not_found(recorded: Path) -> None:
    headers, body = genuine(recorded, "Exceptions.testUnknownObject")
    assert observe(World(httpx.Response(404, content=body, headers={"etag": headers["etag"]})), linked()) == [
        Harvest(asked=(NEW,))
    ]


@pytest.mark.recorded
@settings(max_examples=60)
@given(chance=st.data())
def test_a_genuine_repository_with_one_part_spoiled(chance: st.DataObject) -> None:
    whole = json.loads(genuine(RECORDED_WORLD, "Repository.setUp")[1])
    assert_storable(observe(World(reply(chance.draw(spoiled(whole)))), linked()))
