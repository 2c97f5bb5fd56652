"""Recorded days lived through one after the other, on one store, with a clock that moves with them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from outside_world import serving, settings_at

from digest.model.announcement import Announcement, AnnounceType
from digest.pipeline.ledger import Ledger
from digest.store.announcements import AnnouncementStore
from digest.store.database import open_database
from digest.store.editions import EditionStore
from digest.store.ledger import LedgerStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.model.edition import Edition
    from digest.store.database import Database

TRAVELLING = Path(__file__).resolve().parent / "travelling"
CATEGORIES = ("cs.CL", "cs.GT", "cs.LG")
SPACING = 0.02
SILENT = ("HUGGINGFACE", "SEMANTIC_SCHOLAR", "OPENALEX", "GITHUB", "HACKERNEWS")
# arXiv's midnight is at five, the deadline of the day's edition at one in the afternoon.
FIRST_RUN, SECOND_RUN = timedelta(hours=6), timedelta(hours=7, minutes=30)
# In a feed, an item's id with its version, and then its announce type.
_ITEM = re.compile(r"oai:arXiv\.org:(\S+?)v(\d+)</guid>.*?<arxiv:announce_type>([a-z-]+)<", re.DOTALL)
_SECTION = re.compile(r"<h3>\w+ submissions \([^)]*? (\d+) entries\)(.*?)(?=<h3>|\Z)", re.DOTALL)
_LISTED = re.compile(r'title="Abstract" id="([^"]+)">')

EVERYTHING = "^/arxiv/"
Rule = dict[str, Any]


def rule(kind: str, match: str = EVERYTHING, *, times: int = -1, **args: Any) -> Rule:
    """A fault of the stand-in's."""
    return {"kind": kind, "match": match, "times": times, "args": args}


