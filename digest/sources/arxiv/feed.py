"""arXiv's daily feed of a category, RSS 2.0 or Atom 1.0, read into papers with their announce types."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import feedparser

from digest.errors import SourceError
from digest.model.announcement import AnnounceType, Feed, FeedItem, Problem
from digest.model.paper import ArxivId, Paper
from digest.sources.arxiv.creators import parse_creators
from digest.sources.arxiv.documents import sound_xml
from digest.sources.arxiv.fields import LONGEST_TEXT, TOO_LONG, eastern_day, readable, squeezed
from digest.sources.arxiv.plain import plain_feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_TITLE = re.compile(r"(?P<names>\S.*?) updates on arXiv\.org", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^/]+/(?:rss|atom)/(?P<names>[^/?#]+)/?", re.IGNORECASE)
_QUERIED = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[a-z-]+)?", re.IGNORECASE)
_ERROR = "feed error for query"
# `arXiv:2203.01250v3 Announce Type: replace-cross \nAbstract: …`
_HEAD = re.compile(
    r"\s*arXiv:(?P<id>\S+)\s+Announce\s+Type:\s*(?P<type>[\w-]+)(?:\s+Abstract:)?\s*|\s*Abstract:\s*", re.IGNORECASE
)


class _UnusableItemError(Exception):
    """An item that names no paper, or says nothing that can be used of it."""


def parse_feed(body: bytes, *, where: str) -> Feed:
    """The feed in `body`; what is wrong with single items stands in its problems.

    Raises SourceError for what isn't a whole arXiv feed. Its `dated_on` is the day of the request, US Eastern, not
    that of the batch: the service writes its own clock's midnight into every date.
    """
    sound = sound_xml(body, where=where)
    plain = BytesIO(plain_feed(sound.body, where=where))
    parsed = feedparser.parse(plain, sanitize_html=False, resolve_relative_uris=False)
    categories = _queried_categories(parsed.feed, where)
    dated_on = _dated_on(parsed)
    items, problems = _items(parsed.entries, where)
    if dated_on is None:
        problems = (Problem(where, "states no date"), *problems)
    return Feed(categories, dated_on, items, (*sound.problems, *problems))


def _queried_categories(feed: dict[str, Any], where: str) -> tuple[str, ...]:
    """The names in `cs.AI, cs.CL updates on arXiv.org`, or in the feed's own address."""
    title = squeezed(feed.get("title", ""))
    if title.lower().startswith(_ERROR):
        said = squeezed(feed.get("subtitle", "")) or title
        raise SourceError(where, f"is an error message of arXiv: {said.rstrip('.')}", hint="Check the category.")
    in_address = _ADDRESS.fullmatch(feed.get("id") or feed.get("link") or "")
    found = _TITLE.fullmatch(title) or in_address
    names = tuple(dict.fromkeys(re.split(r"[,+\s]+", found["names"]))) if found else ()
    if not names or not all(_QUERIED.fullmatch(name) for name in names):
        raise SourceError(where, "is not a feed of arXiv", hint="Check the address, or what was saved there.")
    return names


def _dated_on(parsed: feedparser.FeedParserDict) -> date | None:
    first = parsed.entries[0] if parsed.entries else {}
    for source, key in (
        (parsed.feed, "updated_parsed"),
        (parsed.feed, "published_parsed"),
        (first, "published_parsed"),
    ):
        # Asked for a time that isn't there, feedparser gives another one, with a warning.
        stamp = source.get(key) if key in source else None
        if stamp is not None:
            try:
                return eastern_day(datetime.fromtimestamp(timegm(stamp), UTC))
            except (ValueError, OverflowError, OSError):
                continue
    return None


def _items(entries: list[Any], where: str) -> tuple[tuple[FeedItem, ...], tuple[Problem, ...]]:
    items: dict[str, FeedItem] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(entries, start=1):
        place = f"{where}, item {number}"
        try:
            item = _item(entry)
        except _UnusableItemError as error:
            problems.append(Problem(place, str(error)))
            continue
        if item.paper.id in items:
            problems.append(Problem(place, f"{item.paper.id} is listed a second time"))
        items.setdefault(item.paper.id, item)
        problems.extend(Problem(place, remark) for remark in _remarks(item.paper, entry))
    return tuple(items.values()), tuple(problems)


def _item(entry: Any) -> FeedItem:
    summary = entry.get("summary", "")
    head = _HEAD.match(summary)
    arxiv_id = _arxiv_id(entry, head)
    categories = tuple(tag["term"] for tag in entry.get("tags", ()))
    title = readable(entry.get("title", ""))
    if not title:
        raise _UnusableItemError(f"{arxiv_id.key} has no title")
    if not categories:
        raise _UnusableItemError(f"{arxiv_id.key} has no arXiv category")
    paper = Paper(
        id=arxiv_id.key,
        version=arxiv_id.version or 1,
        title=title,
        abstract=readable(summary[head.end() if head else 0 :]),
        authors=parse_creators(entry.get("arxiv_creators", "")),
        categories=categories,
        doi=_first(entry, "arxiv_doi"),
        journal_ref=_first(entry, "arxiv_journal_reference", "arxiv_journal_ref"),
        license=_first(entry, "rights"),
    )
    return FeedItem(paper, _announce_type(entry, head, arxiv_id))


def _arxiv_id(entry: Any, head: re.Match[str] | None) -> ArxivId:
    """The id with its version, wherever the item tells it; without one, an id alone."""
    named = (entry.get("id", ""), (head["id"] or "") if head else "", entry.get("link", ""))
    found = [arxiv_id for arxiv_id in map(ArxivId.parse, named) if arxiv_id]
    if not found:
        raise _UnusableItemError("names no arXiv id")
    return next((one for one in found if one.version and one.key == found[0].key), found[0])


def _announce_type(entry: Any, head: re.Match[str] | None, arxiv_id: ArxivId) -> AnnounceType:
    stated = squeezed(entry.get("arxiv_announce_type") or (head["type"] or "" if head else "")).lower()
    try:
        return AnnounceType(stated)
    except ValueError:
        raise _UnusableItemError(f"{arxiv_id.key} has the unknown announce type '{stated}'") from None


def _first(entry: Any, *names: str) -> str | None:
    return next((text for name in names if (text := squeezed(entry.get(name) or ""))), None)


def _remarks(paper: Paper, entry: Any) -> Iterator[str]:
    if not paper.abstract:
        yield f"{paper.id} has no abstract"
    if not paper.authors:
        yield f"{paper.id} has no authors"
    if len(entry.get("summary", "")) > LONGEST_TEXT:
        yield f"{paper.id} has an abstract {TOO_LONG}"
