"""What other services say about the papers of the last weeks, into the store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from digest.errors import SourceError
from digest.model.attention import Subject
from digest.text.mentions import find_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from digest.model.attention import Harvest
    from digest.store.announcements import AnnouncementStore
    from digest.store.attention import Asking, AttentionStore
    from digest.store.papers import PaperStore

_DAY = timedelta(days=1)
# A paper of a month is asked about once a week at most: its numbers move more slowly than those of a new one.
_SLOWER_WITH_AGE = 4


class AttentionSource(Protocol):
    """A service that tells how much attention papers get."""

    @property
    def name(self) -> str:
        """Its name in the store and in reports."""

    def observe(self, subjects: Sequence[Subject], *, on: date) -> Iterator[Harvest]:
        """One harvest after each answer; SourceError when it can't go on, what was harvested before stands."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A source, how long a known paper's values are taken to hold, and whether only papers with code can be asked."""

    source: AttentionSource
    again_after: timedelta
    needs_repository: bool = False


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What came of one source: papers it was to be `wanted` for, how many of them it answered for, and the values.

    `problem` says in a sentence why it stopped early, or is empty.
    """

    source: str
    wanted: int
    asked: int
    observations: int
    mentions: int
    problem: str = ""

    @property
    def left(self) -> int:
        """Papers that it wasn't asked about, which are the first next time."""
        return self.wanted - self.asked


@dataclass(frozen=True, slots=True)
class ObserveReport:
    """What came of each source, in order."""

    sources: tuple[SourceReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """Asks all sources at once about the papers of the last `days` days of announcements whose values are due again.

    A source that is absent, slow or wrong is a line in the report and stops nothing. Each answer is stored at once, so
    that a run that was cut off loses nothing and the next one goes on where it stopped.
    """

    watches: Sequence[Watch]
    announcements: AnnouncementStore
    papers: PaperStore
    store: AttentionStore
    clock: Callable[[], datetime]
    days: int

    def run(
        self, categories: Sequence[str], *, on: date | None = None, told: Callable[[str], None] = lambda _: None
    ) -> ObserveReport:
        """The report of one round; with `on` about the papers announced that day, whether they are due or not."""
        if not self.watches:
            return ObserveReport(())
        newest = on or self.announcements.find_newest_day() or self.clock().date()
        since = on or newest - self.days * _DAY
        announced = self.announcements.find_first_news(since=since, until=newest, categories=categories)
        subjects = tuple(self._make_subjects(announced))
        # Each service has its own pace, so that asking one after the other would take as long as all of them together.
        with ThreadPoolExecutor(len(self.watches)) as pool:
            asking = [pool.submit(self._ask, watch, subjects, told, is_due=on is not None) for watch in self.watches]
        return ObserveReport(tuple(one.result() for one in asking))

    def _make_subjects(self, announced: Mapping[str, date]) -> Iterator[Subject]:
        ids = tuple(announced)
        texts, comments = self.papers.find_texts(ids), self.papers.find_comments(ids)
        mentioned = self.store.find_mentions_of(ids)
        for paper_id, day in announced.items():
            linked = find_repository(texts.get(paper_id), comments.get(paper_id))
            elsewhere = next((one.repository for one in mentioned.get(paper_id, ()) if one.repository), "")
            yield Subject(paper_id, day, linked or elsewhere)

    def _ask(
        self, watch: Watch, subjects: Sequence[Subject], told: Callable[[str], None], *, is_due: bool
    ) -> SourceReport:
        name, now = watch.source.name, self.clock()
        told(f"asking {name}")
        able = [one for one in subjects if one.repository or not watch.needs_repository]
        askings = self.store.find_askings(name, [one.paper_id for one in able])
        due = able if is_due else choose_due(able, askings, again_after=watch.again_after, now=now)
        wanted = {one.paper_id for one in due}
        asked: set[str] = set()
        observations = mentions = 0
        problem = ""
        try:
            for harvest in watch.source.observe(due, on=now.date()) if due else ():
                self.store.save(harvest, source=name, now=self.clock())
                asked |= wanted & set(harvest.asked)
                observations += len(harvest.observations) + len(harvest.unchanged)
                mentions += len(harvest.mentions)
        except SourceError as error:
            problem = str(error)
        return SourceReport(name, len(wanted), len(asked), observations, mentions, problem)


def choose_due(
    subjects: Sequence[Subject], askings: Mapping[str, Asking], *, again_after: timedelta, now: datetime
) -> tuple[Subject, ...]:
    """The papers whose values are due: those never asked about first, the newest of them at the head, then those that
    wait longest.

    One that the source didn't know is asked about again within a day.
    """
    newest = max((one.announced_on for one in subjects), default=now.date())
    new = [one for one in subjects if one.paper_id not in askings]
    new.sort(key=lambda one: (-one.announced_on.toordinal(), one.paper_id))
    waiting: list[tuple[timedelta, Subject]] = []
    for one in subjects:
        asking = askings.get(one.paper_id)
        if asking is None:
            continue
        age = newest - one.announced_on
        pause = max(again_after if asking.is_known else min(again_after, _DAY), age / _SLOWER_WITH_AGE)
        if now - asking.asked_at >= pause:
            waiting.append((now - asking.asked_at - pause, one))
    waiting.sort(key=lambda pair: (-pair[0], pair[1].paper_id))
    return (*new, *(one for _, one in waiting))