@dataclass(frozen=True, kw_only=True)
class Day:
    """A recorded day, and what goes wrong on it.

    `faults` are there while the first run lasts. `held` says where some of its papers are missing until the next day;
    where that is everywhere, they are announced then. `waits` are the states of the categories that the first run can't
    complete.
    """

    on: date
    faults: tuple[Rule, ...] = ()
    held: str = ""
    waits: Mapping[str, str] = field(default_factory=dict)
    runs: tuple[timedelta, ...] = (FIRST_RUN,)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One call of the program, and how the day stood after it."""

    status: int
    error: str
    states: Mapping[str, str]
    is_published: bool
    requests: int


@dataclass(frozen=True, kw_only=True)
class Lived:
    """What arXiv announced that day, and what the program made of it."""

    day: Day
    announced: frozenset[Announcement]
    held: frozenset[str]
    runs: tuple[Run, ...]


@dataclass(kw_only=True)
class Traveller:
    """Calls `digest` at times of their own: it is started once, and forks for each call."""

    home: Path
    environment: dict[str, str]
    digest: subprocess.Popen[str]

    def run(self, at: datetime, *words: str) -> tuple[int, str]:
        """The exit status, and what standard error says."""
        assert self.digest.stdin
        assert self.digest.stdout
        call = {
            "words": words,
            "folder": str(self.home),
            "environment": {**self.environment, "TRAVEL_TO": at.isoformat()},
            "out": str(self.home / "out"),
            "err": str(self.home / "err"),
        }
        self.digest.stdin.write(json.dumps(call) + "\n")
        self.digest.stdin.flush()
        return int(self.digest.stdout.readline()), (self.home / "err").read_text()


@contextmanager
def travelling(home: Path, environment: dict[str, str]) -> Iterator[Traveller]:
    command = [sys.executable, str(TRAVELLING / "started.py")]
    # Sums as small as these only lose time by being shared out.
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, env={**os.environ, **alone}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as digest:
        yield Traveller(home=home, environment=environment, digest=digest)


@dataclass(kw_only=True)
class Replay:
    """The stand-in, and someone who runs the program day after day."""

    base: str
    traveller: Traveller
    lived: list[Lived] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)

    def live(self, day: Day, after: Sequence[Rule], tomorrow: date | None) -> Sequence[Rule]:
        """Lives through a day, on which what was held the day before arrives; the rules that hold papers back."""
        self.move(day.on, [one for one in after if one["match"] == EVERYTHING])
        announced = self._read_truth(day.on)
        held = self._choose_held(day, announced, tomorrow) if day.held and tomorrow else frozenset()
        holding = [rule("late", day.held, ids=sorted(held))] if held else []
        if day.held == EVERYTHING:
            self.move(day.on, [*after, *holding])
            announced = self._read_truth(day.on)
        self.move(day.on, [*after, *holding, *day.faults])
        runs = []
        for at in day.runs:
            runs.append(self._run(day.on, at))
            self.move(day.on, [*after, *holding])
        self.lived.append(Lived(day=day, announced=announced, held=held, runs=tuple(runs)))
        return holding

    def _choose_held(self, day: Day, announced: frozenset[Announcement], tomorrow: date) -> frozenset[str]:
        """Some of the day's news; none that is replaced the next day already, which would then be there twice."""
        self.move(tomorrow, [])
        replaced = {one.paper_id for one in self._read_truth(tomorrow)}
        news = {one.paper_id for one in announced if one.announce_type.is_news}
        return frozenset(sorted(news - replaced)[3::20])

    def _run(self, on: date, at: timedelta) -> Run:
        before = len(self._requests())
        moment = datetime(on.year, on.month, on.day, tzinfo=UTC) + at
        status, error = self.traveller.run(moment, "daily", "--json")
        with self.store() as database:
            ledger = Ledger(AnnouncementStore(database), LedgerStore(database), (), lambda: moment)
            states = {line.batch.category: str(line.state) for line in ledger.read(on, CATEGORIES).lines}
            is_published = EditionStore(database).find(on) is not None
        return Run(
            status=status,
            error=error,
            states=states,
            is_published=is_published,
            requests=len(self._requests()) - before,
        )

    @contextmanager
    def store(self) -> Iterator[Database]:
        database = open_database(f"sqlite:///{self.traveller.home / 'var' / 'digest.db'}")
        yield database
        database.close()

    def find_announced(self, on: date) -> frozenset[Announcement]:
        with self.store() as database:
            return frozenset(AnnouncementStore(database).find_announcements(on))

    def find_edition(self, on: date) -> Edition | None:
        with self.store() as database:
            return EditionStore(database).find(on)

    def _read_truth(self, on: date) -> frozenset[Announcement]:
        """What the stand-in announces as its rules are now, after its feeds; its pages must say the same."""
        found: set[Announcement] = set()
        for category in CATEGORIES:
            feed = self._get(f"/arxiv/rss/{category}")
            of_feed = {
                Announcement(paper_id, int(version), category, on, AnnounceType(kind))
                for paper_id, version, kind in _ITEM.findall(feed)
            }
            page = self._get(f"/arxiv/list/{category}/new?skip=0&show=2000")
            listed = [key for _, section in _SECTION.findall(page) for key in _LISTED.findall(section)]
            assert f"{on:%A}, {on.day} {on:%B %Y}" in page
            assert sum(int(count) for count, _ in _SECTION.findall(page)) == len(listed)
            assert sorted(listed) == sorted(one.paper_id for one in of_feed)
            found |= of_feed
        return frozenset(found)

    def _get(self, path: str) -> str:
        return httpx.get(f"{self.base}{path}", trust_env=False).raise_for_status().text

    def move(self, on: date, rules: Sequence[Rule]) -> None:
        """Another day at the stand-in, with these rules."""
        for what, value in (("today", {"today": str(on)}), ("faults", rules)):
            httpx.post(f"{self.base}/control/{what}", json=value, trust_env=False).raise_for_status()

    def _requests(self) -> list[dict[str, Any]]:
        """What the program asked for, and not this test."""
        log: list[dict[str, Any]] = httpx.get(f"{self.base}/control/log", trust_env=False).json()
        self.log = [line for line in log if not line["headers"]["user-agent"].startswith("python-httpx/")]
        return self.log


def environment(base: str) -> dict[str, str]:
    return {
        **settings_at(base, seconds_between_requests=str(SPACING)),
        **{f"DIGEST_{name}__ENABLED": "false" for name in SILENT},
        "DIGEST_ARXIV__CATEGORIES": ",".join(CATEGORIES),
        "DIGEST_ARXIV__RETRIES": "1",
        "DIGEST_ARXIV__TIMEOUT_SECONDS": "4",
        "DIGEST_ARXIV__LONGEST_WAIT_SECONDS": "1",
    }


@contextmanager
def replaying(world: Path, home: Path, days: Sequence[Day]) -> Iterator[Replay]:
    """The days, lived through."""
    first = days[0].on
    with (
        serving(world, str(first), first=str(first - timedelta(days=7))) as base,
        travelling(home, environment(base)) as traveller,
    ):
        replay = Replay(base=base, traveller=traveller)
        # Days that were loaded once needn't be looked for again, one by one.
        replay.move(days[-1].on, [])
        carried: Sequence[Rule] = ()
        for day, tomorrow in zip(days, [*(one.on for one in days[1:]), None], strict=True):
            carried = replay.live(day, carried, tomorrow)
        yield replay
