"""Editions wait for proof, come out at their deadline, and never leave a day out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from factories import make_listing
from newsroom import (
    CATEGORIES,
    FRIDAY,
    MONDAY,
    NEXT_MONDAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Newsroom,
    ids_of,
    late_in,
    news_of,
)

from digest.edition.announcement_days import days_between
from digest.errors import InputError
from digest.model.alert import AlertKind
from digest.model.announcement import AnnounceType, BatchState, DayKind
from digest.store.papers import PaperStore

if TYPE_CHECKING:
    from digest.store.database import Database

COMPLETE, INCOMPLETE, STALE, BROKEN, QUIET, HOLIDAY, WEEKEND, PENDING = BatchState


@pytest.fixture
def room(database: Database) -> Newsroom:
    """A digest that has published Monday."""
    room = Newsroom(database)
    room.announce(MONDAY)
    room.be_at(MONDAY)
    room.live()
    return room


def test_a_day_that_is_proven_is_published_at_once(room: Newsroom) -> None:
    room.announce(TUESDAY)
    room.be_at(TUESDAY, hours=0.2)
    report = room.live()
    assert [one.edition.announced_on for one in report.advanced.published] == [TUESDAY]
    assert room.states(TUESDAY) == [COMPLETE, COMPLETE]
    assert room.told == []


def test_a_day_that_lacks_a_paper_waits_and_comes_out_once_it_is_there(room: Newsroom) -> None:
    room.announce(TUESDAY)
    lacking = ids_of(TUESDAY)[2]
    room.lose(lacking)
    room.be_at(TUESDAY)
    report = room.live()
    assert report.advanced.waiting is not None
    assert room.editions.find(TUESDAY) is None
    assert room.states(TUESDAY) == [INCOMPLETE, INCOMPLETE]
    room.announce(TUESDAY)
    room.be_at(TUESDAY, hours=6)
    room.live()
    assert news_of(room.edition(TUESDAY)) == ids_of(TUESDAY)
    assert room.told == []


def test_at_the_deadline_it_comes_out_short_and_says_so_to_readers_and_operator(room: Newsroom) -> None:
    room.announce(TUESDAY)
    room.lose(ids_of(TUESDAY)[2])
    room.be_at(TUESDAY, hours=12)
    report = room.live()
    edition = room.edition(TUESDAY)
    assert (edition.announced, edition.missing) == (3, 1)
    assert report.advanced.failures == ("The edition of 2026-11-17 is out short: 1 listed paper is missing",)
    (alert,) = room.told
    assert (alert.kind, alert.announced_on, alert.is_published, alert.announced, alert.missing) == (
        AlertKind.OVERDUE,
        TUESDAY,
        True,
        3,
        1,
    )
    again = room.live()
    assert (again.advanced.failures, len(room.told)) == ((), 1)


def test_what_came_after_the_deadline_is_in_the_next_edition_and_the_operator_hears_of_it(room: Newsroom) -> None:
    room.announce(TUESDAY)
    lacking = ids_of(TUESDAY)[2]
    room.lose(lacking)
    room.be_at(TUESDAY, hours=12)
    room.live()
    room.announce(TUESDAY)
    room.be_at(TUESDAY, hours=14)
    room.live()
    assert room.states(TUESDAY) == [COMPLETE, COMPLETE]
    assert [alert.kind for alert in room.told] == [AlertKind.OVERDUE, AlertKind.HEALED]
    (line, _) = room.ledger.read(TUESDAY, CATEGORIES).lines
    assert line.late == (lacking,)
    room.announce(WEDNESDAY)
    room.be_at(WEDNESDAY)
    room.live()
    assert late_in(room.edition(WEDNESDAY)) == {lacking: TUESDAY}


def test_a_day_of_which_nothing_can_be_read_becomes_no_edition_and_is_told(room: Newsroom) -> None:
    room.fall_silent()
    room.be_at(TUESDAY)
    assert room.live().problem is not None
    assert room.states(TUESDAY) == [BROKEN, BROKEN]
    assert room.told == []
    room.be_at(TUESDAY, hours=13)
    report = room.live()
    assert report.advanced.failures
    assert room.editions.find(TUESDAY) is None
    assert [(alert.is_published, alert.announced) for alert in room.told] == [(False, 0)]


def test_a_page_that_stands_still_is_stale_and_no_quiet_day(room: Newsroom) -> None:
    room.be_at(TUESDAY, hours=1)
    room.live()
    assert room.states(TUESDAY) == [PENDING, PENDING]
    room.be_at(TUESDAY, hours=6)
    room.live()
    assert room.states(TUESDAY) == [STALE, STALE]
    room.be_at(TUESDAY, hours=13)
    assert room.live().advanced.failures
    assert room.editions.find(TUESDAY) is None


def test_one_category_that_cannot_be_read_is_named_at_the_deadline(room: Newsroom) -> None:
    room.announce(TUESDAY, categories=("cs.CL",))
    room.be_at(TUESDAY, hours=12)
    room.live()
    edition = room.edition(TUESDAY)
    assert (news_of(edition), edition.unproven) == (ids_of(TUESDAY), ("cs.LG",))
    assert room.states(TUESDAY) == [COMPLETE, BROKEN]


def test_a_weekend_brings_nothing_or_a_note_and_asks_nothing_of_arxiv(room: Newsroom) -> None:
    room.announce(FRIDAY)
    room.archive_day(TUESDAY, WEDNESDAY, THURSDAY)
    room.be_at(FRIDAY)
    room.live()
    room.fall_silent()
    room.be_at(SATURDAY)
    report = room.live()
    assert (report.problem, report.advanced.failures, report.advanced.notes) == (None, (), ())
    room.notes = frozenset({WEEKEND})
    room.be_at(SUNDAY)
    (note,) = room.live().advanced.notes
    assert (note.announced_on, note.day_kind, note.entries) == (SUNDAY, DayKind.WEEKEND, ())
    assert room.live().advanced.notes == ()


def test_a_holiday_counts_when_arxivs_page_agrees(room: Newsroom) -> None:
    room.holidays, room.notes = frozenset({MONDAY}), frozenset({HOLIDAY})
    room.be_at(TUESDAY, hours=6)
    (note,) = room.live().advanced.notes
    assert note.day_kind is DayKind.HOLIDAY
    assert room.states(TUESDAY) == [HOLIDAY, HOLIDAY]


def test_a_holiday_on_which_arxiv_announces_all_the_same_is_none(room: Newsroom) -> None:
    room.holidays, room.notes = frozenset({MONDAY}), frozenset({HOLIDAY})
    room.announce(TUESDAY)
    room.be_at(TUESDAY)
    report = room.live()
    assert [one.edition.announced_on for one in report.advanced.published] == [TUESDAY]
    assert report.advanced.notes == ()


def test_a_holiday_on_which_nothing_can_be_read_is_a_failure(room: Newsroom) -> None:
    room.holidays, room.notes = frozenset({MONDAY}), frozenset({HOLIDAY})
    room.fall_silent()
    room.be_at(TUESDAY, hours=13)
    report = room.live()
    assert report.advanced.failures
    assert report.advanced.notes == ()


def test_a_quiet_day_is_what_every_page_says_and_brings_what_the_operator_wants(room: Newsroom) -> None:
    for code in CATEGORIES:
        room.arxiv.listings[code] = make_listing(category=code, on=TUESDAY)
    room.be_at(TUESDAY)
    assert [day.state for day in room.live().advanced.nothing] == [QUIET]
    assert room.editions.find(TUESDAY) is None
    room.notes = frozenset({QUIET})
    (note,) = room.live().advanced.notes
    assert (note.day_kind, note.announced) == (DayKind.ANNOUNCEMENT, 0)


def test_every_missed_day_is_brought_back_in_order(room: Newsroom) -> None:
    room.archive_day(TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)
    room.announce(NEXT_MONDAY)
    room.be_at(NEXT_MONDAY)
    report = room.live()
    days = [TUESDAY, WEDNESDAY, THURSDAY, FRIDAY]
    assert report.advanced.caught_up == tuple(days)
    assert [one.edition.announced_on for one in report.advanced.published] == [*days, NEXT_MONDAY]
    for day in days:
        assert news_of(room.edition(day)) == ids_of(day)
        assert room.edition(day).unproven == CATEGORIES
        assert room.states(day) == [INCOMPLETE, INCOMPLETE]
    assert room.told == []


def test_a_missed_day_of_which_the_archive_knows_nothing_was_a_holiday(room: Newsroom) -> None:
    room.archive_day(WEDNESDAY)
    room.archive.pages[MONDAY, ""] = room.archive.pages.pop((TUESDAY, ""))
    room.announce(THURSDAY)
    room.be_at(THURSDAY)
    report = room.live()
    assert [one.edition.announced_on for one in report.advanced.published] == [WEDNESDAY, THURSDAY]
    assert room.states(TUESDAY) == [HOLIDAY, HOLIDAY]


def test_a_missed_day_goes_before_the_newest_as_long_as_that_can_wait(room: Newsroom) -> None:
    room.archive_day(TUESDAY)
    room.archive.errors.append(MONDAY)
    room.announce(WEDNESDAY)
    room.be_at(WEDNESDAY)
    report = room.live()
    assert (report.advanced.published, report.advanced.failures) == ((), ())
    assert report.advanced.waiting is not None
    assert report.advanced.waiting.announced_on == TUESDAY
    room.archive.errors.clear()
    room.be_at(WEDNESDAY, hours=6)
    assert [one.edition.announced_on for one in room.live().advanced.published] == [TUESDAY, WEDNESDAY]
    assert room.told == []


def test_an_outage_of_weeks_and_an_archive_that_fails_too_lose_nothing(room: Newsroom) -> None:
    days = [day for day in days_between(TUESDAY, MONDAY + timedelta(days=20)) if day.weekday() < 5]
    newest = MONDAY + timedelta(days=21)
    room.archive_day(*days)
    room.archive.errors.append(MONDAY)
    room.announce(newest)
    room.be_at(newest, hours=12)
    assert [one.edition.announced_on for one in room.live().advanced.published] == [newest]
    room.archive.errors.clear()
    room.be_at(newest, hours=14)
    assert room.live().advanced.caught_up == tuple(days)
    after = newest + timedelta(days=1)
    room.announce(after)
    room.be_at(after)
    room.live()
    assert late_in(room.edition(after)) == {key: day for day in days for key in ids_of(day)}


def test_waiting_tells_of_all_that_was_done_meanwhile(room: Newsroom) -> None:
    room.archive_day(TUESDAY)
    room.announce(WEDNESDAY)
    room.lose(ids_of(WEDNESDAY)[2])
    room.be_at(WEDNESDAY)
    advanced = room.live(wait=True).advanced
    assert advanced.caught_up == (TUESDAY,)
    assert [one.edition.announced_on for one in advanced.published] == [TUESDAY, WEDNESDAY]
    assert len(advanced.failures) == 1


def test_an_alert_that_could_not_be_passed_on_is_owed(room: Newsroom) -> None:
    room.announce(TUESDAY)
    room.lose(ids_of(TUESDAY)[2])
    room.be_at(TUESDAY, hours=12)
    room.is_cut_off = True
    room.live()
    assert (room.told, room.edition(TUESDAY).missing) == ([], 1)
    room.is_cut_off = False
    room.live()
    assert [(alert.kind, alert.is_published) for alert in room.told] == [(AlertKind.OVERDUE, True)]


def test_waiting_asks_with_growing_pauses_until_the_deadline(room: Newsroom) -> None:
    room.announce(TUESDAY)
    room.lose(ids_of(TUESDAY)[2])
    room.be_at(TUESDAY, hours=5)
    room.live(wait=True)
    assert room.edition(TUESDAY).missing == 1
    deadline = room.daily().advance.policy.deadline(TUESDAY)
    assert room.clock.now == deadline
    (line, _) = room.ledger.read(TUESDAY, CATEGORIES).lines
    assert line.inquiry is not None
    # 5, 10, 20 and 40 minutes, then each hour for the rest of seven.
    assert line.inquiry.tries == 10


def test_those_who_come_again_in_a_few_minutes_ask_only_what_is_due(room: Newsroom) -> None:
    room.announce(TUESDAY)
    room.lose(ids_of(TUESDAY)[2])
    room.be_at(TUESDAY)
    daily = room.daily()
    assert daily.run_due(CATEGORIES).ingested is not None
    asked = list(room.arxiv.asked)
    assert daily.run_due(CATEGORIES).ingested is None
    assert room.arxiv.asked == asked
    room.clock.turn(timedelta(minutes=5))
    assert daily.run_due(CATEGORIES).ingested is not None
    assert len(room.arxiv.asked) > len(asked)


def test_the_first_edition_is_that_of_the_newest_day_and_nothing_before_it_is_missed(database: Database) -> None:
    room = Newsroom(database)
    room.announce(THURSDAY)
    room.be_at(THURSDAY)
    room.live()
    assert room.editions.find_days() == (THURSDAY,)
    assert room.archive.asked == []


@pytest.mark.parametrize("sunday", [date(2026, 11, 1), date(2026, 3, 8)])
def test_over_a_night_on_which_the_clocks_change_no_day_is_lost(database: Database, sunday: date) -> None:
    room = Newsroom(database)
    friday, monday = sunday - timedelta(days=2), sunday + timedelta(days=1)
    for day in (friday, monday, monday + timedelta(days=1)):
        room.announce(day)
        room.be_at(day, hours=0.1)
        room.live()
    assert room.editions.find_days() == (monday + timedelta(days=1), monday, friday)
    assert room.told == []


def test_a_clock_that_was_ahead_loses_nothing(room: Newsroom) -> None:
    room.be_at(FRIDAY, hours=13)
    room.live()
    assert [alert.announced_on for alert in room.told] == [FRIDAY]
    for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY):
        room.announce(day)
        room.be_at(day)
        room.live()
        assert news_of(room.edition(day)) == ids_of(day)


def test_a_category_that_is_no_longer_read_holds_nothing_up(room: Newsroom) -> None:
    room.announce(TUESDAY)
    room.arxiv.listings["cs.LG"] = make_listing(("2611.99999", AnnounceType.NEW), category="cs.LG", on=TUESDAY)
    room.be_at(TUESDAY)
    assert room.live().advanced.waiting is not None
    report = room.daily().run(("cs.CL",))
    assert [one.edition.announced_on for one in report.advanced.published] == [TUESDAY]


def test_a_page_that_stands_still_hides_no_feed_that_is_ahead_of_it(room: Newsroom) -> None:
    old = dict(room.arxiv.listings)
    room.announce(TUESDAY)
    room.arxiv.listings = {"cs.CL": room.arxiv.listings["cs.CL"], "cs.LG": old["cs.LG"]}
    room.be_at(TUESDAY)
    room.live()
    assert room.states(TUESDAY) == [COMPLETE, PENDING]
    room.arxiv.listings = old
    room.be_at(TUESDAY, hours=12)
    room.live()
    edition = room.edition(TUESDAY)
    assert (news_of(edition), edition.unproven) == (ids_of(TUESDAY), ("cs.LG",))


def test_an_archive_without_any_papers_makes_no_holiday(room: Newsroom) -> None:
    room.announce(WEDNESDAY)
    room.be_at(WEDNESDAY)
    room.live()
    assert room.states(TUESDAY) == [INCOMPLETE, INCOMPLETE]
    assert room.editions.find(WEDNESDAY) is None


def test_a_first_day_that_waited_is_not_forgotten(database: Database) -> None:
    room = Newsroom(database)
    room.announce(THURSDAY)
    room.lose(ids_of(THURSDAY)[0])
    room.be_at(THURSDAY)
    assert room.live().advanced.waiting is not None
    room.announce(FRIDAY)
    room.be_at(FRIDAY)
    room.live()
    assert room.editions.find_days() == (FRIDAY, THURSDAY)


def test_days_whose_pages_never_came_are_published_all_the_same(room: Newsroom) -> None:
    for day in (TUESDAY, WEDNESDAY, THURSDAY):
        room.announce(day)
        room.arxiv.listings.clear()
        room.be_at(day)
        room.live()
    room.be_at(THURSDAY, hours=13)
    room.live()
    assert room.editions.find_days() == (THURSDAY, WEDNESDAY, TUESDAY, MONDAY)
    assert news_of(room.edition(TUESDAY)) == ids_of(TUESDAY)


def test_what_is_taken_as_it_is_needs_something_to_take(room: Newsroom) -> None:
    room.announce(TUESDAY)
    room.lose(*ids_of(TUESDAY))
    room.be_at(TUESDAY)
    advanced = room.daily().run(CATEGORIES, as_is=True).advanced
    assert (advanced.published, advanced.waiting is not None) == ((), True)


def test_a_day_that_is_still_to_come_is_refused(room: Newsroom) -> None:
    room.be_at(TUESDAY)
    with pytest.raises(InputError, match="still to come"):
        room.daily().advance.run(CATEGORIES, on=FRIDAY)


def test_a_category_that_is_new_in_the_settings_makes_no_day_missed(room: Newsroom) -> None:
    room.announce(TUESDAY)
    room.be_at(TUESDAY)
    room.live()
    room.announce(WEDNESDAY)
    room.arxiv.listings["cs.DS"] = make_listing(category="cs.DS", on=WEDNESDAY)
    room.be_at(WEDNESDAY)
    report = room.daily().run((*CATEGORIES, "cs.DS"))
    assert [one.edition.announced_on for one in report.advanced.published] == [WEDNESDAY]
    assert room.archive.asked == []


def test_a_day_that_fails_is_news_once(room: Newsroom) -> None:
    room.fall_silent()
    room.be_at(TUESDAY, hours=13)
    assert [room.live().advanced.has_new_failure for _ in range(2)] == [True, False]


def test_details_that_the_query_api_did_not_tell_are_asked_for_again_after_a_pause(room: Newsroom) -> None:
    room.announce(TUESDAY)
    told = dict(room.arxiv.papers)
    room.arxiv.papers.clear()
    room.be_at(TUESDAY)
    room.live()
    assert room.edition(TUESDAY).announced == 4
    asked = len(room.arxiv.asked)
    daily = room.daily()
    daily.run_due(CATEGORIES)
    daily.run_due(CATEGORIES)
    assert len(room.arxiv.asked) == asked + 4
    room.arxiv.papers.update(told)
    room.clock.turn(timedelta(minutes=5))
    daily.run_due(CATEGORIES)
    found = PaperStore(room.database).find_many(ids_of(TUESDAY))
    assert {paper.comment for paper in found.values()} == {"12 pages"}
