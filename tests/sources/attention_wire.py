"""Answers of the attention sources in the form that recorded ones have, and ways to spoil them."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model.attention import Harvest, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TODAY = date(2026, 11, 20)
ANNOUNCED = date(2026, 11, 18)
NEW, OTHER, OLD = "2611.10001", "2611.10002", "hep-th/9901001"

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def subject(paper_id: str = NEW, announced_on: date = ANNOUNCED, repository: str = "") -> Subject:
    return Subject(paper_id, announced_on, repository)


def reply(value: object, status: int = 200, /, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx.Response(status, content=json.dumps(value), headers=named)


def daily(paper_id: str = NEW, *, upvotes: object = 12, **changed: object) -> dict[str, Any]:
    """An element of Hugging Face's daily papers."""
    team = {"_id": "6a", "name": "acme", "fullname": "Acme Research", "avatar": "https://cdn.example.org/a.png"}
    paper = {
        "id": paper_id,
        "authors": [
            {"_id": "1", "name": "Ada  Example", "hidden": False},
            {"_id": "2", "name": "Someone Else", "hidden": True},
            {"_id": "3", "name": "Bo Muster", "status": "claimed_verified", "hidden": False},
        ],
        "publishedAt": "2026-11-17T00:00:00.000Z",
        "submittedOnDailyAt": "2026-11-18T00:00:00.000Z",
        "title": r"Learning \emph{everything} twice",
        "summary": "Twice.",
        "upvotes": upvotes,
        "discussionId": "9",
        "githubRepo": "https://github.com/acme/twice.git",
        "githubStars": 34,
        "organization": team,
    }
    outer = {
        "paper": paper,
        "publishedAt": "2026-11-16T19:00:00.000Z",
        "title": "Learning everything twice",
        "numComments": 3,
        "organization": team,
        "isAuthorParticipating": False,
    }
    return outer | changed


def cited(citations: object = 5, **changed: object) -> dict[str, Any]:
    """An element of Semantic Scholar's answer to a batch."""
    author = {
        "authorId": "2259683",
        "externalIds": {"DBLP": ["Ada Example"], "ORCID": "0000-0002-1825-0097"},
        "name": "A. Example",
        "affiliations": ["Acme"],
        "paperCount": 28,
        "citationCount": 5874,
        "hIndex": 19,
    }
    unknown = {"authorId": None, "name": "Nobody"}
    second = {"authorId": "31549526", "externalIds": {}, "name": "B. Muster", "affiliations": [], "hIndex": 0}
    return {
        "paperId": "c31c87c591a25c64fbaa82e8ac6a81831b6ac7ce",
        "citationCount": citations,
        "influentialCitationCount": 1,
        "authors": [author, unknown, second],
    } | changed


def work(paper_id: str = NEW, citations: object = 7, authors: tuple[str, ...] = ("A1", "A2")) -> dict[str, Any]:
    """A work of OpenAlex's, as far as it is selected."""
    acme = {"id": "https://openalex.org/I9", "display_name": "Acme", "country_code": "CH", "type": "company"}
    return {
        "doi": f"https://doi.org/10.48550/arxiv.{paper_id}",
        "cited_by_count": citations,
        "authorships": [
            {
                "author_position": "first",
                "author": {
                    "id": f"https://openalex.org/{key}",
                    "display_name": f"Author {key}",
                    "orcid": "https://orcid.org/0000-0002-1825-0097",
                },
                "institutions": [acme],
            }
            for key in authors
        ],
    }


def person(key: str, h_index: object = 4) -> dict[str, Any]:
    """An author of OpenAlex's, as far as it is selected."""
    return {
        "id": f"https://openalex.org/{key}",
        "works_count": 11,
        "cited_by_count": 222,
        "summary_stats": {"2yr_mean_citedness": 1.5, "h_index": h_index, "i10_index": 3},
    }


def listed(*results: object) -> dict[str, Any]:
    return {"meta": {"count": len(results), "cost_usd": 0.0001}, "results": list(results), "group_by": []}


def starred(stars: object = 41, forks: object = 5) -> dict[str, Any]:
    """A repository of GitHub's, as far as it matters."""
    return {"id": 3544490, "full_name": "acme/twice", "stargazers_count": stars, "forks_count": forks, "private": False}


def story(number: int = 1, address: object = f"https://arxiv.org/abs/{NEW}", **changed: object) -> dict[str, Any]:
    """A hit of Hacker News' search."""
    return {
        "objectID": str(44_000_000 + number),
        "title": "Learning everything twice",
        "url": address,
        "author": "reader",
        "points": 30,
        "num_comments": 8,
        "created_at": "2026-11-18T12:00:00Z",
        "created_at_i": 1_795_003_200 - number,
        "_tags": ["story"],
    } | changed


def hits(*found: object, total: object = None) -> dict[str, Any]:
    count = len(found) if total is None else total
    return {"hits": list(found), "nbHits": count, "page": 0, "nbPages": 1, "hitsPerPage": 1000}


def gather(found: Iterable[Harvest]) -> tuple[list[Harvest], SourceError | None]:
    """What a source yields, and the error with which it ends, if any."""
    harvests: list[Harvest] = []
    try:
        for harvest in found:
            harvests.append(harvest)  # noqa: PERF402 - what came before an error stays
    except SourceError as error:
        return harvests, error
    return harvests, None


@st.composite
def spoiled(draw: st.DrawFn, whole: Any) -> Any:
    """The value with one part of it replaced by anything, or taken away."""
    found = copy.deepcopy(whole)
    places = list(_places(found))
    holder, name = places[draw(st.integers(0, len(places) - 1))]
    if draw(st.booleans()):
        holder[name] = draw(any_json)
    else:
        del holder[name]
    return found


def _places(value: Any) -> Iterable[tuple[Any, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in list(inner):
        yield value, name
        yield from _places(one)


def assert_storable(harvests: Iterable[Harvest], allowed: Callable[[str], bool] = lambda _: True) -> None:
    """Nothing that a table, a text in UTF-8 or a sum would choke on, and nothing twice in one harvest."""
    for harvest in harvests:
        assert all(allowed(paper_id) for paper_id in harvest.asked)
        assert len(set(harvest.asked)) == len(harvest.asked)
        told = [(one.paper_id, one.metric) for one in harvest.observations]
        assert len(set(told)) == len(told)
        seen = [(one.key, one.paper_id) for one in harvest.mentions]
        assert len(set(seen)) == len(seen)
        people = [(one.paper_id, one.position) for one in harvest.authors]
        assert len(set(people)) == len(people)
        assert all(type(one.value) is int and 0 <= one.value < 2**53 for one in harvest.observations)
        for mention in harvest.mentions:
            assert 0 < len(mention.key) <= 80
            assert len(mention.paper_id) <= 40
            assert len(mention.repository) <= 200
            _assert_text(mention.title, mention.organisation, mention.repository, mention.url, *mention.authors)
        for author in harvest.authors:
            assert 0 < len(author.key) <= 80
            assert all(one is None or 0 <= one < 2**31 for one in (author.papers, author.citations, author.h_index))
            _assert_text(author.name, author.orcid, *author.organisations)


def _assert_text(*texts: str) -> None:
    for text in texts:
        assert text.encode().decode() == text
        assert "\0" not in text
        assert "\n" not in text
