"""The front page and the editions."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from factories import THURSDAY
from factory_editions import WINDS, make_edition, make_entry
from web_desk import WebDesk

from digest.model.announcement import AnnounceType, DayKind

if TYPE_CHECKING:
    from digest.model.edition import Edition
    from digest.store.database import Database


@pytest.fixture
def web(database: Database) -> WebDesk:
    return WebDesk(database)


WEDNESDAY = THURSDAY - timedelta(days=1)


def test_the_front_page_is_the_newest_edition_with_the_mails_cards_and_the_way_to_subscribe(web: WebDesk) -> None:
    web.publish(
        make_edition(make_entry(1, title="Yesterday's Tides"), on=WEDNESDAY),
        make_edition(make_entry(2, title="Neap & Spring", code_url="https://github.com/a/b"), make_entry(3)),
    )
    page = web.get("/")
    assert page.status_code == 200
    for shown in ("Thursday, 19 November 2026", "Neap &amp; Spring", "https://github.com/a/b", "Tides and currents"):
        assert shown in page.text
    assert "Yesterday" not in page.text
    assert 'action="/subscribe"' in page.text


def test_before_the_first_edition_the_front_page_says_so(web: WebDesk) -> None:
    page = web.get("/")
    assert page.status_code == 200
    assert "The first edition is on its way" in page.text
    assert 'action="/subscribe"' in page.text


def test_an_edition_published_later_takes_the_front_page(web: WebDesk) -> None:
    web.publish(make_edition(make_entry(1, title="First"), on=WEDNESDAY))
    assert "First" in web.get("/").text
    web.publish(make_edition(make_entry(2, title="Second")))
    assert "Second" in web.get("/").text
    assert "First" in web.get(f"/editions/{WEDNESDAY}").text


def test_every_edition_has_a_page_and_they_are_listed_by_month(web: WebDesk) -> None:
    days = [date(2026, 11, 19), date(2026, 11, 18), date(2026, 10, 30)]
    web.publish(*(make_edition(make_entry(1), on=day) for day in days))
    listed = web.get("/editions").text
    assert "November 2026" in listed
    assert "October 2026" in listed
    assert [listed.count(f'href="/editions/{day}"') for day in days] == [1, 1, 1]
    middle = web.get("/editions/2026-11-18")
    assert 'href="/editions/2026-11-19"' in middle.text
    assert 'href="/editions/2026-10-30"' in middle.text


def test_an_editions_page_has_all_its_papers_whatever_the_mail_has_room_for(web: WebDesk) -> None:
    entries = [make_entry(rank, topic=WINDS, title=f"Gust {rank:03}") for rank in range(1, 41)]
    newer = make_entry(41, title="Gust again", announce_type=AnnounceType.REPLACE)
    web.publish(make_edition(*entries, newer))
    whole, front = web.get(f"/editions/{THURSDAY}").text, web.get("/").text
    assert all(f"Gust {rank:03}" in whole for rank in range(1, 41))
    assert "Gust 040" not in front
    assert f'href="/editions/{THURSDAY}">All 40 papers of the day' in front


@pytest.mark.parametrize("day", ["2026-11-17", "20261119", "yesterday", "2026-13-01", "2026-W47-4"])
def test_a_day_without_edition_is_not_found(web: WebDesk, day: str) -> None:
    web.publish(make_edition(make_entry(1)))
    page = web.get(f"/editions/{day}")
    assert page.status_code == 404
    assert "There is no edition of that day" in page.text


@pytest.mark.parametrize(
    "path", ["/", "/editions", "/editions/2026-11-19", "/subscribe", "/subscribe/check-your-inbox"]
)
def test_a_sample_says_on_every_page_that_it_is_one(web: WebDesk, path: str) -> None:
    web.publish(make_edition(make_entry(1), is_sample=True))
    assert "Sample: invented papers." in web.get(path).text


def test_a_real_edition_does_not_say_that_it_is_a_sample(web: WebDesk) -> None:
    web.publish(make_edition(make_entry(1)))
    assert "Sample" not in web.get("/").text


def test_a_quiet_day_and_one_that_could_not_be_read_are_told_apart(web: WebDesk) -> None:
    quiet = make_edition(replaced=0)
    unread = replace(make_edition(replaced=0, on=WEDNESDAY), missing=7)
    web.publish(quiet, unread)
    assert "A quiet day" in web.get("/").text
    assert "This is not a quiet day" in web.get(f"/editions/{WEDNESDAY}").text


def note(on: date, kind: DayKind) -> Edition:
    return make_edition(replaced=0, on=on, day_kind=kind)


def test_a_day_on_which_arxiv_announces_nothing_says_which_kind_it_is_and_leads_to_the_last_papers(
    web: WebDesk,
) -> None:
    saturday, sunday, holiday = (THURSDAY + timedelta(days=days) for days in (2, 3, 7))
    web.publish(
        make_edition(make_entry(1)), note(saturday, DayKind.WEEKEND), note(sunday, DayKind.WEEKEND),
        note(holiday, DayKind.HOLIDAY),
    )  # fmt: skip
    front, weekend = web.get("/").text, web.get(f"/editions/{sunday}").text
    assert "A holiday at arXiv" in front
    assert "Sunday evening, US Eastern" in weekend
    for page in (front, weekend):
        assert f'href="/editions/{THURSDAY}">The edition before: Thursday, 19 November 2026' in page
        assert not re.search(r"A quiet day|0 papers|its score|could not be read", page)
    assert f'href="/editions/{saturday}">← Sat 21 Nov' in weekend


def test_the_archive_marks_the_days_without_announcement(web: WebDesk) -> None:
    saturday, holiday = THURSDAY + timedelta(days=2), THURSDAY + timedelta(days=7)
    web.publish(make_edition(make_entry(1)), note(saturday, DayKind.WEEKEND), note(holiday, DayKind.HOLIDAY))
    days = re.findall(r"<li>(.*?)</li>", web.get("/editions").text)
    assert [" ".join(re.sub(r"<[^>]*>", " ", day).split()) for day in days] == [
        "Thu 26 Nov holiday",
        "Sat 21 Nov weekend",
        "Thu 19 Nov",
    ]


def test_what_papers_say_is_escaped(web: WebDesk) -> None:
    script = "<script>alert(1)</script>"
    web.publish(make_edition(make_entry(1, title=script, authors=(script,), sentences=(script,), venue=script)))
    for path in ("/", f"/editions/{THURSDAY}"):
        assert "<script" not in web.get(path).text
