"""Signed tokens and the addresses that carry them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import InputError, SettingsError
from digest.links import ExpiredLinkError, Links

if TYPE_CHECKING:
    from digest.model.mail import MailLinks

LINKS = Links("https://digest.example.org", ["a secret"])
PURPOSES = st.sampled_from(["unsubscribe", "preferences", "preview", "confirm"])
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def mail_links(base_url: str) -> MailLinks:
    return Links(base_url, ["a secret"]).mail_links(
        "reader-7", unsubscribe_mailto="leave@example.org", edition_path="/editions/2026-11-20"
    )


@given(purpose=PURPOSES, value=st.text())
def test_a_signed_value_comes_back_whatever_letters_it_has(purpose: str, value: str) -> None:
    assert LINKS.verify(purpose, LINKS.sign(purpose, value)) == value


@given(purpose=PURPOSES, value=st.text())
def test_a_token_fits_into_a_path_as_it_is(purpose: str, value: str) -> None:
    assert set(LINKS.sign(purpose, value)) <= set(URL_SAFE)


@given(purpose=PURPOSES, value=st.text(min_size=1), data=st.data())
def test_any_changed_character_spoils_a_token(purpose: str, value: str, data: st.DataObject) -> None:
    token = LINKS.sign(purpose, value)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(URL_SAFE).filter(lambda character: character != token[place]))
    with pytest.raises(InputError):
        LINKS.verify(purpose, token[:place] + other + token[place + 1 :])


@given(purpose=PURPOSES, value=st.text(), extra=st.text(min_size=1), data=st.data())
def test_anything_put_into_a_token_spoils_it(purpose: str, value: str, extra: str, data: st.DataObject) -> None:
    token = LINKS.sign(purpose, value)
    place = data.draw(st.integers(0, len(token)))
    with pytest.raises(InputError):
        LINKS.verify(purpose, token[:place] + extra + token[place:])


@given(value=st.text(), data=st.data())
def test_a_shortened_token_is_refused(value: str, data: st.DataObject) -> None:
    token = LINKS.sign("unsubscribe", value)
    with pytest.raises(InputError):
        LINKS.verify("unsubscribe", token[: data.draw(st.integers(0, len(token) - 1))])


@pytest.mark.parametrize("last", sorted(URL_SAFE))
def test_the_spare_bits_of_the_last_character_give_no_second_token(last: str) -> None:
    token = LINKS.sign("unsubscribe", "reader-7")
    if last == token[-1]:
        assert LINKS.verify("unsubscribe", token) == "reader-7"
    else:
        with pytest.raises(InputError):
            LINKS.verify("unsubscribe", token[:-1] + last)


@given(made_for=PURPOSES, used_for=PURPOSES, value=st.text())
def test_no_purpose_accepts_the_token_of_another(made_for: str, used_for: str, value: str) -> None:
    token = LINKS.sign(made_for, value)
    if made_for == used_for:
        assert LINKS.verify(used_for, token) == value
    else:
        with pytest.raises(InputError):
            LINKS.verify(used_for, token)


@given(token=st.text())
def test_nonsense_is_refused_in_one_line(token: str) -> None:
    with pytest.raises(InputError) as refused:
        LINKS.verify("preferences", token)
    assert len(str(refused.value).splitlines()) == 1


def test_another_installations_token_is_refused() -> None:
    token = Links("https://digest.example.org", ["another secret"]).sign("unsubscribe", "reader-7")
    with pytest.raises(InputError, match="unsubscribe"):
        LINKS.verify("unsubscribe", token)


def test_a_rolled_secret_still_verifies_older_links_and_signs_with_the_new_one() -> None:
    rolled = Links("https://digest.example.org", ["a new secret", "a secret"])
    only_new = Links("https://digest.example.org", ["a new secret"])
    assert rolled.verify("unsubscribe", LINKS.sign("unsubscribe", "reader-7")) == "reader-7"
    assert only_new.verify("unsubscribe", rolled.sign("unsubscribe", "reader-7")) == "reader-7"


@pytest.mark.parametrize("keys", [[], [""], ["a secret", ""]])
def test_signing_without_a_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(SettingsError, match="secret_key"):
        Links("https://digest.example.org", keys)


@pytest.mark.parametrize("base_url", ["https://example.org/digest", "https://example.org/digest/"])
def test_a_mails_links_lead_to_the_readers_own_pages(base_url: str) -> None:
    links = mail_links(base_url)
    preferences, token = links.preferences.rsplit("/", 1)
    unsubscribe, other = links.unsubscribe.rsplit("/", 1)
    assert links.edition == "https://example.org/digest/editions/2026-11-20"
    assert preferences == "https://example.org/digest/subscriptions/preferences"
    assert unsubscribe == "https://example.org/digest/subscriptions/unsubscribe"
    assert LINKS.verify("preferences", token) == LINKS.verify("unsubscribe", other) == "reader-7"
    assert links.unsubscribe_mailto == "leave@example.org"


@pytest.mark.parametrize("base_url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000/"])
def test_this_machine_needs_no_https(base_url: str) -> None:
    assert mail_links(base_url).edition == base_url.rstrip("/") + "/editions/2026-11-20"


@pytest.mark.parametrize("base_url", ["http://digest.example.org", "http://10.0.0.7", "http://localhost.example.org"])
def test_a_mails_links_are_refused_without_https(base_url: str) -> None:
    with pytest.raises(SettingsError, match="https"):
        mail_links(base_url)


@pytest.mark.parametrize(
    "base_url",
    ["", "digest.example.org", "ftp://example.org", "https://", "https://[::1", "https://example.org/?a=1",
     "https://example.org/#top", "https://example.org/a b", "https://example.org/\r\nBcc:x", "https://bücher.example"],
)  # fmt: skip
def test_what_is_no_address_of_pages_is_refused(base_url: str) -> None:
    with pytest.raises(SettingsError, match="base_url"):
        Links(base_url, ["a secret"])


NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


@given(value=st.text(), ahead=st.integers(0, 10**6))
def test_a_link_for_a_time_is_good_until_then_and_not_after(value: str, ahead: int) -> None:
    expires_at = NOON + timedelta(seconds=ahead)
    token = LINKS.sign_until("confirm", value, expires_at=expires_at)
    assert LINKS.verify_until("confirm", token, now=NOON) == value
    assert LINKS.verify_until("confirm", token, now=expires_at) == value
    with pytest.raises(ExpiredLinkError, match="Ask for a new one"):
        LINKS.verify_until("confirm", token, now=expires_at + timedelta(seconds=1))


def test_a_link_for_a_time_serves_no_other_purpose_and_no_lasting_one() -> None:
    token = LINKS.sign_until("confirm", "ada", expires_at=NOON)
    with pytest.raises(InputError, match="isn't one of ours"):
        LINKS.verify("confirm", token)
    with pytest.raises(InputError, match="isn't one of ours"):
        LINKS.verify_until("data", token, now=NOON)
    with pytest.raises(InputError, match="isn't one of ours"):
        LINKS.verify_until("confirm", LINKS.sign("confirm", "9999999999 ada"), now=NOON)
