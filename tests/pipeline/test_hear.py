from __future__ import annotations

from datetime import date, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from factory_editions import make_entry
from sending import SENDER, Office
from sqlalchemy import text

from digest.deliver.identity import signed_return_path
from digest.model.delivery import DeliveryState
from digest.model.incoming import IncomingMail
from digest.model.subscriber import NoticeKind, Preferences, Schedule, SubscriberState, SuppressionReason
from digest.pipeline.hear import MOST_TRANSIENT, Hear
from digest.store.incoming import IncomingStore

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store.database import Database

DAY = date(2026, 11, 19)
ADA = "ada@example.org"


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """A digest that went to Ada."""
    office = Office(database, tmp_path)
    office.desk.confirmed(ADA, Preferences(schedule=Schedule(hour=12)))
    office.publish(DAY, make_entry(1))
    office.send()
    return office


def hear(office: Office) -> Hear:
    return Hear(
        incoming=IncomingStore(office.database),
        subscriptions=office.desk.use,
        defaults=Preferences(),
        bounce_address=SENDER.bounce_address,
        keys=("new", "secret"),
        clock=office.desk.clock,
    )


def dsn(status: str = "5.1.1", action: str = "failed", number: int = 1) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example.net\r\nTo: x\r\nSubject: Undelivered mail {number}\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; {ADA}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()


def arf(message_id: str) -> bytes:
    return (
        "From: abuse@example.net\r\nTo: x\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        "Feedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {message_id}\r\nTo: {ADA}\r\nSubject: x\r\n\r\nx\r\n"
        "--b--\r\n"
    ).encode()


def letter(words: str, sender: str = ADA, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "digest@example.org", words
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Thank you.")
    return mail.as_bytes()


def return_path(office: Office) -> str:
    return office.engine.mails[-1].return_path


def take(office: Office, content: bytes, recipient: str | None = None) -> str:
    return hear(office).take(IncomingMail((recipient or return_path(office),), content))


def state(office: Office) -> SubscriberState:
    return office.desk.use.find(ADA).state


def test_a_permanent_bounce_suppresses_at_once(office: Office) -> None:
    assert take(office, dsn()) == "bounce"
    assert state(office) is SubscriberState.SUPPRESSED
    assert office.counts(DAY).states == {DeliveryState.BOUNCED: 1}
    found = office.desk.suppressions.find(ADA)
    assert found
    assert (found.reason, found.detail) == (SuppressionReason.BOUNCE, "mail came back: 5.1.1")


def test_a_complaint_suppresses_at_once_by_the_mail_it_names(office: Office) -> None:
    assert take(office, arf(office.engine.mails[0].message_id), "abuse@example.org") == "complaint"
    found = office.desk.suppressions.find(ADA)
    assert found
    assert found.reason is SuppressionReason.COMPLAINT


def test_a_forged_return_path_counts_for_nothing(office: Office) -> None:
    genuine = return_path(office)
    forged = genuine.replace("+", "+a", 1).replace("@", "", 1)
    other = signed_return_path(SENDER.bounce_address, "a" * 24, secret="somebody else's")
    for recipient in (forged, other, "bounces@example.org", ADA):
        assert take(office, dsn(), recipient) in ("forged", "repeated")
    assert take(office, arf("<made-up@example.org>"), "abuse@example.org") == "forged"
    assert state(office) is SubscriberState.CONFIRMED


def test_a_policy_refusal_suppresses_nobody(office: Office) -> None:
    assert take(office, dsn("5.7.1")) == "bounce"
    assert state(office) is SubscriberState.CONFIRMED


def test_passing_trouble_counts_once_a_mail_and_a_success_forgets_it(office: Office) -> None:
    assert take(office, dsn("4.2.2")) == "bounce"
    assert take(office, dsn("4.2.2")) == "repeated"
    assert take(office, dsn("4.2.2", number=2)) == "bounce"
    assert bounces(office) == 1
    send_next(office)
    assert bounces(office) == 0


def bounces(office: Office) -> int:
    with office.database.read() as connection:
        return int(connection.scalar(text("SELECT bounces FROM subscribers")) or 0)


def send_next(office: Office) -> None:
    office.desk.clock.turn(timedelta(days=1))
    day = office.desk.clock.now.date()
    office.publish(day, make_entry(day.day))
    office.send()


def test_trouble_that_does_not_pass_suppresses_after_a_while(office: Office) -> None:
    with office.database.write() as connection:
        connection.execute(text(f"UPDATE subscribers SET bounces = {MOST_TRANSIENT - 2}"))
    take(office, dsn("4.4.7"))
    assert state(office) is SubscriberState.CONFIRMED
    with office.database.write() as connection:
        connection.execute(text("UPDATE deliveries SET reason = ''"))
    take(office, dsn("4.4.7", number=2))
    assert state(office) is SubscriberState.SUPPRESSED


def test_an_automatic_reply_is_no_bounce_and_no_command(office: Office) -> None:
    assert take(office, letter("unsubscribe", Auto_Submitted="auto-replied")) == "auto-reply"
    assert state(office) is SubscriberState.CONFIRMED


def test_commands_by_mail_are_obeyed_and_answered(office: Office) -> None:
    office.desk.take_notices()
    assert take(office, letter("help")) == "command"
    assert take(office, letter("pause until 2026-12-24")) == "command"
    assert office.desk.use.find(ADA).paused_until == date(2026, 12, 24)
    assert take(office, letter("Re: unsubscribe")) == "command"
    assert state(office) is SubscriberState.UNSUBSCRIBED
    assert office.desk.take_notices() == [
        (NoticeKind.HELP, ADA),
        (NoticeKind.PAUSED, ADA),
        (NoticeKind.UNSUBSCRIBED, ADA),
    ]


def test_who_asks_by_mail_is_asked_back(office: Office) -> None:
    assert take(office, letter("subscribe", "Bo <bo@example.net>")) == "command"
    assert office.desk.take_notices()[-1] == (NoticeKind.CONFIRM, "bo@example.net")
    assert office.desk.use.find("bo@example.net").source == "mail"


@pytest.mark.parametrize("words", ["unsubscribe", "pause", "pause until 2020-01-01", "help"])
def test_strangers_commands_change_nothing_and_get_no_answer(office: Office, words: str) -> None:
    office.desk.take_notices()
    assert take(office, letter(words, "stranger@example.net")) == "command"
    assert office.desk.take_notices() == []


def test_other_mail_is_left_alone(office: Office) -> None:
    assert take(office, letter("A question about your digest")) == "none"
    assert state(office) is SubscriberState.CONFIRMED


def test_a_report_of_a_person_who_was_erased_changes_nothing(office: Office) -> None:
    office.desk.use.erase(office.desk.use.find(ADA).key)
    assert take(office, dsn()) == "forged"
