from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.model.history import Window, WindowRead
from digest.pipeline.backfill_windows import Start, plan

SET = "cs:cs:CL"
NOVEMBER_20 = date(2026, 11, 20)
DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))


def window(first: str, last: str) -> Window:
    return Window(SET, date.fromisoformat(first), date.fromisoformat(last))


def finished(first: str, last: str, *, on: date = NOVEMBER_20) -> WindowRead:
    return WindowRead(window(first, last), "", 5, on)


def windows(since: str, until: str, *read: WindowRead) -> list[Window]:
    planned = plan(SET, since=date.fromisoformat(since), until=date.fromisoformat(until), read=read)
    return [start.window for start in planned]


def test_a_range_is_read_month_by_month_oldest_first() -> None:
    assert windows("2025-12-10", "2026-02-03") == [
        window("2025-12-10", "2025-12-31"),
        window("2026-01-01", "2026-01-31"),
        window("2026-02-01", "2026-02-03"),
    ]


def test_what_was_finished_is_not_read_again() -> None:
    assert windows("2026-01-01", "2026-02-28", finished("2026-01-01", "2026-01-31")) == [
        window("2026-02-01", "2026-02-28")
    ]
    assert windows("2026-01-05", "2026-01-20", finished("2026-01-01", "2026-01-31")) == []


def test_only_gaps_are_read_in_between() -> None:
    read = (finished("2026-01-10", "2026-01-12"), finished("2026-01-11", "2026-01-20"))
    assert windows("2026-01-01", "2026-01-31", *read) == [
        window("2026-01-01", "2026-01-09"),
        window("2026-01-21", "2026-01-31"),
    ]


def test_the_day_on_which_a_window_was_finished_is_read_again() -> None:
    read = finished("2026-11-01", "2026-11-20", on=NOVEMBER_20)
    assert windows("2026-11-01", "2026-11-22", read) == [window("2026-11-20", "2026-11-22")]


def test_a_window_that_was_cut_off_goes_on_at_its_place() -> None:
    cut_off = WindowRead(window("2026-01-01", "2026-01-31"), "page 3", 400)
    other = WindowRead(Window("cs:cs:CV", date(2026, 2, 1), date(2026, 2, 28)), "page 9", 9, NOVEMBER_20)
    planned = plan(SET, since=date(2026, 1, 1), until=date(2026, 2, 28), read=[cut_off, other])
    assert planned == [Start(cut_off.window, "page 3", 400), Start(window("2026-02-01", "2026-02-28"))]


@given(DAYS, DAYS, st.lists(st.tuples(DAYS, DAYS), max_size=5))
def test_what_is_planned_and_what_was_finished_cover_every_day_once(
    since: date, until: date, read: list[tuple[date, date]]
) -> None:
    known = [WindowRead(Window(SET, *sorted(days)), "", 0, NOVEMBER_20) for days in read]
    planned = [start.window for start in plan(SET, since=since, until=until, read=known)]

    def covered(windows: list[Window]) -> list[date]:
        return [
            one.first_on + timedelta(days=ahead)
            for one in windows
            for ahead in range((one.last_on - one.first_on).days + 1)
        ]

    days, done = covered(planned), set(covered([one.window for one in known]))
    asked = set(covered([Window(SET, since, until)]))
    assert len(days) == len(set(days))
    assert set(days) == asked - done
    assert days == sorted(days)
