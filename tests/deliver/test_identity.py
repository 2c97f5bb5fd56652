"""Message-IDs and signed return paths."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digest.deliver.identity import delivery_key, message_id, signed_return_path, verify_return_path
from digest.errors import InputError

BOUNCES = "bounces@example.org"
SECRET = "only for tests"
KEY = delivery_key("2026-11-20", "reader-7", secret=SECRET)
RETURN_PATH = signed_return_path(BOUNCES, KEY, secret=SECRET)


@given(edition=st.text(), recipient=st.text())
def test_a_message_id_is_the_same_on_every_attempt(edition: str, recipient: str) -> None:
    first = message_id(delivery_key(edition, recipient, secret=SECRET), "example.org")
    assert message_id(delivery_key(edition, recipient, secret=SECRET), "example.org") == first
    assert first.startswith("<")
    assert first.endswith("@example.org>")


@given(one=st.tuples(st.text(), st.text()), other=st.tuples(st.text(), st.text()))
def test_another_edition_or_recipient_has_another_message_id(one: tuple[str, str], other: tuple[str, str]) -> None:
    assume(one != other)
    assert delivery_key(*one, secret=SECRET) != delivery_key(*other, secret=SECRET)


@pytest.mark.parametrize(("one", "other"), [(("a", "bc"), ("ab", "c")), (("a", ""), ("", "a")), (('a", "b', "c"), ("a", 'b", "c'))])  # fmt: skip  # noqa: E501
def test_two_keys_that_read_alike_when_joined_are_told_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert delivery_key(*one, secret=SECRET) != delivery_key(*other, secret=SECRET)


def test_nobody_without_the_secret_can_tell_a_message_id() -> None:
    assert delivery_key("2026-11-20", "reader-7", secret="another") != KEY


@given(edition=st.text(), recipient=st.text())
def test_a_return_path_leads_back_to_its_delivery_even_when_its_case_was_folded(edition: str, recipient: str) -> None:
    key = delivery_key(edition, recipient, secret=SECRET)
    return_path = signed_return_path(BOUNCES, key, secret=SECRET)
    assert len(return_path.rpartition("@")[0]) <= 64
    assert return_path.startswith("bounces+")
    for written in (return_path, return_path.upper()):
        assert verify_return_path(written, bounce_address=BOUNCES, secret=SECRET) == key


@given(data=st.data())
def test_any_changed_character_makes_a_return_path_a_forgery(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(RETURN_PATH) - 1))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567").filter(lambda c: c != RETURN_PATH[place]))
    with pytest.raises(InputError):
        verify_return_path(
            RETURN_PATH[:place] + other + RETURN_PATH[place + 1 :], bounce_address=BOUNCES, secret=SECRET
        )


@pytest.mark.parametrize(
    "return_path",
    ["", "bounces@example.org", "bounces+@example.org", "@", RETURN_PATH.replace("example.org", "example.net"),
     RETURN_PATH.replace("bounces+", "bounces+x+"), RETURN_PATH.replace("@", "x@"), f"{RETURN_PATH}\n"],
)  # fmt: skip
def test_a_strange_return_path_is_refused(return_path: str) -> None:
    with pytest.raises(InputError, match="return path"):
        verify_return_path(return_path, bounce_address=BOUNCES, secret=SECRET)


def test_a_return_path_signed_with_another_secret_is_refused() -> None:
    forged = signed_return_path(BOUNCES, KEY, secret="another")
    with pytest.raises(InputError):
        verify_return_path(forged, bounce_address=BOUNCES, secret=SECRET)


def test_a_bounce_address_may_have_a_plus_itself_and_an_international_domain() -> None:
    return_path = signed_return_path("mail+bounces@bücher.example", KEY, secret=SECRET)
    assert return_path.startswith("mail+bounces+")
    assert return_path.endswith("@xn--bcher-kva.example")
    assert verify_return_path(return_path, bounce_address="mail+bounces@bücher.example", secret=SECRET) == KEY


def test_a_bounce_address_that_leaves_no_room_for_the_token_is_refused() -> None:
    assert signed_return_path("b" * 23 + "@example.org", KEY, secret=SECRET)
    with pytest.raises(InputError, match="23 characters"):
        signed_return_path("b" * 24 + "@example.org", KEY, secret=SECRET)
