"""On which day's listing a paper stands, after arXiv's schedule: https://info.arxiv.org/help/availability.html."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition.announcement_days import (
    announced_at,
    begins_at,
    days_between,
    find_announcement_day,
    kind_of,
    last_announcement_day,
    last_weekday,
    listed_by,
)
from digest.model.announcement import DayKind

EASTERN = ZoneInfo("America/New_York")
THANKSGIVING = date(2026, 11, 26)


def listed(written: str, *holidays: date) -> date:
    """The day for a time in New York."""
    at = datetime.fromisoformat(written).replace(tzinfo=EASTERN)
    return find_announcement_day(at.astimezone(UTC), holidays=holidays)


@pytest.mark.parametrize(
    ("submitted", "day"),
    [
        ("2026-11-16 13:59:59", "2026-11-17"),  # a Monday: announced that evening, listed under Tuesday
        ("2026-11-16 14:00:00", "2026-11-18"),
        ("2026-11-17 13:59:59", "2026-11-18"),
        ("2026-11-18 13:00", "2026-11-19"),
        ("2026-11-19 13:59:59", "2026-11-20"),
        ("2026-11-19 14:00:00", "2026-11-23"),  # Thursday afternoon: announced on Sunday, listed under Monday
        ("2026-11-20 13:59:59", "2026-11-23"),
        ("2026-11-20 14:00:00", "2026-11-24"),  # from Friday afternoon on: announced on Monday
        ("2026-11-21 09:00", "2026-11-24"),
        ("2026-11-22 23:00", "2026-11-24"),
        ("2026-11-23 13:59:59", "2026-11-24"),
    ],
)
def test_every_window_of_the_week_has_its_day(submitted: str, day: str) -> None:
    assert listed(submitted) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("submitted", "day"),
    [
        ("2026-11-25 13:00", "2026-11-26"),
        ("2026-11-25 15:00", "2026-11-30"),  # the holiday takes up nothing: Friday does, for Monday's listing
        ("2026-11-26 10:00", "2026-11-30"),
        ("2026-11-27 10:00", "2026-11-30"),
        ("2026-11-27 15:00", "2026-12-01"),
    ],
)
def test_a_holiday_takes_up_nothing(submitted: str, day: str) -> None:
    assert listed(submitted, THANKSGIVING) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        # 18:30 UTC is before the hour in winter (13:30) and after it in summer (14:30).
        (datetime(2026, 3, 6, 18, 30, tzinfo=UTC), date(2026, 3, 9)),
        (datetime(2026, 3, 9, 18, 30, tzinfo=UTC), date(2026, 3, 11)),
        (datetime(2026, 3, 9, 17, 59, tzinfo=UTC), date(2026, 3, 10)),
        (datetime(2026, 10, 30, 18, 30, tzinfo=UTC), date(2026, 11, 3)),
        (datetime(2026, 11, 2, 18, 30, tzinfo=UTC), date(2026, 11, 3)),
        (datetime(2026, 11, 2, 19, 0, tzinfo=UTC), date(2026, 11, 4)),
    ],
)
def test_the_hour_is_new_yorks_through_both_changes_of_the_clocks(at: datetime, day: date) -> None:
    assert find_announcement_day(at) == day


def test_until_2016_submissions_were_taken_two_hours_longer() -> None:
    assert listed("2016-11-15 15:30") == date(2016, 11, 16)
    assert listed("2017-11-14 15:30") == date(2017, 11, 16)


@given(st.integers(0, 40 * 365 * 24 * 60), st.sets(st.dates(), max_size=3))
def test_the_day_is_a_later_weekday_within_a_fortnight(minutes: int, holidays: set[date]) -> None:
    moment = datetime(1995, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    day = find_announcement_day(moment, holidays=holidays)
    assert day.weekday() < 5
    assert timedelta() < day - moment.astimezone(EASTERN).date() <= timedelta(days=14)
    assert find_announcement_day(moment + timedelta(hours=1), holidays=holidays) >= day


@pytest.mark.parametrize(
    ("at", "day"),
    [
        # Thursday at eight in the evening in New York: winter time, then summer time.
        ("2026-11-20T00:59:59+00:00", "2026-11-19"),
        ("2026-11-20T01:00:00+00:00", "2026-11-20"),
        ("2026-07-09T23:59:59+00:00", "2026-07-09"),
        ("2026-07-10T00:00:00+00:00", "2026-07-10"),
        # The Sundays on which the clocks change: the announcement comes at eight by the new time.
        ("2026-03-08T23:59:59+00:00", "2026-03-08"),
        ("2026-03-09T00:00:00+00:00", "2026-03-09"),
        ("2026-11-01T23:59:59+00:00", "2026-11-01"),
        ("2026-11-02T00:59:59+00:00", "2026-11-01"),
        ("2026-11-02T01:00:00+00:00", "2026-11-02"),
    ],
)
def test_a_new_day_is_listed_from_eight_in_the_evening_on(at: str, day: str) -> None:
    assert listed_by(datetime.fromisoformat(at)) == date.fromisoformat(day)


@given(st.dates(date(2007, 1, 1), date(2100, 1, 1)))
def test_a_day_is_announced_the_evening_before_it_begins_and_is_the_newest_from_then_on(day: date) -> None:
    assert timedelta(hours=3) <= begins_at(day) - announced_at(day) <= timedelta(hours=5)
    assert listed_by(announced_at(day)) == day
    assert listed_by(announced_at(day) - timedelta(seconds=1)) == day - timedelta(days=1)


def test_weekends_and_the_day_after_a_holiday_have_no_listing() -> None:
    week = [kind_of(day, {THANKSGIVING}) for day in days_between(date(2026, 11, 23), date(2026, 11, 30))]
    assert week == [
        *[DayKind.ANNOUNCEMENT] * 4,
        DayKind.HOLIDAY,
        *[DayKind.WEEKEND] * 2,
        DayKind.ANNOUNCEMENT,
    ]
    assert kind_of(date(2026, 7, 6), {date(2026, 7, 3)}) is DayKind.HOLIDAY  # a Friday's stands on Monday


def test_the_last_day_of_announcements_skips_both() -> None:
    assert last_announcement_day(date(2026, 11, 29), {THANKSGIVING}) == THANKSGIVING
    assert last_weekday(date(2026, 11, 29)) == date(2026, 11, 27)


@given(st.dates(date(2017, 1, 2), date(2100, 1, 1)), st.sets(st.dates(date(2017, 1, 1), date(2100, 1, 1)), max_size=30))
def test_no_paper_is_put_on_a_day_without_a_listing(day: date, holidays: set[date]) -> None:
    at = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
    assert kind_of(find_announcement_day(at, holidays=holidays), holidays) is DayKind.ANNOUNCEMENT
