"""Which papers each source is asked about, and what a source can do wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY, announce, make_paper, save_batch

from digest.errors import SourceError
from digest.model.attention import Harvest, Observation, Subject
from digest.pipeline.observe import Observe, Watch, choose_due
from digest.store.announcements import AnnouncementStore
from digest.store.attention import Asking, AttentionStore
from digest.store.papers import PaperStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model.paper import Paper
    from digest.store.database import Database

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IDS = ("2611.00001", "2611.00002", "2611.00003")


@dataclass
class Upvotes:
    """A service that answers a paper at a time, as far as it comes."""

    name: str = "upvotes"
    value: float = 1
    answers: int = 99
    asked: list[list[Subject]] = field(default_factory=list)

    def observe(self, subjects: Sequence[Subject], *, on: date) -> Iterator[Harvest]:
        self.asked.append(list(subjects))
        for number, subject in enumerate(subjects):
            if number == self.answers:
                raise SourceError("https://upvotes.example/", "answered 500", hint="Try again later.")
            seen = Observation(subject.paper_id, self.name, "upvotes", self.value, datetime.combine(on, time(12), UTC))
            yield Harvest((subject.paper_id,), (seen,))


def announce_all(database: Database, papers: Sequence[Paper], on: date) -> None:
    save_batch(AnnouncementStore(database), papers, [announce(paper, on=on) for paper in papers], now=NOON)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def observing(database: Database, clock: Clock, *sources: Upvotes) -> Observe:
    return Observe(
        watches=[Watch(one, 6 * HOUR) for one in sources],
        announcements=AnnouncementStore(database),
        papers=PaperStore(database),
        store=AttentionStore(database),
        clock=clock,
        days=30,
    )


def test_what_is_observed_is_kept_as_a_time_series(database: Database, clock: Clock) -> None:
    announce_all(database, [make_paper(IDS[0])], THURSDAY)
    source = Upvotes()
    observe = observing(database, clock, source)
    observe.run(["cs.CL"])
    clock.now += 2 * DAY
    source.value = 5
    (report,) = observe.run(["cs.CL"]).sources
    assert (report.wanted, report.asked, report.left, report.observations, report.problem) == (1, 1, 0, 1, "")
    series = AttentionStore(database).find_observations([IDS[0]])[IDS[0]]
    assert [(one.value, one.observed_at) for one in series] == [(1, NOON), (5, NOON + 2 * DAY)]


def test_a_source_that_breaks_off_keeps_what_it_gave_and_goes_on_next_time(database: Database, clock: Clock) -> None:
    announce_all(database, [make_paper(one) for one in IDS], THURSDAY)
    source, other = Upvotes(answers=2), Upvotes("stars")
    first = observing(database, clock, source, other).run(["cs.CL"])
    assert [(one.source, one.asked, one.left) for one in first.sources] == [("upvotes", 2, 1), ("stars", 3, 0)]
    assert "answered 500" in first.sources[0].problem
    observing(database, clock, source, other).run(["cs.CL"])
    assert [[one.paper_id for one in round_] for round_ in source.asked] == [list(IDS), [IDS[2]]]
    assert len(other.asked) == 1


def test_a_days_papers_are_asked_about_by_date_whether_due_or_not(database: Database, clock: Clock) -> None:
    announce_all(database, [make_paper(IDS[0])], THURSDAY - DAY)
    announce_all(database, [make_paper(IDS[1])], THURSDAY)
    source = Upvotes()
    for _ in range(2):
        observing(database, clock, source).run(["cs.CL"], on=THURSDAY)
    assert [[one.paper_id for one in round_] for round_ in source.asked] == [[IDS[1]], [IDS[1]]]


def test_other_categories_and_older_papers_are_left_alone(database: Database, clock: Clock) -> None:
    source = Upvotes()
    assert [one.wanted for one in observing(database, clock, source).run(["cs.CL"]).sources] == [0]
    assert observing(database, clock).run(["cs.CL"]).sources == ()
    announce_all(database, [make_paper(IDS[0])], THURSDAY - 31 * DAY)
    announce_all(database, [make_paper(IDS[1])], THURSDAY)
    assert observing(database, clock, source).run(["math.AG"]).sources[0].wanted == 0
    observing(database, clock, source).run(["cs.CL"])
    assert [[one.paper_id for one in round_] for round_ in source.asked] == [[IDS[1]]]


def test_the_repository_is_found_in_the_abstract_and_in_the_comment(database: Database, clock: Clock) -> None:
    papers = [
        make_paper(IDS[0], abstract="Our code is at https://github.com/Fell-Lab/tides.git."),
        make_paper(IDS[1], comment="8 pages, github.com/fell/winds/tree/main"),
        make_paper(IDS[2]),
    ]
    announce_all(database, papers, THURSDAY)
    source = Upvotes()
    observing(database, clock, source).run(["cs.CL"])
    assert [one.repository for one in source.asked[0]] == ["Fell-Lab/tides", "fell/winds", ""]


def test_a_source_of_repositories_is_asked_about_papers_with_one(database: Database, clock: Clock) -> None:
    announce_all(database, [make_paper(IDS[0], comment="github.com/fell/winds"), make_paper(IDS[1])], THURSDAY)
    source = Upvotes()
    observe = replace(observing(database, clock), watches=[Watch(source, DAY, needs_repository=True)])
    assert observe.run(["cs.CL"]).sources[0].left == 0
    assert [one.paper_id for one in source.asked[0]] == [IDS[0]]


SUBJECT = Subject(IDS[0], THURSDAY)


@pytest.mark.parametrize(
    ("age", "ago", "is_known", "is_due"),
    [
        (0 * DAY, 7 * HOUR, True, True),
        (0 * DAY, 5 * HOUR, True, False),
        (8 * DAY, DAY, True, False),
        (8 * DAY, 3 * DAY, True, True),
        (0 * DAY, 5 * HOUR, False, False),
    ],
)
def test_the_older_a_paper_the_less_often_it_is_asked_about(
    age: timedelta, ago: timedelta, is_known: bool, is_due: bool
) -> None:
    newest = Subject(IDS[1], THURSDAY + age)
    askings = {SUBJECT.paper_id: Asking(NOON - ago, is_known), newest.paper_id: Asking(NOON, is_known=True)}
    chosen = choose_due([SUBJECT, newest], askings, again_after=6 * HOUR, now=NOON)
    assert chosen == ((SUBJECT,) if is_due else ())


def test_a_paper_that_was_unknown_is_tried_again_within_a_day() -> None:
    for is_known, is_due in ((True, False), (False, True)):
        askings = {SUBJECT.paper_id: Asking(NOON - 25 * HOUR, is_known)}
        assert bool(choose_due([SUBJECT], askings, again_after=6 * DAY, now=NOON)) == is_due


def test_new_papers_come_first_then_those_that_wait_longest() -> None:
    subjects = [Subject(key, THURSDAY - DAY * n) for n, key in enumerate("abcd")]
    askings = {"a": Asking(NOON - 2 * DAY, is_known=True), "b": Asking(NOON - 3 * DAY, is_known=True)}
    chosen = choose_due(subjects, askings, again_after=6 * HOUR, now=NOON)
    assert [one.paper_id for one in chosen] == ["c", "d", "b", "a"]
