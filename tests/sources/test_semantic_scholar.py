"""Semantic Scholar's batches: order, nulls, refusals, authors."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from attention_wire import NEW, OLD, OTHER, TODAY, any_json, assert_storable, cited, gather, reply, spoiled, subject
from conftest import RECORDED_WORLD
from hypothesis import given, settings
from hypothesis import strategies as st
from polite_fakes import START, World

from digest.errors import SourceError
from digest.model.attention import AuthorRecord, Harvest, Observation
from digest.sources.attention.semantic_scholar import SemanticScholar, parse_batch

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from digest.model.attention import Subject

SITE = "https://api.semanticscholar.org"
NONE_KNOWN = {"error": "No valid paper ids given"}


def source(world: World) -> SemanticScholar:
    client = world.client(service="semantic_scholar", spacing=timedelta())
    return SemanticScholar(client=client, url=SITE, clock=world.clock)


def observe(world: World, *subjects: Subject) -> list[Harvest]:
    return list(source(world).observe(subjects, on=TODAY))


def asked_ids(request: httpx.Request) -> list[str]:
    ids: list[str] = json.loads(request.content)["ids"]
    return ids


def parse(*elements: Any) -> Harvest:
    return parse_batch(json.dumps(elements).encode(), (NEW, OTHER), where=SITE, observed_at=START)


def test_a_batch_is_posted_with_the_ids_and_fields() -> None:
    world = World(reply([cited(), None]))
    observe(world, subject(), subject(OLD))
    (sent,) = world.asked
    assert sent.method == "POST"
    assert asked_ids(sent) == [f"ARXIV:{NEW}", "ARXIV:hep-th/9901001"]
    assert str(sent.url).startswith(f"{SITE}/graph/v1/paper/batch?fields=citationCount,influentialCitationCount,auth")


def test_a_paper_is_read_with_its_authors() -> None:
    harvest = parse(cited(), None)
    assert harvest == Harvest(
        asked=(NEW, OTHER),
        observations=(
            Observation(NEW, "semantic_scholar", "citations", 5, START),
            Observation(NEW, "semantic_scholar", "influential citations", 1, START),
        ),
        authors=(
            AuthorRecord(
                paper_id=NEW,
                position=1,
                source="semantic_scholar",
                key="2259683",
                name="A. Example",
                observed_at=START,
                orcid="0000-0002-1825-0097",
                organisations=("Acme",),
                papers=28,
                citations=5874,
                h_index=19,
            ),
            AuthorRecord(NEW, 3, "semantic_scholar", "31549526", "B. Muster", START, h_index=0),
        ),
    )


@pytest.mark.parametrize("elements", [[], [cited()], [cited(), None, None]])
def test_another_number_of_elements_is_an_error_and_never_a_shift(elements: list[Any]) -> None:
    with pytest.raises(SourceError, match=rf"answers for {len(elements)} papers when asked about 2"):
        parse(*elements)


@pytest.mark.parametrize("odd", [{}, 5, "text", cited(None), cited(-1), cited(1.5), {"error": "x"}])
def test_an_odd_element_costs_its_own_paper_only(odd: Any) -> None:
    harvest = parse(odd, cited())
    assert harvest.asked == (OTHER,)
    assert {one.paper_id for one in harvest.observations} == {one.paper_id for one in harvest.authors} == {OTHER}


def test_a_paper_without_authors_still_has_its_citations() -> None:
    harvest = parse(cited(authors=None), None)
    assert (len(harvest.observations), harvest.authors) == (2, ())


def test_five_hundred_are_asked_about_at_once_and_each_batch_is_a_harvest() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return reply([None if name.endswith("7") else cited(int(name[-5:])) for name in asked_ids(request)])

    world = World(answer=answer)
    ids = [f"2611.{number:05}" for number in range(1, 1103)]
    harvests = observe(world, *map(subject, ids))
    assert [len(asked_ids(sent)) for sent in world.asked] == [500, 500, 102]
    assert [one for harvest in harvests for one in harvest.asked] == ids
    values = {one.paper_id: one.value for harvest in harvests for one in harvest.observations if one.metric[0] == "c"}
    assert values == {one: int(one[-5:]) for one in ids if not one.endswith("7")}


def test_a_batch_of_which_no_paper_is_known_yet_is_settled() -> None:
    assert observe(World(reply(NONE_KNOWN, 400)), subject()) == [Harvest(asked=(NEW,))]


@pytest.mark.parametrize("said", [{"error": "Unrecognized or unsupported fields: [x]"}, {}, [], "no"])
def test_another_refusal_is_an_error(said: Any) -> None:
    with pytest.raises(SourceError, match="answered 400 Bad Request"):
        observe(World(reply(said, 400)), subject())


def test_a_batch_that_fails_leaves_the_others() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        ids = asked_ids(request)
        return reply([]) if ids[0].endswith("00500") else reply([None] * len(ids))

    subjects = [subject(f"2611.{number:05}") for number in range(1200)]
    harvests, error = gather(source(World(answer=answer)).observe(subjects, on=TODAY))
    assert "answers for 0 papers" in str(error)
    assert [len(harvest.asked) for harvest in harvests] == [500, 200]


def test_the_third_failure_in_a_row_ends_it() -> None:
    world = World(reply([]))
    with pytest.raises(SourceError):
        observe(world, *(subject(f"2611.{number:05}") for number in range(3000)))
    assert len(world.asked) == 3


def test_without_subjects_nothing_is_asked() -> None:
    world = World(reply([]))
    assert observe(world) == []
    assert not world.asked


@settings(max_examples=150)
@given(st.one_of(any_json, spoiled([cited(), cited(8)])))
def test_any_answer_is_read_or_refused(value: Any) -> None:
    try:
        harvests = observe(World(reply(value)), subject(), subject(OTHER))
    except SourceError:
        return
    assert_storable(harvests, {NEW, OTHER}.__contains__)


def genuine(recorded: Path, name: str) -> bytes:
    """The last answer in a recording, which YAML folds over several quoted lines."""
    text = (recorded / f"data/api-json/semantic-scholar/{name}.yaml").read_text()
    folded = re.findall(r"(?:string|content): '((?:[^']|'')*)'", text)[-1]
    return re.sub(r"\n+\s*", " ", folded).replace("''", "'").encode()


@pytest.mark.recorded
def test_a_genuine_answer_with_an_unknown_paper(recorded: Path) -> None:
    body = genuine(recorded, "test_get_papers_not_found_warning")
    ids = ("2001.00001", "2001.00002", "2001.00003", "2001.00004")
    harvest = parse_batch(body, ids, where=SITE, observed_at=START)
    assert harvest.asked == ids
    assert [one.value for one in harvest.observations] == [10670, 578, 2185, 245, 0, 0]
    assert [one.paper_id for one in harvest.observations][::2] == list(ids[1:])
    assert [(one.position, one.key, one.name) for one in harvest.authors if one.paper_id == ids[1]] == [
        (1, "81141608", "Marianne Bertrand"),
        (2, "2259683", "E. Duflo"),
        (3, "2062143", "S. Mullainathan"),
    ]


@pytest.mark.recorded
def test_genuine_authors_with_their_numbers(recorded: Path) -> None:
    people = json.loads(genuine(recorded, "test_get_paper_authors"))["data"]
    body = json.dumps([cited(authors=people)]).encode()
    harvest = parse_batch(body, (NEW,), where=SITE, observed_at=START)
    told = [(one.name, one.papers, one.citations, one.h_index, one.organisations) for one in harvest.authors[:2]]
    assert told == [("E. Duflo", 282, 58740, 91, ()), ("A. Banerjee", 347, 47761, 90, ())]


@pytest.mark.recorded
@settings(max_examples=60)
@given(chance=st.data())
def test_a_genuine_answer_with_one_part_spoiled(chance: st.DataObject) -> None:
    whole = json.loads(genuine(RECORDED_WORLD, "test_get_papers_not_found_warning"))
    body = json.dumps(chance.draw(spoiled(whole))).encode()
    try:
        harvest = parse_batch(body, (NEW, OTHER, OLD, "2001.00004"), where=SITE, observed_at=START)
    except SourceError:
        return
    assert_storable([harvest])
