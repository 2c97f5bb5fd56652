"""Answers of Hacker News' search: the stories in them that are about papers on arXiv."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from digest.sources.attention.reading import (
    LONGEST_TEXT,
    Record,
    as_count,
    as_list,
    as_paper_id,
    as_record,
    as_text,
    not_as_agreed,
    read_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAPER = re.compile(r"/(?:abs|pdf|html)/(?P<id>.+?)(?:\.pdf)?/?")
_STORY = re.compile(r"\d{1,20}", re.ASCII)
_LATEST = 10**11


@dataclass(frozen=True, slots=True)
class Story:
    """Something handed in to Hacker News that links a paper."""

    paper_id: str
    key: str
    title: str
    points: int
    comments: int
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoryPage:
    """One answer: its stories about papers, and the papers that an odd one is about.

    `has_more` tells whether it counts more hits than it holds, `oldest` is the earliest of theirs in seconds since the
    epoch.
    """

    stories: tuple[Story, ...]
    odd: tuple[str, ...]
    has_more: bool
    oldest: int | None


def parse_stories(body: bytes, *, where: str) -> StoryPage:
    """The stories in an answer; SourceError when it is no such answer."""
    answer = read_record(body, where=where)
    hits, total = as_list(answer.get("hits")), as_count(answer.get("nbHits"))
    if hits is None or total is None:
        raise not_as_agreed(where)
    stories: list[Story] = []
    odd: list[str] = []
    for hit in filter(None, map(as_record, hits)):
        paper_id = paper_in(hit.get("url"))
        story = _story(paper_id, hit) if paper_id else None
        if story:
            stories.append(story)
        elif paper_id:
            odd.append(paper_id)
    return StoryPage(tuple(stories), tuple(odd), total > len(hits), min(_moments(hits), default=None))


def paper_in(address: object) -> str | None:
    """The paper that an address on one of arXiv's own hosts shows, in whatever form and version."""
    if not isinstance(address, str) or len(address) > LONGEST_TEXT:
        return None
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    found = _PAPER.fullmatch(unquote(parts.path))
    if found is None or not (host == "arxiv.org" or host.endswith(".arxiv.org")):
        return None
    return as_paper_id(found["id"])


def _story(paper_id: str, hit: Record) -> Story | None:
    key, title = hit.get("objectID"), as_text(hit.get("title"))
    points, comments = as_count(hit.get("points")), as_count(hit.get("num_comments"))
    if not (isinstance(key, str) and _STORY.fullmatch(key)) or not title or points is None or comments is None:
        return None
    created = _moment(hit)
    created_at = None if created is None else datetime.fromtimestamp(created, UTC)
    return Story(paper_id, key, title, points, comments, created_at)


def _moments(hits: list[object]) -> Iterator[int]:
    for hit in hits:
        moment = _moment(as_record(hit) or {})
        if moment is not None:
            yield moment


def _moment(hit: Record) -> int | None:
    value = hit.get("created_at_i")
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LATEST else None
