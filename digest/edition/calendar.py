"""Tells when an edition is due to whom, through time zones and daylight-saving changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.model.subscriber import Frequency

if TYPE_CHECKING:
    from digest.model.subscriber import Schedule

_SATURDAY = 5
_DAYS_AHEAD = 9
# A mail that is due late in the life of its edition still has this long to get through.
_GRACE = timedelta(hours=6)


def find_due(schedule: Schedule, published_at: datetime) -> datetime:
    """The first moment, in UTC, at or after `published_at` that the schedule names.

    An hour that a daylight-saving change leaves out is taken as the one after it; of one that comes twice, the first
    counts. A zone that the time zone database no longer knows is taken as UTC.
    """
    zone = _zone(schedule.zone)
    first = published_at.astimezone(zone).date()
    days = (first + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
    moments = (_local(day, schedule.hour, zone) for day in days if _suits(schedule, day))
    return next(moment for moment in moments if moment >= published_at)


def find_expiry(due_at: datetime, published_at: datetime, *, lifetime: timedelta) -> datetime:
    """When the mail is too late to be sent: `lifetime` after its edition, but at least six hours after it was due."""
    return max(published_at + lifetime, due_at + _GRACE)


def find_pause_end(schedule: Schedule, now: datetime) -> date:
    """The last day on which a pause may end to be over by now: that of the next mail, but tomorrow at most.

    Both are days where the subscriber is: an edition that comes out the evening before is read on the day itself.
    """
    zone = _zone(schedule.zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return min(tomorrow, find_due(schedule, now).astimezone(zone).date())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _local(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def _suits(schedule: Schedule, day: date) -> bool:
    match schedule.frequency:
        case Frequency.DAILY:
            return True
        case Frequency.WORKING_DAYS:
            return day.weekday() < _SATURDAY
        case Frequency.WEEKLY:
            return day.weekday() == schedule.weekday
