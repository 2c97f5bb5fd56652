"""What people ask for by mail, and what must never be taken for that."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver.commands import read_command
from digest.model.incoming import Command, CommandVerb

ANN = "ann@example.com"


def letter(subject: str = "", text: str = "", *, sender: str = f"Ann <{ANN}>", headers: str = "") -> bytes:
    return f"From: {sender}\nTo: digest@example.org\n{headers}Subject: {subject}\n\n{text}\n".encode()


def asks(content: bytes) -> tuple[CommandVerb, date | None, timedelta | None] | None:
    command = read_command(content)
    return (command.verb, command.pause_until, command.pause_for) if command else None


@pytest.mark.parametrize("verb", list(CommandVerb))
def test_a_command_stands_in_the_subject_or_in_the_first_line(verb: CommandVerb) -> None:
    assert read_command(letter(verb.value)) == Command(verb, ANN)
    assert read_command(letter(f"Re: {verb.upper()}!")) == Command(verb, ANN)
    assert read_command(letter("", f"\n  {verb.capitalize()}.\n\n-- \nAnn")) == Command(verb, ANN)
    assert read_command(letter("Re: The Daily Preprint", f"> help\n> subscribe\n\n{verb}\n")) == Command(verb, ANN)


def test_the_subject_goes_before_the_text() -> None:
    assert asks(letter("help", "unsubscribe")) == (CommandVerb.HELP, None, None)


@pytest.mark.parametrize(
    ("words", "until", "length"),
    [
        ("pause", None, None),
        ("pause until 2026-12-24", date(2026, 12, 24), None),
        ("Pause 2026-12-24.", date(2026, 12, 24), None),
        ("pause for 10 days", None, timedelta(days=10)),
        ("pause 1 day", None, timedelta(days=1)),
        ("pause 2 weeks", None, timedelta(days=14)),
        ("pause 14", None, timedelta(days=14)),
    ],
)
def test_a_pause_may_have_an_end(words: str, until: date | None, length: timedelta | None) -> None:
    assert asks(letter(words)) == (CommandVerb.PAUSE, until, length)


@pytest.mark.parametrize(
    "words",
    [
        "pause until 2026-02-30",
        "pause until Christmas",
        "pause for 0 days",
        "pause for 9999 weeks",
        "please subscribe me",
        "help me with this paper",
        "subscribed",
        "unsubscribe bob@example.com",
        "",
    ],
)
def test_other_words_are_no_command(words: str) -> None:
    assert read_command(letter(words)) is None
    assert read_command(letter("", words)) is None


def test_only_the_first_line_of_ones_own_is_read() -> None:
    assert read_command(letter("", "Thank you!\nunsubscribe")) is None
    assert read_command(letter("", "> unsubscribe")) is None


def test_a_mail_in_html_or_encoded_is_read_as_well() -> None:
    page = "Content-Type: text/html\n"
    assert asks(letter("", "<html><body><div>unsubscribe</div></body></html>", headers=page)) is not None
    assert asks(letter("=?utf-8?b?dW5zdWJzY3JpYmU=?=")) == (CommandVerb.UNSUBSCRIBE, None, None)
    both = 'Content-Type: multipart/alternative; boundary="b"\n'
    text = (
        "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\ndW5zdWJzY3JpYmU=\n--b\n\n<p>x</p>\n--b--"
    )
    assert asks(letter("", text, headers=both)) == (CommandVerb.UNSUBSCRIBE, None, None)


@pytest.mark.parametrize(
    "headers",
    [
        "Precedence: bulk\n",
        "Precedence: list\n",
        "Precedence: junk\n",
        "List-Id: <list.example.com>\n",
        "List-Unsubscribe: <https://example.com/>\n",
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-generated\n",
        "X-Autoreply: yes\n",
        "Return-Path: <>\n",
        "X-Failed-Recipients: bob@example.com\nX-Note: could not be delivered\n",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n",
    ],
)
def test_what_a_program_wrote_is_never_a_command(headers: str) -> None:
    assert read_command(letter("unsubscribe", "unsubscribe")) is not None
    text = "Your message could not be delivered." if "X-Failed" in headers else "unsubscribe"
    assert read_command(letter("unsubscribe", text, headers=headers)) is None


def test_a_mail_that_says_that_a_person_sent_it_is_a_command() -> None:
    headers = "Auto-Submitted: no\nReturn-Path: <ann@example.com>\nPrecedence: first-class\n"
    assert read_command(letter("unsubscribe", headers=headers)) is not None


@pytest.mark.parametrize(
    "sender",
    [
        "ann@example.com",
        "<ann@example.com>",
        "ann@example.com <ann@example.com>",
        '"bob@example.com, the other" <ann@example.com>',
        "=?utf-8?q?Ann=40work?= <ann@example.com>",
    ],
)
def test_the_sender_is_the_address_in_from(sender: str) -> None:
    assert read_command(letter("help", sender=sender)) == Command(CommandVerb.HELP, ANN)


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "<>",
        "Ann",
        "ann@example.com, bob@example.com",
        "Ann <ann@example.com>, Bob <bob@example.com>",
        "bob@example.com <ann@example.com>",
        "<ann@example.com\rBcc: bob@example.com>",
        "<ann\x00@example.com>",
        '"ann\\r\\nBcc: bob"@example.com',
        "<=?utf-8?q?a=0D=0Ab?=@example.com>",
        "ann@-example-.com",
        "ann@example.com\nFrom: bob@example.com",
    ],
)
def test_a_sender_that_is_not_one_plain_address_gives_nothing(sender: str) -> None:
    assert read_command(letter("help", sender=sender)) is None


def test_a_from_that_is_missing_gives_nothing() -> None:
    assert read_command(b"Subject: help\n\nhelp\n") is None


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_are_an_error(content: bytes) -> None:
    assert read_command(content) is None
    command = read_command(b"From: ann@example.com\nSubject: " + content)
    assert command is None or command.sender == ANN
