"""The finished mail: what it carries, how it is encoded, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parseaddr
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sample_mail import LINKS, SECRET, SENDER, SENT_AT, SampleMail
from spam_score import spam_verdict

from digest.deliver.identity import delivery_key, verify_return_path
from digest.errors import DeliveryError, InputError

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.mail import Message

HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
           "Auto-Submitted", "Precedence", "MIME-Version", "Content-Type")  # fmt: skip
LINE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")))
TEXT = st.text(st.characters(codec="utf-8"))
SAFE_LINES = st.lists(st.text(st.sampled_from("a .=\té…😀—\x0c\x85\u2028"), max_size=120), max_size=6).map("\n".join)


def parsed(message: Message) -> EmailMessage:
    mail = message_from_bytes(message.content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(message: Message, kind: str) -> str:
    body = parsed(message).get_body((kind,))
    assert body is not None
    octets = body.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode().replace("\r\n", "\n")


def author(message: Message) -> tuple[str, str]:
    """The sender's name and address; read by hand, as Python's parser leaves blanks between encoded words in a name."""
    name, address = parseaddr(str(message_from_bytes(message.content)["From"]))
    return str(make_header(decode_header(name))), address


def lines(message: Message) -> list[bytes]:
    assert b"\n" not in message.content.replace(b"\r\n", b"")
    assert b"\r" not in message.content.replace(b"\r\n", b"")
    return message.content.split(b"\r\n")


def test_a_mail_carries_every_header_once() -> None:
    mail = parsed(SampleMail().build())
    assert mail.defects == []
    assert mail.keys() == list(HEADERS)
    assert mail["From"] == "The Daily Preprint <digest@example.org>"
    assert mail["To"] == "reader@example.net"
    assert mail["Date"].datetime == SENT_AT
    assert mail["List-Id"] == "The Daily Preprint <digest.example.org>"
    assert mail["List-Unsubscribe"] == f"<{LINKS.unsubscribe}>, <mailto:leave@example.org?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"


def test_the_envelope_goes_to_the_recipient_and_comes_back_to_a_signed_address() -> None:
    message = SampleMail().build()
    key = delivery_key("2026-11-20", "reader-7", secret=SECRET)
    assert message.recipient == "reader@example.net"
    assert message.message_id == parsed(message)["Message-ID"] == f"<{key}@example.org>"
    assert verify_return_path(message.return_path, bounce_address=SENDER.bounce_address, secret=SECRET) == key
    assert message.return_path != SENDER.address


def test_the_same_input_gives_the_same_bytes() -> None:
    assert SampleMail().build() == SampleMail().build()


def test_another_attempt_keeps_the_message_id_and_return_path() -> None:
    first, second = SampleMail().build(), SampleMail(sent_at=SENT_AT + timedelta(hours=1)).build()
    assert second.content != first.content
    assert (second.message_id, second.return_path) == (first.message_id, first.return_path)


def test_a_time_in_another_zone_is_written_in_utc() -> None:
    elsewhere = SENT_AT.astimezone(timezone(timedelta(hours=9)))
    assert SampleMail(sent_at=elsewhere).build() == SampleMail().build()


def test_a_mail_reads_like_the_one_that_the_standard_library_builds() -> None:
    sample = SampleMail()
    built = EmailMessage(policy=SMTP)
    built.set_content(sample.text, cte="quoted-printable")
    built.add_alternative(sample.html, subtype="html", cte="quoted-printable")
    theirs, ours = message_from_bytes(built.as_bytes(), policy=default), parsed(sample.build())
    assert [each.get_content_type() for each in ours.walk()] == [each.get_content_type() for each in theirs.walk()]
    assert [each.get_content() for each in ours.iter_parts()] == [each.get_content() for each in theirs.iter_parts()]
    assert [each.get_content_charset() for each in ours.iter_parts()] == ["utf-8", "utf-8"]
    assert [each["Content-Transfer-Encoding"] for each in ours.iter_parts()] == ["quoted-printable"] * 2


@given(text=SAFE_LINES, html=SAFE_LINES)
@example(text=".", html="..\n.dot\n" + "x" * 73 + ".\n" + "." * 200)
@example(text=" trailing \n\t\n", html="\n\n\n")
def test_any_text_comes_back_and_every_line_is_short_and_begins_without_a_dot(text: str, html: str) -> None:
    message = SampleMail(text=text, html=html).build()
    assert part(message, "plain") == text.removesuffix("\n") + "\n"
    assert part(message, "html") == html.removesuffix("\n") + "\n"
    body = lines(message)[lines(message).index(b"") :]
    assert max(map(len, body)) <= 76
    assert not [line for line in lines(message) if line.startswith(b".")]
    assert message.content.isascii()


@given(text=TEXT)
def test_all_line_ends_of_a_text_are_alike_in_a_mail(text: str) -> None:
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert part(SampleMail(text=text).build(), "plain") == expected.removesuffix("\n") + "\n"


@given(subject=LINE)
@example(subject="Größe ist nicht alles: " * 12)
@example(subject="word " * 60 + "end")
@example(subject="x" * 300)
@example(subject="  two  spaces  ")
@example(subject="=?utf-8?q?not_encoded?=")
@example(subject="α→β 😀" * 40)
def test_any_subject_comes_back_from_lines_that_are_folded(subject: str) -> None:
    message = SampleMail(subject=subject).build()
    assert parsed(message)["Subject"] == subject
    head = lines(message)[: lines(message).index(b"")]
    assert [line for line in head if len(line) > 76 and not line.startswith(b"List-Unsubscribe: <https")] == []


@given(title=LINE)
@example(title='Papers, "daily" (and more) <now>; \\ @home')
@example(title="Größe, täglich: " * 9)
@example(title="The Daily Preprint of the Institute, " * 4)
def test_any_title_comes_back_as_the_senders_name(title: str) -> None:
    message = SampleMail().titled(title).build()
    assert author(message) == (title, "digest@example.org")
    assert len(parsed(message)["From"].addresses) == 1
    assert parsed(message)["List-Id"].endswith("<digest.example.org>")
    assert parsed(message).keys() == list(HEADERS)


def test_a_link_longer_than_a_line_stays_whole() -> None:
    link = "https://digest.example.org/subscriptions/unsubscribe/" + "x" * 200
    message = SampleMail(links=replace(LINKS, unsubscribe=link)).build()
    assert b"List-Unsubscribe: <" + link.encode() + b">,\r\n <mailto:leave@" in message.content


def test_an_unsubscribe_address_is_written_as_a_link_has_to_be() -> None:
    message = SampleMail(links=replace(LINKS, unsubscribe_mailto="leave&go%1@bücher.example")).build()
    assert "<mailto:leave%26go%251@xn--bcher-kva.example?subject=unsubscribe>" in parsed(message)["List-Unsubscribe"]


def test_an_international_domain_travels_in_ascii() -> None:
    sender = replace(
        SENDER,
        address="digest@bücher.example",
        bounce_address="bounces@bücher.example",
        list_id="digest.bücher.example",
    )
    message = SampleMail(recipient="reader@straße.example", sender=sender).build()
    assert message.recipient == parsed(message)["To"] == "reader@xn--strae-oqa.example"
    assert author(message) == ("The Daily Preprint", "digest@xn--bcher-kva.example")
    assert message.message_id.endswith("@xn--bcher-kva.example>")
    assert message.return_path.endswith("@xn--bcher-kva.example")
    assert parsed(message)["List-Id"] == "The Daily Preprint <digest.xn--bcher-kva.example>"
    assert message.content.isascii()


@pytest.mark.parametrize(
    "list_id", ["digest", "digest.", ".example.org", "di gest.example.org", "digest.example.org>",
                "digest.bü\u200dcher.x", "digest.bücher\r\n.example", "☃.\u2488com", "digest." + "ü" * 64 + ".example"]
)  # fmt: skip
def test_what_is_no_list_id_is_refused(list_id: str) -> None:
    with pytest.raises(InputError, match="the list's id"):
        SampleMail(sender=replace(SENDER, list_id=list_id)).build()


INJECTIONS = pytest.mark.parametrize(
    "injection", ["a\r\nBcc: b@example.net", "a\nBcc: b@example.net", "a\rb", "a\0b", "a\u2028b"]
)


@INJECTIONS
def test_a_line_end_in_the_subject_is_refused(injection: str) -> None:
    with pytest.raises(InputError, match="the subject"):
        SampleMail(subject=injection).build()


@INJECTIONS
def test_a_line_end_in_the_recipients_address_is_refused(injection: str) -> None:
    with pytest.raises(InputError, match="the recipient"):
        SampleMail(recipient=f"{injection}@example.net").build()


@INJECTIONS
@pytest.mark.parametrize("field", ["title", "address", "bounce_address", "list_id"])
def test_a_line_end_in_what_the_operator_set_is_refused(field: str, injection: str) -> None:
    mail = SampleMail()
    spoilt = replace(mail.sender, **{field: getattr(mail.sender, field) + injection})
    with pytest.raises(InputError):
        replace(mail, sender=spoilt).build()


@INJECTIONS
@pytest.mark.parametrize("field", ["unsubscribe", "unsubscribe_mailto"])
def test_a_line_end_in_a_way_out_is_refused(field: str, injection: str) -> None:
    mail = SampleMail()
    spoilt = replace(mail.links, **{field: getattr(mail.links, field) + injection})
    with pytest.raises(InputError):
        replace(mail, links=spoilt).build()


@pytest.mark.parametrize(
    "recipient", ["reader", "a reader@example.net", "größe reader@example.net", "größe@", "“größe”@example.net"]
)
def test_a_recipient_without_a_usable_address_is_refused(recipient: str) -> None:
    with pytest.raises(InputError, match="the recipient's address"):
        SampleMail(recipient=recipient).build()


def test_an_international_recipient_stands_in_the_mail_in_utf_8() -> None:
    message = SampleMail(recipient="größe@bücher.example").build()
    assert message.recipient == "größe@xn--bcher-kva.example"
    assert "\r\nTo: größe@xn--bcher-kva.example\r\n".encode() in message.content


def test_a_mail_that_would_be_clipped_is_refused_for_good() -> None:
    with pytest.raises(DeliveryError, match=r"100,\d\d\d bytes.*fewer papers") as refused:
        SampleMail(html="a…\n" * 8_400).build()
    assert refused.value.permanent
    assert len(SampleMail(html="a…\n" * 8_200).build().content) > 98_400


@pytest.mark.spamassassin
def test_a_spam_filter_has_nothing_against_it(tmp_path: Path) -> None:
    verdict = spam_verdict(SampleMail().build().content, home=tmp_path)
    assert verdict.score <= 2.0, verdict
