from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import pairwise

import pytest
from factory_editions import make_edition, make_entry
from mail_cases import (
    CASES,
    FORMS,
    LANGUAGE,
    LINKS,
    REST,
    ROBOTS,
    SENDER,
    TEMPLATES,
    edition_of,
    one_paper,
    other_scripts,
    paper,
    render,
    rendered,
    renderer,
    selection_of,
    typical,
)

from digest.model.announcement import AnnounceType, DayKind
from digest.model.edition import Section, Selection
from digest.model.topic import Topic, TopicKind
from digest.render.mail import MailRenderer


def addresses(html: str) -> set[str]:
    return {unescape(address) for address in re.findall(r'href="([^"]*)"', html)}


def visible(html: str) -> str:
    """What a reader sees, on one line."""
    body = html.partition("<body")[2].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_papers_of_earlier_days_are_counted_apart_and_say_when_they_were_announced() -> None:
    mail = rendered("rising")
    seen = visible(mail.html)
    for told in (seen, " ".join(mail.text.split())):
        assert (
            "3 of 183 announced papers chosen for you, 2 rising from earlier days, and 1 of 31 newer versions" in told
        )
        assert "2 of 12 that rise" in told
        assert "announced November 12" in told
    assert "Highest score of the new papers" in seen
    assert mail.html.index("Small Notebooks") < mail.html.index("A Long Memory")
    preheader = mail.html.partition("announced papers for you.")[2][:200]
    assert "What a Model Says" in preheader
    assert "A Long Memory" not in preheader


def test_a_paper_that_came_late_says_of_what_day_it_is() -> None:
    news, late = make_entry(1, score=50), make_entry(2, score=70, first_on=date(2026, 11, 17), is_late=True)
    mail = render(selection_of(make_edition(news, late, announced=1, replaced=0)))
    for told in (visible(mail.html), " ".join(mail.text.split())):
        assert "1 of 1 announced paper chosen for you, 1 that came late" in told
        assert "announced Tuesday" in told


@pytest.mark.parametrize("case", CASES)
def test_every_link_of_the_html_stands_in_the_text_on_its_own_as_a_word(case: str) -> None:
    mail = rendered(case)
    assert addresses(mail.html)
    assert addresses(mail.html) - set(mail.text.split()) == set()


@pytest.mark.parametrize("case", CASES)
def test_links_are_absolute_and_lead_to_web_pages(case: str) -> None:
    assert [address for address in addresses(rendered(case).html) if not address.startswith("https://")] == []


@pytest.mark.parametrize("case", CASES)
def test_no_template_syntax_or_stand_in_is_left(case: str) -> None:
    mail = rendered(case)
    written_by_an_author = "{{ 7 * 7 }}"
    for part in (mail.subject, mail.text, mail.html):
        rest = part.replace(written_by_an_author, "")
        assert not re.search(r"\{\{|\}\}|\{%|zqj\d|None(?! of)|Undefined", rest)


@pytest.mark.parametrize("case", CASES)
def test_the_text_fits_into_78_columns_but_for_links(case: str) -> None:
    wide = [line for line in rendered(case).text.splitlines() if len(line) > 78]
    assert [line for line in wide if "https://" not in line and "oooo" not in line] == []


@pytest.mark.parametrize("case", CASES)
def test_headings_step_down_one_level_at_a_time(case: str) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", rendered(case).html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_fetched_when_the_mail_is_opened(case: str) -> None:
    assert not re.search(r"<(?:img|script|link|iframe|form|object)\b|@import|@font-face|url\(", rendered(case).html)


def test_every_styled_class_has_its_style_inline_and_keeps_its_dark_rule() -> None:
    html = rendered("typical").html
    assert html.startswith('<!doctype html>\n<html lang="en" dir="ltr">')
    assert re.search(r'<h3 class="title" dir="auto" style="[^"]*Georgia', html)
    assert "@media (prefers-color-scheme:dark)" in html
    assert re.search(r"\.num[^}]*color:#ff8a7a !important", html)


def test_the_subject_names_the_two_best_topics_and_counts_the_papers() -> None:
    assert rendered("typical").subject == "Language models, Robot learning and more: 7 papers · Thu 19 Nov"


def test_the_rest_is_no_theme_while_there_are_others() -> None:
    entries = (paper(1, REST, "Odds"), paper(2, ROBOTS, "Grippers"), paper(3, FORMS, "Forms"))
    assert render(selection_of(edition_of(entries, announced=3))).subject == (
        "Robot learning and Automorphic forms: 3 papers · Thu 19 Nov"
    )


def test_without_a_theme_the_subject_only_counts() -> None:
    entries = (paper(1, REST, "Odds"), paper(2, REST, "Ends"))
    assert render(selection_of(edition_of(entries, announced=3))).subject == "2 papers for you · Thu 19 Nov"


