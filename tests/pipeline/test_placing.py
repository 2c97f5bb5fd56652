from __future__ import annotations

from datetime import UTC, date, datetime

from factories import announce, make_paper

from digest.model.announcement import Announcement, AnnounceType
from digest.model.history import LaterVersion
from digest.pipeline.placing import announce_versions, move, place

TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (17, 18, 19))


def dated(number: int, on: date) -> Announcement:
    return announce(make_paper(f"2611.{number:05}"), on=on)


def two_days() -> list[Announcement]:
    return [*(dated(number, TUESDAY) for number in range(20)), *(dated(number, WEDNESDAY) for number in range(20, 40))]


def test_papers_stay_on_the_day_for_which_they_were_submitted() -> None:
    days = place(two_days())
    assert {days[f"2611.{number:05}"] for number in range(20)} == {TUESDAY}
    assert {days[f"2611.{number:05}"] for number in range(20, 40)} == {WEDNESDAY}


def test_a_paper_that_was_held_up_came_out_with_those_of_its_id() -> None:
    held = [one if one.paper_id != "2611.00030" else dated(30, date(2026, 11, 3)) for one in two_days()]
    assert place(held)["2611.00030"] == WEDNESDAY


def test_a_paper_with_an_old_id_stays_where_it_could_come_out_at_the_earliest() -> None:
    old = announce(make_paper("2310.00001"), on=WEDNESDAY)
    days = place([old, *two_days()])
    assert days["2310.00001"] == WEDNESDAY
    assert days["2611.00000"] == TUESDAY


def test_a_paper_far_from_the_others_is_not_drawn_to_them() -> None:
    lone = announce(make_paper("2610.19435"), on=date(2026, 11, 3))
    far = announce(make_paper("2611.09000"), on=date(2026, 11, 10))
    days = place([lone, far, *two_days()])
    assert (days["2610.19435"], days["2611.09000"]) == (date(2026, 11, 3), date(2026, 11, 10))


def test_of_days_that_were_missed_each_gets_its_own_and_none_gets_what_came_later() -> None:
    news = [*two_days(), dated(50, THURSDAY)]
    moved = move(news, {one.paper_id: one.announced_on for one in news}, [TUESDAY, WEDNESDAY], floor=TUESDAY)
    assert {one.announced_on for one in moved} == {TUESDAY, WEDNESDAY}
    assert len(moved) == 40


def test_what_no_page_of_the_day_before_had_comes_with_the_missed_day() -> None:
    late, long_before = dated(1, TUESDAY), dated(0, date(2026, 11, 10))
    days = {one.paper_id: one.announced_on for one in (late, long_before)}
    moved = move([late, long_before], days, [WEDNESDAY], floor=TUESDAY)
    assert [(one.paper_id, one.announced_on) for one in moved] == [("2611.00001", WEDNESDAY)]


def test_later_versions_are_replacements_on_the_day_after_they_were_submitted() -> None:
    at = datetime(2026, 11, 16, 15, tzinfo=UTC)  # Monday morning in New York: listed on Tuesday

    def version(number: int, *, is_primary: bool) -> LaterVersion:
        return LaterVersion("2611.00001", number, at, "cs.CL", is_primary=is_primary)

    own, other = version(2, is_primary=True), version(3, is_primary=False)
    beyond = version(6, is_primary=True)
    found = announce_versions([own, other, beyond], [TUESDAY], ())
    assert [(one.version, one.announce_type) for one in found] == [
        (2, AnnounceType.REPLACE),
        (3, AnnounceType.REPLACE_CROSS),
    ]
    assert announce_versions([own], [WEDNESDAY], ()) == []
