"""Hacker News, through Algolia's search: points and comments of the stories that link a paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from digest.errors import SourceError
from digest.model.attention import Harvest, Mention, Observation
from digest.sources.attention.failures import Failures
from digest.sources.attention.reading import ACCEPT_JSON
from digest.sources.attention.stories import Story, StoryPage, parse_stories

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date

    from digest.model.attention import Subject
    from digest.sources.http import PoliteClient

NAME = "hackernews"
# Algolia gives no more for one query, whatever the page.
PAGE = 1000
MOST_PAGES = 50
BEFORE = timedelta(days=2)
# Papers are handed in every day: a search over this time that finds none has failed.
NEVER_QUIET_FOR = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class HackerNews:
    """Asks the search at `url`, the site without a slash at the end."""

    client: PoliteClient
    url: str
    clock: Callable[[], datetime]
    name: str = field(default=NAME, init=False)

    def observe(self, subjects: Sequence[Subject], *, on: date) -> Iterator[Harvest]:  # noqa: ARG002 - points are as of now
        """All stories about papers since the subjects' announcements at once; the last harvest has their sums.

        When that finds none, in a time in which there must be some, one harvest for each subject. SourceError when the
        first can't be read to its end, or when the third subject in a row fails, or at the end.
        """
        if not subjects:
            return
        ids = tuple(dict.fromkeys(one.paper_id for one in subjects))
        since = datetime.combine(min(one.announced_on for one in subjects) - BEFORE, time(), UTC)
        found: dict[str, Story] = {}
        odd: set[str] = set()
        for page in self._sweep(since):
            new = {story.key: story for story in page.stories if story.key not in found}
            found |= new
            odd.update(page.odd)
            is_told = not page.has_more and (found or odd or self.clock() - since < NEVER_QUIET_FOR)
            yield self._harvest(ids, new.values(), found.values(), asked=set(ids) - odd if is_told else ())
        if not found and not odd and self.clock() - since >= NEVER_QUIET_FOR:
            yield from self._ask_each(ids)

    def _sweep(self, since: datetime) -> Iterator[StoryPage]:
        """All stories that link arXiv, newest first."""
        after, until = f"created_at_i>{int(since.timestamp())}", None
        for _ in range(MOST_PAGES):
            filters = after if until is None else f"{after},created_at_i<={until}"
            address = self._address("arxiv.org", numericFilters=filters)
            page = self._ask(address)
            if page.has_more and (page.oldest is None or (until is not None and page.oldest >= until)):
                raise SourceError(address, "counts more stories than it shows")
            yield page
            if not page.has_more:
                return
            until = page.oldest
        raise SourceError(self.url, f"has no end after {MOST_PAGES} pages")

    def _ask_each(self, ids: Iterable[str]) -> Iterator[Harvest]:
        failures = Failures()
        for paper_id in ids:
            try:
                # Without "abs/", so that links to the PDF are found too.
                page = self._ask(self._address(f"arxiv.org {paper_id}"))
            except SourceError as error:
                failures.note(error)
                continue
            failures.note_success()
            stories = {story.key: story for story in page.stories}.values()
            yield self._harvest((paper_id,), stories, stories, asked={paper_id} - set(page.odd))
        failures.tell()

    def _address(self, query: str, **filters: str) -> str:
        asked = {
            "query": query,
            "restrictSearchableAttributes": "url",
            "tags": "story",
            **filters,
            "hitsPerPage": str(PAGE),
            "page": "0",
        }
        return f"{self.url}/api/v1/search_by_date?{urlencode(asked)}"

    def _ask(self, address: str) -> StoryPage:
        return parse_stories(self.client.ask(address, accept=ACCEPT_JSON).body, where=address)

    def _harvest(
        self, ids: Sequence[str], new: Iterable[Story], found: Iterable[Story], *, asked: Collection[str]
    ) -> Harvest:
        """The new stories about the papers `ids`, and the sums over all found for those `asked`."""
        now, wanted = self.clock(), frozenset(ids)
        settled = tuple(one for one in ids if one in asked)
        sums = {one: [0, 0] for one in settled}
        for story in found:
            if story.paper_id in sums:
                sums[story.paper_id][0] += story.points
                sums[story.paper_id][1] += story.comments
        return Harvest(
            asked=settled,
            observations=tuple(
                Observation(one, NAME, metric, value, now)
                for one, values in sums.items()
                for metric, value in zip(("points", "comments"), values, strict=True)
            ),
            mentions=tuple(_mention(story, now) for story in new if story.paper_id in wanted),
        )


def _mention(story: Story, now: datetime) -> Mention:
    return Mention(
        paper_id=story.paper_id,
        source=NAME,
        key=story.key,
        url=f"https://news.ycombinator.com/item?id={story.key}",
        title=story.title,
        mentioned_at=story.created_at,
        observed_at=now,
    )
