"""Hacker News: one sweep over all stories, whose sums they are, and when a sweep isn't believed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from attention_wire import (
    NEW,
    OLD,
    OTHER,
    TODAY,
    any_json,
    assert_storable,
    gather,
    hits,
    reply,
    spoiled,
    story,
    subject,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from polite_fakes import START, World

from digest.model.attention import Harvest, Mention, Observation, Subject
from digest.sources.attention.hackernews import HackerNews
from digest.sources.attention.stories import paper_in

if TYPE_CHECKING:
    import httpx

SITE = "https://hn.algolia.com"
ELSEWHERE = "https://arxiv.org/abs/2610.00001"


def source(world: World) -> HackerNews:
    client = world.client(service="hackernews", spacing=timedelta())
    return HackerNews(client=client, url=SITE, clock=world.clock)


def observe(world: World, *subjects: Subject) -> list[Harvest]:
    return list(source(world).observe(subjects or (subject(),), on=TODAY))


def sums(harvests: list[Harvest]) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for one in (one for harvest in harvests for one in harvest.observations):
        found[one.paper_id] = (*found.get(one.paper_id, ()), one.value)
    return found


def test_one_sweep_asks_for_all_stories_since_two_days_before_the_earliest_announcement() -> None:
    world = World(reply(hits(story())))
    observe(world, subject(), subject(OTHER, date(2026, 11, 19)))
    (sent,) = world.asked
    assert sent.url.path == "/api/v1/search_by_date"
    since = int(datetime(2026, 11, 16, tzinfo=UTC).timestamp())
    assert dict(sent.url.params) == {
        "query": "arxiv.org",
        "restrictSearchableAttributes": "url",
        "tags": "story",
        "numericFilters": f"created_at_i>{since}",
        "hitsPerPage": "1000",
        "page": "0",
    }


def test_a_story_is_a_mention_with_points_and_comments() -> None:
    assert observe(World(reply(hits(story())))) == [
        Harvest(
            asked=(NEW,),
            observations=(
                Observation(NEW, "hackernews", "points", 30, START),
                Observation(NEW, "hackernews", "comments", 8, START),
            ),
            mentions=(
                Mention(
                    paper_id=NEW,
                    source="hackernews",
                    key="44000001",
                    url="https://news.ycombinator.com/item?id=44000001",
                    title="Learning everything twice",
                    mentioned_at=datetime.fromtimestamp(1_795_003_199, UTC),
                    observed_at=START,
                ),
            ),
        )
    ]


def test_the_stories_of_a_paper_are_added_up_and_others_have_none() -> None:
    found = hits(story(1), story(2, f"https://arxiv.org/pdf/{NEW}v2", points=5, num_comments=0), story(3, ELSEWHERE))
    harvests = observe(World(reply(found)), subject(), subject(OTHER))
    assert sums(harvests) == {NEW: (35, 8), OTHER: (0, 0)}
    assert {one.paper_id for harvest in harvests for one in harvest.mentions} == {NEW}


@pytest.mark.parametrize(
    ("address", "paper_id"),
    [
        (f"https://arxiv.org/abs/{NEW}", NEW),
        (f"http://www.arxiv.org/abs/{NEW}v12", NEW),
        (f"https://arxiv.org/pdf/{NEW}", NEW),
        (f"https://arxiv.org/pdf/{NEW}v1.pdf#page=3", NEW),
        (f"https://export.arxiv.org/abs/{NEW}?context=cs", NEW),
        (f"https://arxiv.org/html/{NEW}v1/", NEW),
        (f"https://ARXIV.org/abs/{NEW}", NEW),
        ("https://arxiv.org/abs/hep-th/9901001", OLD),
        ("https://arxiv.org/pdf/hep-th/9901001v3.pdf", OLD),
        ("https://arxiv.org/abs/hep-th%2F9901001", OLD),
        ("https://arxiv.org/abs/math.GT/0309136", "math/0309136"),
        (f"https://alphaxiv.org/abs/{NEW}", None),
        (f"https://notarxiv.org/abs/{NEW}", None),
        (f"https://arxiv.org.example.com/abs/{NEW}", None),
        (f"https://example.com/?u=https://arxiv.org/abs/{NEW}", None),
        ("https://arxiv.org/list/cs.CL/new", None),
        ("https://arxiv.org/abs/not-an-id", None),
        ("https://[bad", None),
        (None, None),
        (5, None),
        ("https://arxiv.org/abs/" + "9" * 5000, None),
    ],
)
def test_papers_are_known_by_addresses_on_arxivs_own_hosts(address: object, paper_id: str | None) -> None:
    assert paper_in(address) == paper_id


def stories_of(number: int, **changed: object) -> dict[str, Any]:
    return story(number, f"https://arxiv.org/abs/2611.{10_000 + number % 9000}", **changed)


def algolia(everything: list[dict[str, Any]], *, cap: int = 1000) -> World:
    """A search that counts all hits and gives the newest, as many as it ever gives."""

    def answer(request: httpx.Request) -> httpx.Response:
        limits = [part.partition("<=")[2] for part in request.url.params["numericFilters"].split(",")]
        until = min((int(text) for text in limits if text), default=10**12)
        found = [hit for hit in everything if hit["created_at_i"] <= until]
        return reply(hits(*found[:cap], total=len(found)))

    return World(answer=answer)


def test_more_stories_than_one_query_gives_are_read_from_the_oldest_on() -> None:
    world = algolia([stories_of(number) for number in range(1, 2501)])
    harvests = observe(world, subject("2611.10001"), subject("2611.12400"), subject("2611.18999"))
    assert len(world.asked) == len(harvests) == 3
    assert sums(harvests) == {"2611.10001": (30, 8), "2611.12400": (30, 8), "2611.18999": (0, 0)}
    assert [harvest.asked for harvest in harvests] == [(), (), ("2611.10001", "2611.12400", "2611.18999")]


def test_a_story_at_the_seam_is_counted_once() -> None:
    same = 1_795_000_000
    everything = [story(number, created_at_i=same - number // 3) for number in range(30)]
    harvests = observe(algolia(everything, cap=10))
    assert sums(harvests) == {NEW: (900, 240)}
    assert len({one.key for harvest in harvests for one in harvest.mentions}) == 30


def test_a_count_that_never_comes_is_an_error_and_settles_nothing() -> None:
    world = World(reply(hits(story(), total=2000)))
    harvests, error = gather(source(world).observe((subject(),), on=TODAY))
    assert "counts more stories than it shows" in str(error)
    assert [harvest.asked for harvest in harvests] == [()]
    assert len(world.asked) == 2


def test_a_sweep_that_finds_no_paper_at_all_is_not_believed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "numericFilters" in request.url.params:
            return reply(hits(story(1, "https://example.org/")))
        return reply(hits(story(2), story(3, ELSEWHERE)) if NEW in request.url.params["query"] else hits())

    world = World(answer=answer)
    harvests = observe(world, subject(), subject(OTHER), subject(OLD))
    assert [harvest.asked for harvest in harvests] == [(), (NEW,), (OTHER,), (OLD,)]
    assert sums(harvests) == {NEW: (30, 8), OTHER: (0, 0), OLD: (0, 0)}
    assert [sent.url.params["query"] for sent in world.asked][1:] == [f"arxiv.org {one}" for one in (NEW, OTHER, OLD)]


def test_a_sweep_with_a_paper_that_nobody_asked_about_is_believed() -> None:
    world = World(reply(hits(story(1, ELSEWHERE))))
    assert sums(observe(world)) == {NEW: (0, 0)}
    assert len(world.asked) == 1


def test_a_short_quiet_time_is_believed() -> None:
    world = World(reply(hits()))
    assert sums(observe(world, subject(NEW, date(2026, 11, 21)))) == {NEW: (0, 0)}
    assert len(world.asked) == 1


@pytest.mark.parametrize(
    "changed",
    [{"points": None}, {"points": "30"}, {"num_comments": -1}, {"objectID": None}, {"objectID": "a/b"}, {"title": 5}],
)
def test_an_odd_story_costs_its_own_paper_only(changed: dict[str, object]) -> None:
    world = World(reply(hits(story(1) | changed, story(2, f"https://arxiv.org/abs/{OTHER}"))))
    harvests = observe(world, subject(), subject(OTHER))
    assert [one for harvest in harvests for one in harvest.asked] == [OTHER]
    assert set(sums(harvests)) == {OTHER}


def test_single_questions_end_at_the_third_failure_in_a_row() -> None:
    world = World(reply(hits()), reply({}))
    subjects = [subject(f"2611.1000{number}") for number in range(9)]
    _, error = gather(source(world).observe(subjects, on=TODAY))
    assert "another form" in str(error)
    assert len(world.asked) == 4


def test_without_subjects_nothing_is_asked() -> None:
    world = World(reply(hits()))
    assert list(source(world).observe((), on=TODAY)) == []
    assert not world.asked


@settings(max_examples=200)
@given(st.one_of(any_json, spoiled(hits(story(), story(2, ELSEWHERE)))), st.booleans())
def test_any_answer_is_read_or_refused(value: Any, is_single: bool) -> None:
    world = World(reply(hits()), reply(value)) if is_single else World(reply(value))
    harvests, _ = gather(source(world).observe((subject(), subject(OTHER)), on=TODAY))
    assert_storable(harvests, {NEW, OTHER}.__contains__)
