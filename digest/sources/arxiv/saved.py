"""Saved arXiv documents in place of arXiv itself: the same questions, answered from a folder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.model.announcement import AnnounceType, Feed, FeedItem, Listing, Problem
from digest.model.fetch import Fetched, PapersRead
from digest.model.paper import ArxivId, archive_of
from digest.sources.arxiv.folder import SavedDocuments, read_folder
from digest.sources.arxiv.listing import ListingPage, join_pages
from digest.sources.arxiv.query import QueryPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from digest.model.paper import Paper

_WANTED = "feeds (RSS or Atom), listing pages or query answers of arXiv"


class SavedArxiv:
    """One day of arXiv as saved below `path`: that of `on`, or else the newest.

    `categories` are those with a feed or a listing; `problems` tell what could not be used, and the other days.
    Raises SourceError when nothing below `path` can be used.
    """

    def __init__(self, path: Path, on: date | None = None) -> None:
        self._path = str(path)
        saved = read_folder(path)
        problems = list(saved.problems)
        self.on = _chosen_day(saved, on, self._path)
        self._papers = _papers(saved, problems)
        self._feeds = _feeds(saved, self.on, problems)
        self._listings = _listings(saved, self.on, problems)
        self.categories: tuple[str, ...] = tuple(dict.fromkeys((*self._feeds, *self._listings)))
        if not self.categories:
            raise _nothing(self._path, saved, problems)
        self.problems: tuple[Problem, ...] = tuple(problems)

    def read_feed(self, category: str) -> Fetched[Feed]:
        """The saved feed of the category; SourceError when there is none."""
        if category not in self._feeds:
            raise SourceError(self._path, f"holds no feed of {category}{self._that_day()}")
        return Fetched(self._feeds[category])

    def read_listing(self, category: str) -> Listing:
        """The saved listing page of the category; SourceError when there is none."""
        if category not in self._listings:
            raise SourceError(self._path, f"holds no listing page of {category}{self._that_day()}")
        return self._listings[category]

    def read_papers(self, ids: Iterable[str]) -> PapersRead:
        """The papers with these ids that are among the saved query answers; the others are one problem.

        Where no query answer was saved at all, that is as it was meant, and no problem.
        """
        keys = tuple(dict.fromkeys(one.key if (one := ArxivId.parse(text)) else text for text in ids))
        missing = tuple(key for key in keys if key not in self._papers)
        told = f"holds no query answer with {', '.join(missing)}"
        problems = (Problem(self._path, told),) if missing and self._papers else ()
        return PapersRead(tuple(self._papers[key] for key in keys if key in self._papers), problems)

    def _that_day(self) -> str:
        return f" for {self.on}" if self.on else ""


def _chosen_day(saved: SavedDocuments, on: date | None, path: str) -> date | None:
    """The day asked for, else the newest on which something was announced, else the newest of all."""
    days = {day: False for _, document in saved.documents if (day := _day(document))}
    for _, document in saved.documents:
        day = _day(document)
        if day and not isinstance(document, QueryPage):
            days[day] |= bool(document.items if isinstance(document, Feed) else document.listing.papers)
    if on is not None and days and on not in days:
        listed = ", ".join(str(day) for day in sorted(days))
        raise SourceError(path, f"holds nothing for {on}", hint=f"It has {listed}.")
    return on or max((day for day in days if days[day]), default=max(days, default=None))


def _day(document: Feed | ListingPage | QueryPage) -> date | None:
    match document:
        case Feed():
            return document.dated_on
        case ListingPage():
            return document.listing.announced_on
        case _:
            return None


def _papers(saved: SavedDocuments, problems: list[Problem]) -> dict[str, Paper]:
    papers: dict[str, Paper] = {}
    for _, document in saved.documents:
        if isinstance(document, QueryPage):
            problems.extend(document.problems)
            for paper in document.papers:
                papers.setdefault(paper.id, paper)
    return papers


def _feeds(saved: SavedDocuments, on: date | None, problems: list[Problem]) -> dict[str, Feed]:
    feeds: dict[str, list[Feed]] = defaultdict(list)
    for where, document in saved.documents:
        if not isinstance(document, Feed):
            continue
        if document.dated_on not in (on, None):
            problems.append(Problem(where, f"is of {document.dated_on}, not of {on}; it was left out"))
            continue
        for feed in split(document):
            feeds[feed.categories[0]].append(feed)
    return {category: _merged(found) for category, found in feeds.items()}


def _listings(saved: SavedDocuments, on: date | None, problems: list[Problem]) -> dict[str, Listing]:
    pages: dict[str, list[tuple[str, ListingPage]]] = defaultdict(list)
    for where, document in saved.documents:
        if not isinstance(document, ListingPage):
            continue
        if document.listing.announced_on == on:
            pages[document.listing.category].append((where, document))
        else:
            problems.append(Problem(where, f"is of {document.listing.announced_on}, not of {on}; it was left out"))
    listings: dict[str, Listing] = {}
    for category, found in pages.items():
        try:
            listings[category] = join_pages([page for _, page in found], where=found[0][0])
        except SourceError as error:
            problems.append(Problem(error.where, error.problem))
    return listings


def split(feed: Feed) -> Iterator[Feed]:
    """One feed a category out of a feed over several categories, or over an archive."""
    items = _by_category(feed)
    members = _by_archive(items)
    names = tuple(dict.fromkeys(name for asked in feed.categories for name in members.get(asked, (asked,))))
    if names == feed.categories and len(names) == 1:
        yield feed
        return
    for name in names:
        problems = feed.problems if name == names[0] else ()
        yield replace(feed, categories=(name,), items=tuple(items.get(name, ())), problems=problems)


def _by_category(feed: Feed) -> dict[str, list[FeedItem]]:
    """The items as they are announced in each category that occurs."""
    items: dict[str, list[FeedItem]] = {}
    for item in feed.items:
        for name in item.paper.categories:
            listed = items.setdefault(name, [])
            if announced := _announced(item, name):
                listed.append(FeedItem(item.paper, announced))
    return items


def _by_archive(names: Iterable[str]) -> dict[str, list[str]]:
    """The categories that the name of an archive stands for: all of it that occur."""
    members: dict[str, list[str]] = {}
    for name in sorted(names):
        members.setdefault(archive_of(name), []).append(name)
    return members


def _announced(item: FeedItem, category: str) -> AnnounceType | None:
    """As what the paper is announced in one of its categories, None when it isn't.

    A feed over several lists a paper once. One that is only cross-listed there was announced in its primary
    category on an earlier day.
    """
    is_primary = item.paper.primary_category == category
    match item.announce_type:
        case AnnounceType.NEW:
            return AnnounceType.NEW if is_primary else AnnounceType.CROSS
        case AnnounceType.REPLACE:
            return AnnounceType.REPLACE if is_primary else AnnounceType.REPLACE_CROSS
        case _:
            return None if is_primary else item.announce_type


def _merged(feeds: Sequence[Feed]) -> Feed:
    """One feed with the items of all, each paper as the first of them has it."""
    items: dict[str, FeedItem] = {}
    for item in chain.from_iterable(feed.items for feed in feeds):
        items.setdefault(item.paper.id, item)
    problems = tuple(problem for feed in feeds for problem in feed.problems)
    return replace(feeds[0], items=tuple(items.values()), problems=problems)


def _nothing(path: str, saved: SavedDocuments, problems: list[Problem]) -> SourceError:
    found = f"looked for {_WANTED}, found none among {saved.files} files"
    if any(isinstance(document, QueryPage) for _, document in saved.documents):
        found = "holds query answers of arXiv, but no feed or listing page that tells the day"
    first = f"First reason: {problems[0].where}: {problems[0].what}." if problems else ""
    return SourceError(path, found, hint=first or "Save feeds there, e.g. https://rss.arxiv.org/rss/cs.CL.")