def test_a_single_paper_is_named_in_the_subject() -> None:
    edition = edition_of((paper(1, ROBOTS, "A Gripper That Apologises"),), announced=3)
    assert render(selection_of(edition)).subject == "A Gripper That Apologises · Thu 19 Nov"


def test_long_topic_names_give_way_so_that_the_subject_stays_readable() -> None:
    long_named = replace(LANGUAGE, name="Language models and all that people have lately done with them")
    edition = edition_of((paper(1, ROBOTS, "Grippers"), paper(2, LANGUAGE, "Words")), announced=3)
    edition = replace(
        edition,
        topics=tuple(replace(one, topic=long_named) if one.topic == LANGUAGE else one for one in edition.topics),
    )
    assert render(selection_of(edition)).subject == "Robot learning and more: 2 papers · Thu 19 Nov"


@pytest.mark.parametrize("case", CASES)
def test_the_subject_is_one_short_line_without_control_characters(case: str) -> None:
    subject = rendered(case).subject
    assert subject.isprintable()
    assert len(re.sub(r"\[[^]]*\] ", "", subject)) <= 78


def test_a_sample_says_so_at_the_top_and_in_the_subject() -> None:
    mail = render(replace(one_paper(), is_preview=False))
    assert mail.subject.startswith("[Sample: invented papers] ")
    assert mail.text.startswith("*** Sample: invented papers. ***")
    assert visible(mail.html).index("Sample: invented papers.") < visible(mail.html).index(SENDER.title)
    assert "Sample:" not in visible(rendered("typical").html)


def test_a_preview_says_that_its_links_belong_to_nobody() -> None:
    mail = render(replace(typical(), is_preview=True))
    assert mail.subject.startswith("[Preview] Language models")
    for part in (mail.text, visible(mail.html)):
        assert "This is a preview: the two links above belong to nobody." in part
    assert "preview" not in rendered("typical").html


def test_missing_and_unproven_papers_are_said_at_the_top() -> None:
    for part in (rendered("typical").text, visible(rendered("typical").html)):
        assert "Read 409 of 412; 3 still missing at arXiv." in part
        assert "arXiv’s own count could not be read for cs.RO" in part
    assert "missing" not in rendered("other-scripts").html


@pytest.mark.parametrize(
    ("case", "subject", "words"),
    [
        ("nothing-to-send", "No papers for you today: 0 of 409 fit · Thu 19 Nov", "none of them fits what you chose"),
        ("quiet-day", "No papers today: arXiv announced none · Thu 19 Nov", "Nothing is wrong"),
        ("holiday", "No papers today: a holiday at arXiv · Fri 27 Nov", "arXiv announces nothing today: a holiday."),
        (
            "weekend",
            "No papers today: arXiv announces none at weekends · Sat 21 Nov",
            "next announcement comes on Sunday evening, US Eastern",
        ),
        ("unread-day", "No papers yet: arXiv could not be read · Thu 19 Nov", "This is not a quiet day"),
    ],
)
def test_each_kind_of_nothing_has_its_own_words(case: str, subject: str, words: str) -> None:
    assert rendered(case).subject == subject
    for part in (" ".join(rendered(case).text.split()), visible(rendered(case).html)):
        assert words in part


def test_the_kinds_of_nothing_have_no_words_in_common_before_a_mail_is_opened() -> None:
    cases = ("nothing-to-send", "quiet-day", "holiday", "weekend", "unread-day")
    preheaders = [re.search(r'class="preheader"[^>]*>([^<]*)<', rendered(case).html) for case in cases]
    assert len({found[1].strip() for found in preheaders if found}) == len(cases)
    assert len({rendered(case).subject for case in cases}) == len(cases)


def test_a_failure_is_told_as_one_whatever_day_it_is() -> None:
    edition = edition_of((), announced=0, replaced=0, unproven=("cs.CV",), day_kind=DayKind.WEEKEND)
    assert "This is not a quiet day" in visible(render(Selection(edition, None, (), "cs.CV")).html)


def test_papers_that_came_late_are_shown_on_a_holiday_too() -> None:
    late = make_entry(1, first_on=date(2026, 11, 17), is_late=True)
    mail = render(selection_of(make_edition(late, announced=0, replaced=0, day_kind=DayKind.HOLIDAY)))
    assert late.card.title in visible(mail.html)
    assert "a holiday" not in visible(mail.html)


def test_the_contents_add_up_to_the_papers_shown() -> None:
    assert "Language models 3 · Robot learning 2 · Images and video 1 · More papers 1" in rendered("typical").text


def test_the_lead_of_a_topic_without_a_section_is_in_the_contents() -> None:
    assert "Automorphic forms 1 · Language models 3" in rendered("other-scripts").text


