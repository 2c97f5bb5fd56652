"""Hugging Face's lists of daily papers: upvotes, comments, and who stands behind a paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.model.attention import Harvest, Mention, Observation
from digest.sources.attention.failures import Failures
from digest.sources.attention.reading import (
    ACCEPT_JSON,
    Record,
    as_count,
    as_list,
    as_moment,
    as_paper_id,
    as_record,
    as_text,
    nested,
    not_as_agreed,
    read_json,
    records,
)
from digest.text.mentions import find_repository
from digest.text.tex import to_unicode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from digest.model.attention import Subject
    from digest.sources.http import PoliteClient

NAME = "huggingface"
PAGE = 100
MOST_PAGES = 30
# Dates there are UTC, here Eastern: a list can bear a date before that of the announcement. Papers may be handed in up
# to seven days after it: https://github.com/huggingface/huggingface_hub/issues/2745
BEFORE = timedelta(days=2)
AFTER = timedelta(days=7)
_DAY = timedelta(days=1)
_LONGEST_REPOSITORY = 200
_REFUSED = frozenset({HTTPStatus.BAD_REQUEST})


class _RefusedError(SourceError):
    """That day has no list: it has not begun there, or the question is wrong."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a day's list: how many elements it has, what was read, and the papers whose elements are odd."""

    size: int
    observations: tuple[Observation, ...] = ()
    mentions: tuple[Mention, ...] = ()
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HuggingFace:
    """Reads the lists of https://huggingface.co/papers, of which `url` is the site, without a slash at the end."""

    client: PoliteClient
    url: str
    clock: Callable[[], datetime]
    name: str = field(default=NAME, init=False)

    def observe(self, subjects: Sequence[Subject], *, on: date) -> Iterator[Harvest]:
        """One harvest a page, newest day first, of the days around the subjects' announcements until `on`.

        What the lists say of other papers comes too. A subject is asked about when all its days have been read. One
        day that can't be read costs that day; SourceError at the third in a row, or at the end. Days before the first
        list that are refused have not begun there, whatever our clock says.
        """
        windows = {one.paper_id: _window(one.announced_on, on) for one in subjects}
        failures = Failures()
        refusal: _RefusedError | None = None
        has_begun = False
        seen: set[str] = set()
        odd: set[str] = set()
        for day in sorted({day for days in windows.values() for day in days}, reverse=True):
            try:
                for page, is_last in self._pages(day):
                    has_begun = True
                    odd.update(page.odd)
                    settled = _settle(windows, day, odd) if is_last else ()
                    yield _harvest(page, seen, settled)
            except SourceError as error:
                if isinstance(error, _RefusedError) and not has_begun:
                    refusal = refusal or error
                    windows = {paper_id: days - {day} for paper_id, days in windows.items()}
                    continue
                windows = {paper_id: days for paper_id, days in windows.items() if day not in days}
                failures.note(error)
            else:
                failures.note_success()
        failures.tell()
        if refusal and not has_begun:
            raise refusal

    def _pages(self, day: date) -> Iterator[tuple[ListPage, bool]]:
        """The pages of one day's list, each with whether it is the last."""
        for number in range(MOST_PAGES):
            address = f"{self.url}/api/daily_papers?date={day}&limit={PAGE}&p={number}"
            answer = self.client.ask(address, accept=ACCEPT_JSON, readable=_REFUSED)
            if answer.status == HTTPStatus.BAD_REQUEST:
                raise _RefusedError(address, "answered 400 Bad Request", hint="Check the address in the settings.")
            page = parse_list(answer.body, where=address, observed_at=self.clock())
            yield page, page.size < PAGE
            if page.size < PAGE:
                return
        raise SourceError(f"{self.url}/api/daily_papers?date={day}", f"has no end after {MOST_PAGES} pages")


def parse_list(body: bytes, *, where: str, observed_at: datetime) -> ListPage:
    """The papers on one page of a list; SourceError when it is no such page."""
    elements = as_list(read_json(body, where=where))
    if elements is None:
        raise not_as_agreed(where)
    observations: dict[str, tuple[Observation, ...]] = {}
    mentions: dict[str, Mention] = {}
    odd: list[str] = []
    for element in elements:
        outer = as_record(element) or {}
        paper = nested(outer, "paper")
        paper_id = as_paper_id(paper.get("id"))
        values = _values(outer, paper)
        title = to_unicode(as_text(paper.get("title")))
        if paper_id and values and title:
            observations[paper_id] = tuple(
                Observation(paper_id, NAME, metric, value, observed_at) for metric, value in values.items()
            )
            mentions[paper_id] = _mention(paper_id, title, outer, paper, observed_at)
        elif paper_id:
            odd.append(paper_id)
    flat = tuple(one for some in observations.values() for one in some)
    return ListPage(len(elements), flat, tuple(mentions.values()), tuple(odd))


def _values(outer: Record, paper: Record) -> dict[str, int]:
    """The metrics' values; none without upvotes, which every paper there has."""
    upvotes, comments = as_count(paper.get("upvotes")), as_count(outer.get("numComments"))
    if upvotes is None:
        return {}
    found = {"upvotes": upvotes, "comments": comments, "stars": as_count(paper.get("githubStars"))}
    return {metric: value for metric, value in found.items() if value is not None}


def _mention(paper_id: str, title: str, outer: Record, paper: Record, observed_at: datetime) -> Mention:
    organisation = nested(paper, "organization") or nested(outer, "organization")
    repository = find_repository(as_text(paper.get("githubRepo")))
    return Mention(
        paper_id=paper_id,
        source=NAME,
        key=paper_id,
        url=f"https://huggingface.co/papers/{paper_id}",
        title=title,
        mentioned_at=as_moment(paper.get("submittedOnDailyAt")),
        observed_at=observed_at,
        organisation=as_text(organisation.get("fullname")) or as_text(organisation.get("name")),
        repository=repository if len(repository) <= _LONGEST_REPOSITORY else "",
        authors=tuple(_authors(paper)),
    )


def _authors(paper: Record) -> Iterator[str]:
    """The names that the page shows."""
    for author in records(paper.get("authors")):
        name = as_text(author.get("name"))
        if name and author.get("hidden") is not True:
            yield name


def _window(announced_on: date, on: date) -> frozenset[date]:
    """The days on whose lists a paper of that day can stand, up to `on`."""
    first, last = announced_on - BEFORE, min(announced_on + AFTER, on)
    return frozenset(first + _DAY * number for number in range((last - first).days + 1))


def _settle(windows: Mapping[str, frozenset[date]], day: date, odd: set[str]) -> tuple[str, ...]:
    """The papers of whose days this is the first and so the last that is read."""
    return tuple(paper_id for paper_id, days in windows.items() if days and min(days) == day and paper_id not in odd)


def _harvest(page: ListPage, seen: set[str], asked: tuple[str, ...]) -> Harvest:
    """What a page brings that no newer one brought."""
    new = {one.paper_id for one in page.mentions} - seen
    seen.update(new)
    return Harvest(
        asked=asked,
        observations=tuple(one for one in page.observations if one.paper_id in new),
        mentions=tuple(one for one in page.mentions if one.paper_id in new),
    )
