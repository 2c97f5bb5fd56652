"""Hugging Face's lists: pages, days, what is read of a paper, and what is left of a spoiled answer."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from attention_wire import (
    ANNOUNCED,
    NEW,
    OLD,
    OTHER,
    TODAY,
    any_json,
    assert_storable,
    daily,
    gather,
    reply,
    spoiled,
    subject,
)
from conftest import RECORDED_WORLD
from hypothesis import given, settings
from hypothesis import strategies as st
from polite_fakes import START, World

from digest.errors import SourceError
from digest.model.attention import Harvest, Mention, Observation
from digest.sources.attention.huggingface import HuggingFace, ListPage, parse_list

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from digest.model.attention import Subject

SITE = "https://huggingface.co"


def source(world: World, **options: Any) -> HuggingFace:
    client = world.client(service="huggingface", spacing=timedelta(), **options)
    return HuggingFace(client=client, url=SITE, clock=world.clock)


def lists(by_day: Callable[[date], list[Any]]) -> World:
    """A service whose lists are these, in pages as asked for."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        whole = by_day(date.fromisoformat(asked["date"]))
        start, size = int(asked["p"]) * int(asked["limit"]), int(asked["limit"])
        return reply(whole[start : start + size])

    return World(answer=answer)


def observe(world: World, *subjects: Subject, on: date = TODAY) -> list[Harvest]:
    return list(source(world).observe(subjects or (subject(),), on=on))


def days(world: World) -> list[str]:
    return [sent.url.params["date"] for sent in world.asked]


def parse(*elements: Any) -> ListPage:
    return parse_list(json.dumps(elements).encode(), where=SITE, observed_at=START)


def test_a_listed_paper_is_read_whole() -> None:
    page = parse(daily())
    assert page.mentions == (
        Mention(
            paper_id=NEW,
            source="huggingface",
            key=NEW,
            url=f"https://huggingface.co/papers/{NEW}",
            title="Learning everything twice",
            mentioned_at=datetime(2026, 11, 18, tzinfo=UTC),
            observed_at=START,
            organisation="Acme Research",
            repository="acme/twice",
            authors=("Ada Example", "Bo Muster"),
        ),
    )
    assert page.observations == tuple(
        Observation(NEW, "huggingface", metric, value, START)
        for metric, value in (("upvotes", 12), ("comments", 3), ("stars", 34))
    )
    assert (page.size, page.odd) == (1, ())


def test_the_days_are_read_newest_first_from_two_days_before_the_earliest_announcement() -> None:
    world = lists(lambda _: [])
    observe(world, subject(), subject(OTHER, date(2026, 11, 17)))
    assert days(world) == ["2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16", "2026-11-15"]


def test_an_old_paper_costs_the_days_around_it_and_not_those_since() -> None:
    world = lists(lambda _: [])
    observe(world, subject(OLD, date(1999, 1, 4)))
    assert days(world) == [str(date(1999, 1, 11) - timedelta(number)) for number in range(10)]


def test_a_paper_is_asked_about_when_all_its_days_are_read() -> None:
    world = lists(lambda _: [])
    harvests = observe(world, subject(), subject(OTHER, date(2026, 11, 17)), subject(OLD, date(2026, 11, 19)))
    assert [harvest.asked for harvest in harvests] == [(), (), (), (OLD,), (NEW,), (OTHER,)][-len(harvests) :]
    assert days(world)[3:] == ["2026-11-17", "2026-11-16", "2026-11-15"]


def test_a_list_is_read_until_a_short_page_and_each_page_is_a_harvest() -> None:
    papers = [daily(f"2611.{10_000 + number}") for number in range(250)]
    world = lists(lambda day: papers if day == TODAY else [])
    harvests = observe(world, subject("2611.10249", TODAY), on=TODAY)
    assert [len(harvest.mentions) for harvest in harvests] == [100, 100, 50, 0, 0]
    assert [sent.url.params["p"] for sent in world.asked] == ["0", "1", "2", "0", "0"]
    assert [harvest.asked for harvest in harvests] == [(), (), (), (), ("2611.10249",)]


def test_a_list_without_end_is_an_error() -> None:
    page = [daily(f"2611.{10_000 + number}") for number in range(100)]
    with pytest.raises(SourceError, match="has no end after 30 pages"):
        observe(World(answer=lambda _: reply(page)))


def test_a_paper_on_two_days_lists_is_told_of_once() -> None:
    told = Counter(
        (one.paper_id, one.metric) for harvest in observe(lists(lambda _: [daily()])) for one in harvest.observations
    )
    assert set(told.values()) == {1}


def test_a_future_day_is_no_failure_and_has_no_list() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["date"] == "2026-11-20":
            return reply({"error": "date must not be in the future"}, 400)
        return reply([daily()])

    harvests = observe(World(answer=answer))
    assert harvests[-1].asked == (NEW,)


def test_days_ahead_of_the_service_s_own_clock_are_left_out() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["date"] > "2026-11-18":
            return reply({"error": "date must not be in the future"}, 400)
        return reply([daily()])

    assert observe(World(answer=answer))[-1].asked == (NEW,)


def test_a_service_that_refuses_every_day_has_failed() -> None:
    with pytest.raises(SourceError, match="answered 400 Bad Request"):
        observe(World(reply({"error": "no"}, 400)))


