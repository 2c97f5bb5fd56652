from __future__ import annotations

import re
from dataclasses import replace
from email import quoprimime

from hypothesis import given, settings
from hypothesis import strategies as st
from mail_cases import FORMS, LANGUAGE, LINKS, ROBOTS, edition_of, paper, render, rendered, selection_of, very_long

from digest.model.mail import CLIPPED_FROM
from digest.render.encoding import encoded_size

ANY_TEXT = st.text(max_size=120)


def quoted_printable(text: str, columns: int) -> int:
    body = text.encode().decode("latin-1")
    return len(quoprimime.body_encode(body, maxlinelen=columns).replace("\n", "\r\n"))


@given(st.text(st.sampled_from("aä=.𝐿ש \t\n\x7f"), max_size=3000))
def test_a_text_never_takes_more_than_its_encoded_size(text: str) -> None:
    assert quoted_printable(text, 76) <= encoded_size(text)


def test_the_encoded_size_is_close_to_the_truth() -> None:
    html = rendered("typical").html
    assert 0.98 * encoded_size(html) < quoted_printable(html, 76)


@settings(max_examples=25, deadline=None)
@given(
    title=st.text(max_size=2000),
    sentence=st.text(min_size=1, max_size=3000),
    names=st.lists(st.text(max_size=300), min_size=1, max_size=5),
    why=ANY_TEXT,
    count=st.integers(1, 120),
)
def test_no_mail_is_ever_clipped(title: str, sentence: str, names: list[str], why: str, count: int) -> None:
    topics = (LANGUAGE, ROBOTS, FORMS)
    entries = [
        paper(rank, topics[rank % 3], title, authors=tuple(names), sentences=(sentence, sentence), why=why, venue=title)
        for rank in range(1, count + 1)
    ]
    mail = render(selection_of(edition_of(entries, announced=count)))
    assert quoted_printable(mail.html, 74) < CLIPPED_FROM
    shown = len(re.findall(r"Score \d+ of 100", mail.html))
    assert shown >= 1
    assert shown + mail.omitted == count


def test_what_is_left_out_are_the_worst_ranks_and_the_mail_says_so() -> None:
    mail = rendered("very-long")
    shown = sorted({int(rank) for rank in re.findall(r">Paper (\d+):", mail.html)})
    assert shown == list(range(1, len(shown) + 1))
    assert mail.omitted == 100 - len(shown)
    for part in (" ".join(mail.text.split()), mail.html):
        assert (
            f"{mail.omitted} more papers (Robot learning, Images and video, Automorphic forms and other topics)" in part
        )
        assert LINKS.edition in part


def test_both_parts_show_the_same_papers() -> None:
    mail = rendered("very-long")
    assert set(re.findall(r"/abs/([\d.]+)", mail.html)) == set(re.findall(r"/abs/([\d.]+)", mail.text))


def test_room_is_used_until_the_next_card_would_not_fit() -> None:
    mail = rendered("very-long")
    assert encoded_size(mail.html) > CLIPPED_FROM - 6_000


def test_the_lead_stays_whatever_its_rank() -> None:
    selection = very_long()
    worst = selection.edition.entries[-1]
    kept = tuple(
        replace(part, entries=tuple(entry for entry in part.entries if entry != worst)) for part in selection.sections
    )
    mail = render(replace(selection, lead=worst, sections=kept))
    assert mail.omitted
    assert f"https://arxiv.org/abs/{worst.card.paper_id}" in mail.html


def test_nothing_is_said_of_omissions_when_all_fits() -> None:
    assert rendered("typical").omitted == 0
    assert "left out so that" not in rendered("typical").html
