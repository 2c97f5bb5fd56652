"""What the operator reads first, and that there is room for it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from mail_cases import ALERTS, OVERDUE, UNPUBLISHED, render_alert, rendered

from digest.model.alert import AlertKind, AlertLine
from digest.model.announcement import BatchState
from digest.model.mail import CLIPPED_FROM
from digest.render.encoding import encoded_size

WHOLE = AlertLine("cs.CL", BatchState.COMPLETE, 230, 230, "")
SHORT = AlertLine("cs.CV", BatchState.INCOMPLETE, 227, 230, "")
UNREAD = AlertLine("cs.RO", BatchState.BROKEN, 0, None, "no date")
UNPROVEN = AlertLine("cs.LG", BatchState.PENDING, 64, None, "")
DAY = "Thursday, 19 November"


def subject(*lines: AlertLine, **changes: Any) -> str:
    return render_alert(replace(OVERDUE, lines=lines, **changes)).subject


def visible(html: str) -> str:
    body = html.partition("<body")[2].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.parametrize(
    ("lines", "changes", "said"),
    [
        ((WHOLE, SHORT), {}, f"The edition of {DAY} is out without 3 of 412 papers"),
        ((WHOLE, UNREAD), {"missing": 0}, f"The edition of {DAY} is out without cs.RO"),
        ((SHORT, UNREAD), {}, "The edition of Thu 19 Nov is out without 3 of 412 papers and all of cs.RO"),
        (
            (UNREAD, replace(UNREAD, category="cs.LG"), WHOLE),
            {"missing": 0},
            f"The edition of {DAY} is out without 2 of 3 categories",
        ),
        ((WHOLE, SHORT), {"missing": 0}, f"The edition of {DAY} is out without 3 of 230 papers in cs.CV"),
        (
            (SHORT, replace(SHORT, category="cs.LG"), UNREAD),
            {"missing": 0},
            "The edition of Thu 19 Nov is out without parts of 2 categories",
        ),
        ((WHOLE, UNPROVEN), {"missing": 0}, "The edition of Thu 19 Nov is out, but nothing proves that all is here"),
        (
            (UNREAD,),
            {"announced": 0, "missing": 0},
            "The edition of Thu 19 Nov is out without new papers: none could be read",
        ),
        (
            (UNREAD,),
            {"announced": 0, "missing": 0, "is_published": False},
            f"There is no edition of {DAY}: nothing could be read",
        ),
        ((WHOLE,), {"kind": AlertKind.HEALED, "announced": 412}, f"{DAY} is whole now: all 412 papers are here"),
        ((WHOLE,), {"kind": AlertKind.HEALED, "announced": 1}, f"{DAY} is whole now: its one paper is here"),
        ((WHOLE,), {"kind": AlertKind.HEALED, "announced": 0}, f"{DAY} is whole now: arXiv announced no papers"),
    ],
)
def test_the_subject_says_what_happened(lines: tuple[AlertLine, ...], changes: dict[str, Any], said: str) -> None:
    assert subject(*lines, **changes) == said


def test_a_subject_that_would_be_too_long_says_less() -> None:
    many = [replace(UNREAD, category=f"cs.{number:03}") for number in range(100)]
    numbers: dict[str, Any] = {"announced": 2311, "missing": 1204}
    shorter = subject(*many, **numbers)
    assert shorter == "The edition of Thu 19 Nov is out without 1,204 of 3,515 papers"
    assert "without 1,204 of 3,515 papers and 100 of 100 categories" in visible(
        render_alert(replace(OVERDUE, lines=tuple(many), **numbers)).html
    )


def test_categories_of_which_nothing_is_here_stand_first_and_whole_ones_last() -> None:
    for part in (rendered("alert-overdue").text, visible(rendered("alert-overdue").html).partition("What is here")[2]):
        places = [part.index(name) for name in ("cs.RO", "cond-mat.mtrl-sci", "cs.CL", "Whole: cs.CV 301, math.NT 0")]
        assert places == sorted(places)


def test_what_happens_by_itself_depends_on_whether_there_is_an_edition_and_arxiv_is_asked_again() -> None:
    asked = visible(render_alert(OVERDUE).html)
    assert "asked again Thu 19 Nov, 12:40 UTC. What turns up is in the next edition" in asked
    waiting = visible(render_alert(replace(UNPUBLISHED, ask_again_at=OVERDUE.ask_again_at)).html)
    assert "The edition is published as soon as anything of the day is here" in waiting
    assert "No further time is set" in visible(rendered("alert-overdue-unpublished").html)


def test_what_is_advised_can_be_done() -> None:
    nothing_here = rendered("alert-overdue-unpublished").text
    assert "     digest daily" in nothing_here
    assert "digest publish" not in nothing_here
    out = render_alert(OVERDUE).text
    assert "     digest ledger --on 2026-11-19" in out
    assert "digest publish" not in out


def test_a_whole_day_without_an_edition_needs_nothing_of_the_operator() -> None:
    quiet = render_alert(replace(ALERTS["alert-healed"], is_published=False, announced=0))
    mail = render_alert(replace(ALERTS["alert-healed"], is_published=False))
    assert "nothing to publish" in quiet.text
    for part in (mail.text, visible(mail.html)):
        assert "It comes with the next run" in " ".join(part.split())


@pytest.mark.parametrize("case", ALERTS)
def test_the_text_part_has_every_word_of_the_html_part_that_tells_something(case: str) -> None:
    mail = rendered(case)
    text = " ".join(mail.text.split())
    for told in re.findall(
        r'<(?:p|code|h2)\b[^>]*class="(?:tldr|text|reason|badge command|note)"[^>]*>([^<]+)<', mail.html
    ):
        assert unescape(told).strip() in text


@pytest.mark.parametrize("case", ALERTS)
def test_links_stand_in_the_text_and_lines_are_short(case: str) -> None:
    mail = rendered(case)
    links = set(re.findall(r'href="([^"]*)"', mail.html))
    assert links <= set(mail.text.split())
    assert max(len(line) for line in mail.text.splitlines() if "https://" not in line) <= 78


def test_all_of_arxiv_failing_with_long_stories_still_makes_a_mail_that_is_not_clipped() -> None:
    lines = tuple(
        AlertLine(f"cond-mat.mtrl-{number:03}", BatchState.BROKEN, 0, None, "„ü“ " * 400) for number in range(180)
    )
    mail = render_alert(replace(UNPUBLISHED, lines=lines))
    assert encoded_size(mail.html) < CLIPPED_FROM
    assert "156 more that are not whole" in mail.text
    assert len(mail.text) < 20_000


def test_what_arxiv_answered_never_becomes_markup_or_a_second_line() -> None:
    hostile = replace(UNREAD, problem="<script>alert(1)</script>\r\nBcc: eve@example.org\n\n{{ 7 * 7 }}")
    mail = render_alert(replace(OVERDUE, lines=(hostile,)))
    assert "&lt;script&gt;" in mail.html
    assert "<script" not in mail.html
    assert "\nBcc:" not in mail.text
    assert "{{ 7 * 7 }}" in mail.text