def test_a_day_that_is_refused_between_others_is_a_failure() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        refused = request.url.params["date"] == "2026-11-18"
        return reply({"error": "no"}, 400) if refused else reply([daily()])

    with pytest.raises(SourceError, match=r"date=2026-11-18.*answered 400 Bad Request"):
        observe(World(answer=answer))


def test_a_day_that_fails_costs_only_the_papers_of_that_day() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        day = request.url.params["date"]
        return reply({}) if day == "2026-11-16" else reply([daily()])

    found = source(World(answer=answer)).observe((subject(), subject(OTHER, date(2026, 11, 20))), on=TODAY)
    harvests, error = gather(found)
    assert error
    assert "date=2026-11-16" in str(error)
    assert [one for harvest in harvests for one in harvest.asked] == [OTHER]
    assert [one.paper_id for harvest in harvests for one in harvest.mentions] == [NEW]


@pytest.mark.parametrize(
    "odd",
    [
        daily(upvotes=None),
        daily(upvotes="12"),
        daily(upvotes=-1),
        daily(upvotes=True),
        daily(upvotes=10**30),
        daily(paper={"id": NEW, "title": "", "upvotes": 3}),
    ],
)
def test_an_odd_element_costs_its_own_paper_only(odd: dict[str, Any]) -> None:
    harvests = observe(lists(lambda _: [odd, daily(OTHER)]), subject(), subject(OTHER))
    assert {one for harvest in harvests for one in harvest.asked} == {OTHER}
    assert {one.paper_id for harvest in harvests for one in harvest.mentions} == {OTHER}


@pytest.mark.parametrize("odd", [None, 5, "text", [], {}, {"paper": None}, {"paper": {"id": "no arXiv id"}}])
def test_what_is_no_paper_is_passed_over(odd: Any) -> None:
    page = parse(odd, daily())
    assert (page.size, [one.paper_id for one in page.mentions]) == (2, [NEW])


def test_what_is_missing_is_left_out_and_never_a_zero() -> None:
    bare = {"paper": {"id": f"{NEW}v3", "title": "Bare", "upvotes": 0}}
    page = parse(bare)
    assert [(one.paper_id, one.metric, one.value) for one in page.observations] == [(NEW, "upvotes", 0)]
    assert page.mentions == (
        Mention(NEW, "huggingface", NEW, f"https://huggingface.co/papers/{NEW}", "Bare", None, START),
    )


def test_the_upvotes_are_the_inner_and_the_comments_the_outer_ones() -> None:
    page = parse(daily(upvotes=5, numComments=2) | {"upvotes": 99})
    assert [one.value for one in page.observations if one.metric != "stars"] == [5, 2]


def test_without_subjects_nothing_is_asked() -> None:
    world = World(reply([]))
    assert list(source(world).observe((), on=TODAY)) == []
    assert not world.asked


@settings(max_examples=150)
@given(st.one_of(any_json, spoiled([daily(), daily(OTHER)])))
def test_any_answer_is_read_or_refused(value: Any) -> None:
    harvests, _ = gather(source(World(reply(value))).observe((subject(), subject(OTHER, ANNOUNCED)), on=TODAY))
    assert_storable(harvests, {NEW, OTHER}.__contains__)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"<!DOCTYPE html><html>", b"[NaN]", b"\xff\xfe\xff", b"[" * 100_000, b"9" * 5000, b"null", b"{}"],
)
def test_what_is_no_list_is_an_error_of_the_source(body: bytes) -> None:
    with pytest.raises(SourceError):
        parse_list(body, where=SITE, observed_at=START)


@pytest.mark.recorded
def test_a_genuine_list(recorded: Path) -> None:
    body = (recorded / "data/api-json/huggingface/hf_daily_papers.json").read_bytes()
    page = parse_list(body, where=SITE, observed_at=START)
    assert (page.size, page.odd) == (3, ())
    first, second, third = page.mentions
    assert (first.paper_id, first.organisation) == ("2607.26654", "University of Oxford")
    assert first.title == "Constitutional Midtraining: Content Presence Drives Alignment Gains"
    assert first.repository == "desBugger/constitutional-mt"
    assert first.mentioned_at == datetime(2026, 8, 3, tzinfo=UTC)
    assert first.authors[0] == "Desiree Cho"
    assert (len(first.authors), second.repository, third.organisation) == (7, "petroni-lab/librarian", "KinaMind")
    values = [(one.paper_id, one.metric, one.value) for one in page.observations]
    assert values[:3] == [("2607.26654", "upvotes", 3), ("2607.26654", "comments", 1), ("2607.26654", "stars", 2)]
    assert values[-2:] == [("2607.27851", "upvotes", 2), ("2607.27851", "comments", 1)]


@pytest.mark.recorded
@settings(max_examples=100)
@given(chance=st.data())
def test_a_genuine_list_with_one_part_spoiled(chance: st.DataObject) -> None:
    whole = json.loads((RECORDED_WORLD / "data/api-json/huggingface/hf_daily_papers.json").read_bytes())
    page = parse(*chance.draw(spoiled(whole)))
    assert_storable([Harvest((), page.observations, page.mentions)])
