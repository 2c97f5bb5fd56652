"""Decides which windows of the past are still to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from digest.model.history import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.model.history import WindowRead

_DAY = timedelta(days=1)
_FIRST_MONTH_AFTER = 32


@dataclass(frozen=True, slots=True)
class Start:
    """A window to read, from the place where an earlier run was cut off, or from its beginning."""

    window: Window
    place: str = ""
    papers: int = 0


def plan(set_name: str, *, since: date, until: date, read: Sequence[WindowRead]) -> list[Start]:
    """What of these days is still to be read of a set, at most a month each, oldest first.

    The day on which a window was finished was not over then, so that it is read again.
    """
    own = [one for one in read if one.window.set_name == set_name]
    cut_off = {one.window: one for one in own if one.finished_on is None}
    windows = (Window(set_name, first, last) for gap in _gaps(since, until, own) for first, last in _months(*gap))
    return [
        Start(window, known.place, known.papers) if (known := cut_off.get(window)) else Start(window)
        for window in windows
    ]


def _gaps(since: date, until: date, read: Iterable[WindowRead]) -> Iterator[tuple[date, date]]:
    """The days from `since` to `until` that no finished window covers, as (first, last)."""
    done = sorted(
        (one.window.first_on, min(one.window.last_on, one.finished_on - _DAY)) for one in read if one.finished_on
    )
    start = since
    for first, last in done:
        if last < start or first > last:
            continue
        if first > until:
            break
        if first > start:
            yield start, first - _DAY
        start = last + _DAY
    if start <= until:
        yield start, until


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    start = first
    while start <= last:
        end = (start.replace(day=1) + timedelta(days=_FIRST_MONTH_AFTER)).replace(day=1) - _DAY
        yield start, min(end, last)
        start = end + _DAY
