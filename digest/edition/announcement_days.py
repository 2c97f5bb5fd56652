"""Tells on which days arXiv announces papers, by its own clock: US Eastern, through both daylight-saving changes.

Sunday to Thursday at 20:00, listed under the date of the day after: https://info.arxiv.org/help/availability.html.
What this calendar says is an expectation: the listing page's own date decides.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.model.announcement import DayKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SATURDAY = 5
_EASTERN = ZoneInfo("America/New_York")
_DAY = timedelta(days=1)
_ANNOUNCED_AT = time(20)
# Until the end of 2016 submissions were taken two hours longer.
_CUT_OFF, _EARLIER_CUT_OFF, _CHANGED_ON = time(14), time(16), date(2017, 1, 1)


def kind_of(day: date, holidays: Collection[date]) -> DayKind:
    """Whether arXiv lists anything under that date.

    `holidays` are the days on which nothing is taken up, so that the listing of the working day after falls away.
    """
    if day.weekday() >= _SATURDAY:
        return DayKind.WEEKEND
    return DayKind.HOLIDAY if _working_day_before(day) in holidays else DayKind.ANNOUNCEMENT


def announced_at(day: date) -> datetime:
    """When what is listed under a date is announced, in UTC: the evening before."""
    return datetime.combine(day - _DAY, _ANNOUNCED_AT, _EASTERN).astimezone(UTC)


def begins_at(day: date) -> datetime:
    """When a day begins at arXiv, in UTC; its feeds follow at this hour."""
    return datetime.combine(day, time(), _EASTERN).astimezone(UTC)


def listed_by(moment: datetime) -> date:
    """The newest date that arXiv can have listed by then: from 20:00 Eastern on, tomorrow's; weekends too."""
    today = moment.astimezone(_EASTERN).date()
    return today + _DAY if moment >= announced_at(today + _DAY) else today


def expected_by(moment: datetime) -> date:
    """The newest date whose papers arXiv should list by then, if it isn't a holiday."""
    return last_weekday(listed_by(moment))


def last_announcement_day(until: date, holidays: Collection[date]) -> date:
    """The last date, at most `until`, under which arXiv lists papers."""
    while kind_of(until, holidays) is not DayKind.ANNOUNCEMENT:
        until -= _DAY
    return until


def last_weekday(until: date) -> date:
    """The last date, at most `until`, that isn't at a weekend."""
    return last_announcement_day(until, ())


def days_between(first: date, last: date) -> Iterator[date]:
    """Every date from one to another, both included."""
    while first <= last:
        yield first
        first += _DAY


def find_announcement_day(submitted_at: datetime, *, holidays: Collection[date] = ()) -> date:
    """The day on whose listing a paper stands that was submitted at that time, if nothing held it up.

    Submissions are taken until 14:00 US Eastern, Monday to Friday, announced that evening, those of Friday on Sunday
    evening, and listed under the date of the weekday after. On `holidays` nothing is taken up, so that the next working
    day's listing has it. Papers that moderators hold come later, which no archive tells.
    Source: https://info.arxiv.org/help/availability.html
    """
    local = submitted_at.astimezone(_EASTERN)
    until = _CUT_OFF if local.date() >= _CHANGED_ON else _EARLIER_CUT_OFF
    taken_on = local.date() if local.time() < until else local.date() + _DAY
    while taken_on.weekday() >= _SATURDAY or taken_on in holidays:
        taken_on += _DAY
    listed_on = taken_on + _DAY
    while listed_on.weekday() >= _SATURDAY:
        listed_on += _DAY
    return listed_on


def _working_day_before(day: date) -> date:
    day -= _DAY
    while day.weekday() >= _SATURDAY:
        day -= _DAY
    return day
