"""What may stand in a header or an envelope."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.address import checked_address, checked_line, checked_link
from digest.errors import InputError


@pytest.mark.parametrize(
    ("written", "travels"),
    [
        ("reader@example.org", "reader@example.org"),
        ("First.Last+papers@Example.ORG", "First.Last+papers@example.org"),
        ("o'neill@mail.example.co.uk", "o'neill@mail.example.co.uk"),
        ("reader@bücher.example", "reader@xn--bcher-kva.example"),
        ("reader@BÜCHER.example", "reader@xn--bcher-kva.example"),
        ("reader@straße.example", "reader@xn--strae-oqa.example"),
        ("reader@例え.テスト", "reader@xn--r8jz45g.xn--zckzah"),
        ("reader@xn--bcher-kva.example", "reader@xn--bcher-kva.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_travels_in_ascii(written: str, travels: str) -> None:
    assert str(checked_address(written, what="the recipient")) == travels


@pytest.mark.parametrize(
    "text",
    ["", "reader", "@example.org", "reader@", "a@b@example.org", "a reader@example.org", " reader@example.org",
     "reader@example.org ", "reader@exa mple.org", "reader@-example.org", "reader@example-.org", "reader@example..org",
     "reader@.example.org", "reader@example.org.", ".reader@example.org", "reader.@example.org", "re..ader@example.org",
     "<reader@example.org>", "Reader <reader@example.org>", "reader@example.org,b@example.org", "reader@[127.0.0.1]",
     '"a b"@example.org', "reader@exam_ple.org", "r" * 65 + "@example.org", "reader@" + "e" * 64 + ".org",
     "reader@" + "example." * 31 + "org", "reader@☃☃.\u2488com", "reader@\u200d.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="the recipient"):
        checked_address(text, what="the recipient")


def test_an_address_that_needs_smtputf8_is_refused_and_says_so() -> None:
    with pytest.raises(InputError, match="SMTPUTF8"):
        checked_address("größe@example.org", what="the recipient")


CONTROLS = st.sampled_from(["\r", "\n", "\r\n", "\0", "\t", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"])


@given(before=st.text(), control=CONTROLS, after=st.text())
def test_nothing_with_a_line_end_or_control_character_passes(before: str, control: str, after: str) -> None:
    text = before + control + after
    for check in (checked_line, checked_link, checked_address):
        with pytest.raises(InputError):
            check(text, what="it")


@pytest.mark.parametrize(
    "link", ["ftp://example.org/", "example.org", "https://", "https://example.org/a b", "https://example.org/>,<x",
             "https://bücher.example/", "mailto:a@example.org"]
)  # fmt: skip
def test_what_a_header_cant_hold_as_a_link_is_refused(link: str) -> None:
    with pytest.raises(InputError, match="the unsubscribe link"):
        checked_link(link, what="the unsubscribe link")
