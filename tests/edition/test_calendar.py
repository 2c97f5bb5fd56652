from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition.calendar import find_due, find_expiry, find_pause_end
from digest.model.subscriber import Frequency, Schedule

LIFETIME = timedelta(hours=20)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "published", "due"),
    [
        ("Europe/Berlin", "2026-11-20 01:30", "2026-11-20 06:00"),
        ("America/New_York", "2026-11-20 01:30", "2026-11-20 12:00"),
        ("Asia/Tokyo", "2026-11-20 01:30", "2026-11-20 22:00"),
        ("Asia/Kathmandu", "2026-11-20 01:15", "2026-11-20 01:15"),
        ("No/Such_Zone", "2026-11-20 01:30", "2026-11-20 07:00"),
    ],
)
def test_a_mail_is_due_at_the_next_local_seven_o_clock(zone: str, published: str, due: str) -> None:
    assert find_due(Schedule(zone=zone), moment(published)) == moment(due)


@pytest.mark.parametrize(
    ("hour", "published", "due"),
    [
        # 29 March 2026: two o'clock doesn't come, three o'clock summer time is 01:00 UTC.
        (2, "2026-03-28 23:30", "2026-03-29 01:00"),
        (7, "2026-03-28 23:30", "2026-03-29 05:00"),
        # 25 October 2026: two o'clock comes twice, first in summer time.
        (2, "2026-10-24 23:30", "2026-10-25 00:00"),
        (7, "2026-10-24 23:30", "2026-10-25 06:00"),
    ],
)
def test_the_hour_stays_local_through_both_changes_of_the_clock(hour: int, published: str, due: str) -> None:
    assert find_due(Schedule(hour=hour, zone="Europe/Berlin"), moment(published)) == moment(due)


def test_working_days_leave_out_the_weekend_of_the_reader() -> None:
    schedule = Schedule(Frequency.WORKING_DAYS, zone="Asia/Tokyo")
    assert find_due(schedule, moment("2026-11-20 01:30")) == moment("2026-11-22 22:00")


def test_a_weekly_mail_waits_for_its_day() -> None:
    schedule = Schedule(Frequency.WEEKLY, weekday=5, hour=9, zone="Europe/Berlin")
    assert find_due(schedule, moment("2026-11-16 01:30")) == moment("2026-11-21 08:00")
    assert find_due(schedule, moment("2026-11-21 08:01")) == moment("2026-11-28 08:00")


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    frequency=st.sampled_from(Frequency),
    published=st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: moment("2024-01-01") + timedelta(minutes=minutes)),
)
def test_every_schedule_is_due_at_its_hour_and_never_before_the_edition(
    zone: str, hour: int, weekday: int, frequency: Frequency, published: datetime
) -> None:
    due = find_due(Schedule(frequency, weekday, hour, zone), published)
    local = due.astimezone(ZoneInfo(zone))
    assert published <= due <= published + timedelta(days=8, hours=2)
    in_a_gap = local.replace(hour=hour, minute=0).astimezone(UTC).astimezone(ZoneInfo(zone)).hour != hour
    assert local.hour == hour or in_a_gap
    assert frequency is not Frequency.WEEKLY or local.weekday() == weekday
    assert frequency is not Frequency.WORKING_DAYS or local.weekday() < 5


def test_a_mail_is_too_late_twenty_hours_after_its_edition_but_never_right_after_it_was_due() -> None:
    published = moment("2026-11-20 01:30")
    assert find_expiry(moment("2026-11-20 06:00"), published, lifetime=LIFETIME) == published + LIFETIME
    late = moment("2026-11-23 06:00")
    assert find_expiry(late, published, lifetime=LIFETIME) == late + timedelta(hours=6)


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("Pacific/Honolulu", "2026-11-21T01:00", 21),
        ("Pacific/Honolulu", "2026-11-20T16:00", 20),
        ("Pacific/Apia", "2026-11-20T01:00", 21),
        ("UTC", "2026-11-21T01:00", 21),
        ("UTC", "2026-11-21T09:00", 22),
    ],
)
def test_a_pause_is_over_when_the_next_mail_is_due_on_its_last_day_there(zone: str, now: str, day: int) -> None:
    begins = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert find_pause_end(Schedule(hour=7, zone=zone), begins) == date(2026, 11, day)


def test_a_pause_of_a_weekly_reader_ends_a_day_early_at_most() -> None:
    begins = datetime(2026, 11, 17, 12, tzinfo=UTC)
    assert find_pause_end(Schedule(Frequency.WEEKLY, 5, 7), begins) == date(2026, 11, 18)
