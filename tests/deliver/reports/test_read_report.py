"""Reports read through the one function that reads them all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import complaint, dsn, multipart, notice

from digest.deliver.reports.read import read_report
from digest.model.report import Report, ReportedRecipient, ReportKind

READER = "reader@example.net"
FINAL = f"Final-Recipient: rfc822; {READER}"


def recipient_of(content: bytes) -> ReportedRecipient:
    report = read_report(content)
    assert report.kind is ReportKind.BOUNCE
    (recipient,) = report.recipients
    return recipient


@pytest.mark.parametrize(
    ("fields", "permanent", "status"),
    [
        ("Action: failed\nStatus: 5.1.1", True, "5.1.1"),
        ("Action: failed\nStatus: 5.2.2 (mailbox full)", True, "5.2.2"),
        ("Action: failed\nStatus: 4.4.7", False, "4.4.7"),
        ("Action: delayed\nStatus: 4.4.1", False, "4.4.1"),
        ("Action: delayed\nStatus: 5.0.0", False, "5.0.0"),
        ("Action: failed\nStatus: 5.7.1", False, "5.7.1"),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550-5.7.26 unauthenticated", False, "5.7.26"),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 unknown", True, "5.1.1"),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 452 4.2.2 over quota", True, "5.0.0"),
        ("Action: failed\nDiagnostic-Code: smtp; 550 5.1.1 unknown", True, "5.1.1"),
        ("Action: failed\nDiagnostic-Code: smtp; 450 greylisted", False, None),
        ("Action: failure\nStatus: 553 too big", True, None),
        ("Action: failed", True, None),
        ("Status: 5.1.1", True, "5.1.1"),
        ("Reporting-UA: cut off before it says anything", False, None),
    ],
)
def test_the_status_decides_and_the_action_only_without_one(fields: str, permanent: bool, status: str | None) -> None:
    assert recipient_of(dsn(f"{FINAL}\n{fields}")) == ReportedRecipient(READER, permanent, status)


@pytest.mark.parametrize(
    "fields", ["Action: delivered\nStatus: 2.0.0", "Action: relayed", "Action: expanded", "Status: 2.1.5"]
)
def test_a_mail_that_arrived_is_no_bounce(fields: str) -> None:
    assert read_report(dsn(f"{FINAL}\n{fields}")).recipients == ()


def test_the_address_that_we_wrote_to_counts_before_the_alias_behind_it() -> None:
    fields = f"Original-Recipient: rfc822;{READER}\nFinal-Recipient: rfc822; elsewhere@example.com\nStatus: 5.1.1"
    assert recipient_of(dsn(fields)).address == READER


def test_each_recipient_has_a_status_of_its_own_and_counts_once() -> None:
    report = read_report(dsn(
        "Final-Recipient: rfc822; a@example.net\nAction: delayed\nStatus: 4.2.2",
        "Final-Recipient: rfc822; b@example.net\nAction: failed\nStatus: 5.1.1",
        "Final-Recipient: rfc822; A@example.net\nAction: failed\nStatus: 5.2.2",
    ))  # fmt: skip
    assert report.recipients == (
        ReportedRecipient("A@example.net", permanent=True, status="5.2.2"),
        ReportedRecipient("b@example.net", permanent=True, status="5.1.1"),
    )


def test_a_bounce_names_the_mail_that_came_back() -> None:
    assert read_report(dsn(f"{FINAL}\nStatus: 5.1.1")).message_id == "<key@example.org>"
    returned = notice(
        f"<{READER}>:\nNo such user\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <key@example.org>"
    )
    assert read_report(returned).message_id == "<key@example.org>"


def test_a_bounce_inside_the_returned_mail_is_not_counted() -> None:
    inner = dsn("Final-Recipient: rfc822; old@example.com\nStatus: 5.1.1").decode()
    outer = multipart(
        f"Content-Type: message/delivery-status\n\n{FINAL}\nStatus: 4.0.0\n",
        f"Content-Type: message/rfc822\n\n{inner}",
        edge="outer",
    )
    assert recipient_of(outer) == ReportedRecipient(READER, permanent=False, status="4.0.0")


def test_a_bounce_that_a_gateway_wrapped_is_unwrapped() -> None:
    inner = dsn(f"{FINAL}\nStatus: 5.1.1").decode()
    wrapped = multipart(
        f"Content-Type: message/rfc822\n\n{inner}", kind="mixed", headers="Subject: Delivery failure\n", edge="outer"
    )
    assert recipient_of(wrapped).address == READER


@pytest.mark.parametrize(
    "text",
    [
        f"Hi. This is the qmail-send program.\nSorry.\n\n<{READER}>:\nNo mailbox here by that name. (#5.1.1)",
        f"<{READER}>: host mx2.example.net[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT TO)",
        f"   ----- The following addresses had permanent fatal errors -----\n<{READER}>\n    (reason: 550 5.1.1 no)\n",
        f"--- The following addresses had fatal errors ---\n|sh\n    (expanded from: <{READER}>)\n\n550 5.1.1",
        f"The following address(es) failed:\n\n  {READER}\n    host mx [192.0.2.1]: 550 5.1.1\n    other@example.com\n",
        f"Your message\n\ndid not reach the following recipient(s):\n\n{READER} on Fri, 20 Jul 2001\n    550 5.1.1",
        f"Delivery has failed to these recipients or groups:\n\n'A Reader' ({READER})\nServer returned '550 5.1.1 no'",
        f"Unable to deliver message to the following address(es).\n\n<{READER}>:\nNo account. (#5.1.1)",
        f"Your message\n\n  Subject: x\n\nwas not delivered to:\n\n  {READER}\n\nbecause:\n\n  550 5.1.1 no such user",
        f"The message that you sent was undeliverable to the following:\n\t{READER} (550 5.1.1 user not found)",
        "The message that you sent was undeliverable to the following:\n\treader (550 5.1.1 user not found)",
        f"Your message could not be delivered.\n550 5.1.1 gone\nInvalid receiver address: {READER}",
        f"Your message to {READER} couldn't be delivered.\n\n550 5.1.1 RESOLVER.ADR",
        f"Your message wasn't delivered to {READER} because the address couldn't be found.\n550-5.1.1 gone",
        f"Unknown user: {READER}\n\nRCPT TO generated following response:\n550 5.1.1 unknown",
        f"Failed Recipient: {READER}\nReason: Remote host said: 550 5.1.1 unknown",
        f"    An error has occurred for\n    the following list of recipients:\n\n{READER}: 550 5.1.1 http://gmail.example",
        f"There was an error delivering your mail to <{READER}>.\n\nmx did not like our RCPT:\n550 5.1.1 no",
        f"------- Failure Reasons  --------\n\nNot in the directory (#5.1.1)\n{READER}\n\n"
        "------- Returned Message ---\n",
        f"以下のメールアドレスへの送信に失敗しました。\n{READER}\n\n-------server message\n550 5.1.1 unknown",
        f"Could not be delivered because of\n\n550 5.1.1\n\nThe following recipients were affected: \n    {READER}\n",
        f"Unable to deliver message to: <{READER}>\nServer failed with: 550 5.1.1 No such user here",
        f"Error: Invalid user address\n\n550 5.1.1 no\n\nDetails:\n  RCPT TO: {READER}\n  From: x@example.com",
        f"Delivery has failed to these recipients or distribution lists:\n\nA Reader<mailto:{READER}>\n550 5.1.1 gone",
    ],
)  # fmt: skip
def test_the_notices_of_many_servers_are_read(text: str) -> None:
    content = notice(text, sender="MAILER-DAEMON@example.net")
    assert recipient_of(content) == ReportedRecipient(READER, permanent=True, status="5.1.1")


def test_exim_names_the_recipients_in_a_header() -> None:
    content = notice("Nothing here.", subject="Mail delivery failed", X_Failed_Recipients=f"{READER}, b@example.net")
    assert [one.address for one in read_report(content).recipients] == [READER, "b@example.net"]


@pytest.mark.parametrize(
    "text",
    [
        f"Delivery to the following recipient has been delayed:\n\n     {READER}\n\nMessage will be retried",
        f"<{READER}>: delivery temporarily suspended. It will be retried until it is 5 days old.",
        f"The address to which the message has not yet been delivered is:\n\n  {READER}\n\nNo action is required",
        f"   ----- The following addresses had transient non-fatal errors -----\n<{READER}>\n",
    ],
)
def test_a_delay_is_transient(text: str) -> None:
    assert not recipient_of(notice(text, subject="Warning: message delayed")).permanent


def test_a_delivery_that_succeeded_names_nobody() -> None:
    text = f"   ----- The following addresses had successful delivery notifications -----\n<{READER}>  (relayed)\n"
    assert read_report(notice(text, subject="Return receipt")).recipients == ()


def test_a_receipt_in_the_form_of_a_bounce_is_none() -> None:
    text = (
        f"Your message was successfully delivered to the destination(s) below.\n\n<{READER}>: delivery via mx: 250 Ok"
    )
    status = f"Content-Type: message/delivery-status\n\n{FINAL}\nAction: delivered\nStatus: 2.0.0\n"
    assert read_report(multipart(f"Content-Type: text/plain\n\n{text}", status)) == Report(ReportKind.NONE)
    assert read_report(notice(text, subject="Successful Mail Delivery Report")) == Report(ReportKind.NONE)


def test_an_address_of_the_returned_mail_is_not_taken() -> None:
    text = (
        "It could not be delivered to:\n\n--- Original message follows.\n\nTo: someone@example.com\n<a@example.com>:\n"
    )
    assert read_report(notice(text)) == Report(ReportKind.BOUNCE)


def test_a_bounce_that_names_nobody_is_still_a_bounce() -> None:
    assert read_report(notice("The following mail could not be delivered.")) == Report(ReportKind.BOUNCE)


def test_words_of_a_bounce_from_a_person_are_no_bounce() -> None:
    person = notice(
        f"I got this:\n<{READER}>:\nNo such user. Could not be delivered.", sender="ann@example.com", subject="Hello"
    )
    assert read_report(person) == Report(ReportKind.NONE)


def test_a_notice_in_html_or_base64_is_read_as_well() -> None:
    page = (
        f"<html><style>p {{}}</style><p>Delivery to the following recipients failed.<br>&lt;{READER}&gt;<br></p></html>"
    )
    assert recipient_of(notice(page, Content_Type="text/html")).address == READER
    encoded = "RGVsaXZlcnkgdG8gdGhlIGZvbGxvd2luZyByZWNpcGllbnRzIGZhaWxlZC4KCnJlYWRlckBleGFtcGxlLm5ldAo="
    assert recipient_of(notice(encoded, Content_Transfer_Encoding="base64")).address == READER


def test_a_complaint_names_the_reader_and_the_mail() -> None:
    fields = f"Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\nOriginal-Rcpt-To: <{READER}>"
    report = Report(ReportKind.COMPLAINT, (ReportedRecipient(READER, permanent=True),), "<key@example.org>")
    assert read_report(complaint(fields)) == report


def test_a_complaint_that_hides_the_reader_names_the_one_to_whom_the_mail_went() -> None:
    assert read_report(complaint("Feedback-Type: abuse")).recipients[0].address == READER
    redacted = "To: undisclosed\nMessage-ID: <key@example.org>\n\nhello"
    assert read_report(complaint("Feedback-Type: abuse", redacted)) == Report(
        ReportKind.COMPLAINT, (), "<key@example.org>"
    )


def test_a_complaint_of_outlooks_older_kind_is_one() -> None:
    original = f"X-HmXmrOriginalRecipient: {READER}\nTo: list@example.org\nMessage-ID: <key@example.org>\n\nhello"
    headers = "Subject: complaint about message from 192.0.2.1\n"
    content = multipart(f"Content-Type: message/rfc822\n\n{original}", kind="mixed", headers=headers)
    report = Report(ReportKind.COMPLAINT, (ReportedRecipient(READER, permanent=True),), "<key@example.org>")
    assert read_report(content) == report


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_the_line_ends_do_not_matter(line_end: bytes) -> None:
    content = dsn(f"{FINAL}\nStatus: 5.1.1")
    assert read_report(content.replace(b"\n", line_end)) == read_report(content)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_feedback_that_is_no_complaint_is_none(kind: str) -> None:
    assert read_report(complaint(f"Feedback-Type: {kind}")) == Report(ReportKind.NONE)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Auto_Submitted": "auto-generated"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "away"},
        {"Precedence": "auto_reply"},
        {"Content_Type": "multipart/report; report-type=disposition-notification; boundary=x"},
        {"subject": "Automatic reply: The Daily Preprint"},
        {"subject": "=?utf-8?q?R=C3=A9ponse_automatique?= : x"},
        {"subject": "Out of office: back on Monday"},
        {"subject": "Re: Abwesenheitsnotiz"},
    ],
)
def test_an_automatic_reply_is_no_bounce(headers: dict[str, str]) -> None:
    given = {"sender": "ann@example.com", "subject": "Re: today", **headers}
    content = notice(
        "I am away. Could not be delivered? Ask bob@example.com.", In_Reply_To="<key@example.org>", **given
    )
    assert read_report(content) == Report(ReportKind.AUTO_REPLY, (), "<key@example.org>")


def test_a_person_with_a_question_about_bounces_is_none() -> None:
    question = notice("What happened?", sender="ann@example.com", subject="Re: Undelivered mail")
    assert read_report(question) == Report(ReportKind.NONE)


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}, {"subject": "About your automatic replies"}])
def test_a_person_is_none_of_it(headers: dict[str, str]) -> None:
    assert (
        read_report(notice("Thanks!", **{"sender": "ann@example.com", "subject": "Hello", **headers})).kind
        is ReportKind.NONE
    )


PIECES = st.sampled_from([
    b"From: mailer-daemon@x\n", b"Subject: failure notice\n", b"Content-Type: multipart/report; boundary=b\n", b"--b\n",
    b"--b--\n", b"\n", b"\r\n", b"Content-Type: message/delivery-status\n", b"Final-Recipient: rfc822;a@b.c\n",
    b"Status: 5.1.1\n", b"Content-Type: message/rfc822\n", b"<a@b.c>:\n", b"following recipients:\n", b"=?utf-8?b?a?=",
    b"Content-Transfer-Encoding: base64\n", b"Content-Type: text/html; charset=punycode\n", b"<br>", b"\0", b"\xff",
    b"Content-Type: text/plain; charset=hex\n", b"Content-Type: message/feedback-report\n", b"Feedback-Type: abuse\n",
    b"X-Failed-Recipients: a@b.c\n",
])  # fmt: skip


@settings(max_examples=300)
@given(
    st.one_of(st.binary(max_size=400), st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=30).map(b"".join))
)
def test_no_bytes_at_all_are_an_error(content: bytes) -> None:
    assert isinstance(read_report(content), Report)


HEAD = b"From: mailer-daemon@x\nSubject: failure notice\n\n"


@pytest.mark.parametrize(
    "content",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(20_000)),
        b"Content-Type: message/rfc822\n\n" * 30_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 100_000,
        HEAD + b"a@b.c following recipients:\n" * 40_000,
        HEAD + b"<a@b.c>:\n" * 100_000,
        HEAD + b"not delivered to " + b" " * 1_000_000,
        HEAD + b"\n" * 1_000_000,
        HEAD + b"-" * 1_000_000,
        b"Content-Type: text/html\n" + HEAD + b"<" * 1_000_000,
        b"From: " + b"(" * 1_000_000,
        b"Subject: " + b"=?utf-8?b?" * 100_000,
        HEAD + b"x" * 10_000_000,
    ],
)
def test_a_hostile_mail_takes_no_longer_than_its_size_allows(content: bytes) -> None:
    before = time.process_time()
    read_report(content)
    assert time.process_time() - before < 2