def test_the_highest_score_is_said_to_be_it_and_named_first() -> None:
    entries = (
        paper(1, LANGUAGE, "Words", score=60),
        paper(2, ROBOTS, "Grippers", score=90),
        paper(3, LANGUAGE, "More words", score=80),
    )
    edition = edition_of(entries, announced=40)
    mail = render(Selection(edition, entries[1], (Section(LANGUAGE, 18, (entries[2], entries[0])),), "all"))
    assert mail.subject.startswith("Robot learning and Language models: 3 papers")
    assert visible(mail.html).startswith("3 of 40 announced papers for you. Grippers; More words ")
    assert "Highest score in this mail Robot learning Grippers" in visible(mail.html)
    assert "HIGHEST SCORE IN THIS MAIL · ROBOT LEARNING" in mail.text


def test_the_subject_names_topics_with_a_section_before_those_that_share_one() -> None:
    entries = (paper(1, ROBOTS, "Grippers", score=90), paper(2, FORMS, "Forms", score=80), paper(3, LANGUAGE, "Words"))
    gathered = replace(REST, slug="across", name="Across the fields")
    sections = (Section(LANGUAGE, 9, (entries[2],)), Section(gathered, 9, (entries[1],)))
    mail = render(Selection(edition_of(entries, announced=40), entries[0], sections, "all"))
    assert mail.subject.startswith("Robot learning, Language models and more: 3 papers")


def test_a_section_that_gathers_topics_counts_all_its_papers() -> None:
    entries = (paper(1, ROBOTS, "Grippers"), paper(2, LANGUAGE, "Words"), paper(3, FORMS, "Forms"))
    gathered = replace(REST, slug="across", name="Across the fields")
    edition = edition_of(entries, announced=40)
    mail = render(Selection(edition, entries[0], (Section(gathered, 18, entries[1:]),), "all"))
    assert "Robot learning 1 · Across the fields 2" in mail.text
    assert "Across the fields 2 of 18 announced" in visible(mail.html)


def test_what_papers_say_never_becomes_markup() -> None:
    html = rendered("other-scripts").html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}: Hostile Titles" in html
    assert not re.search(r"<script|<i>|javascript:|49", html)


def test_text_from_right_to_left_finds_its_own_direction() -> None:
    html = rendered("other-scripts").html
    for tag, words in (("a", "מודל שפה"), ("p", "“ندرب نموذجا")):
        assert re.search(rf'dir="auto"[^>]*>(?:<{tag}[^>]*>)?{words}', html)


def test_a_name_from_right_to_left_does_not_turn_the_names_around_it() -> None:
    mail = rendered("other-scripts")
    assert "\u2068ليلى نهر\u2069" in mail.html
    assert "\u2068ليلى نهر\u2069" in " ".join(mail.text.split())


def test_direction_overrides_do_not_reach_the_mail() -> None:
    mail = render(other_scripts())
    everything = mail.subject + mail.text + mail.html
    assert not re.search("[\u202a-\u202e\u2066\u2067]", everything)
    assert everything.count("\u2068") == everything.count("\u2069")


def test_facts_that_are_not_known_leave_no_trace() -> None:
    mail = render(selection_of(edition_of((paper(1, REST, "Bare"),), announced=3)))
    for word in ("Why:", "Novelty", "also", "Code", "“"):
        assert word not in visible(mail.html)
        assert word not in mail.text


def test_the_footer_tells_the_choice_the_edition_and_the_ways_out() -> None:
    mail = rendered("typical")
    for part in (" ".join(mail.text.split()), visible(mail.html)):
        assert "Chosen by: cs.CL, cs.CV, cs.RO." in part
        assert "Edition 7f3a9c12ab34." in part
        assert f"{SENDER.postal_address}. No tracking in this mail." in part
        assert "Thank you to arXiv for use of its open access interoperability." in part
    assert {LINKS.preferences, LINKS.unsubscribe} <= addresses(mail.html)


def test_mails_made_of_an_editions_finished_cards_are_the_same() -> None:
    selection = typical()
    cards = renderer().cards(selection.edition.entries)
    for one in (selection, replace(selection, lead=None), replace(selection, sections=selection.sections[1:])):
        assert renderer().render(one, links=LINKS, sender=SENDER, cards=cards) == render(one)


def test_two_renderers_write_the_same_bytes() -> None:
    again = MailRenderer(TEMPLATES).render(typical(), links=LINKS, sender=SENDER)
    assert again == rendered("typical")


def test_newer_versions_are_counted_apart() -> None:
    news, newer = make_entry(1), make_entry(2, announce_type=AnnounceType.REPLACE, version=3)
    edition = make_edition(news, newer, announced=1, replaced=7)
    section = Section(Topic("newer-versions", "Newer versions", TopicKind.REST), 7, (newer,))
    mail = render(Selection(edition, news, (section,), "cs.CL; newer versions too"))
    assert "1 of 1 announced paper chosen for you, and 1 of 7 newer versions" in mail.text
    assert "1 of 1 announced paper chosen for you, and 1 of 7 newer versions" in mail.html
