from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from factory_editions import make_entry
from sending import SENDER, Office
from sqlalchemy import text
from subscribing import START

from digest.deliver.identity import signed_return_path
from digest.links import Links
from digest.model.delivery import DeliveryState
from digest.model.incoming import IncomingMail
from digest.model.subscriber import Asked, NoticeKind, Preferences, Schedule, SubscriberState, SuppressionReason
from digest.pipeline.hear import MOST_TRANSIENT, Hear
from digest.pipeline.notices import Notices
from digest.render.notice import NoticeRenderer
from digest.store.incoming import IncomingStore
from digest.store.notices import NoticeStore

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.model.mail import Message
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
        assert take(office, dsn(), recipient) in ("unmatched", "repeated")
    assert take(office, arf("<made-up@example.org>"), "abuse@example.org") == "unmatched"
    assert state(office) is SubscriberState.CONFIRMED


@pytest.mark.parametrize("status", ["5.7.1", "5.7.26", "4.7.0", "5.1.8"])
def test_mail_that_is_refused_for_what_we_are_suppresses_nobody_however_often(office: Office, status: str) -> None:
    for number in range(2 * MOST_TRANSIENT):
        assert take(office, dsn(status, number=number)) == "bounce"
        send_next(office)
    assert state(office) is SubscriberState.CONFIRMED
    assert bounces(office) == 0
    with office.database.read() as connection:
        assert f"refused as mail like ours: {status}" in connection.scalars(text("SELECT reason FROM deliveries")).all()


def test_passing_trouble_counts_once_a_mail(office: Office) -> None:
    assert take(office, dsn("4.2.2")) == "bounce"
    assert take(office, dsn("4.2.2")) == "repeated"
    assert take(office, dsn("4.2.2", number=2)) == "bounce"
    assert bounces(office) == 1


def test_passing_trouble_is_forgotten_once_a_later_mail_has_long_gone_unreported(office: Office) -> None:
    take(office, dsn("4.2.2"))
    for _ in range(7):
        send_next(office)
        assert bounces(office) == 1, "a relay takes every mail, and reports days later"
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


def test_trouble_that_does_not_pass_suppresses_after_a_while_though_the_relay_takes_every_mail(office: Office) -> None:
    for number in range(1, MOST_TRANSIENT):
        take(office, dsn("4.2.2", number=number))
        assert (state(office), bounces(office)) == (SubscriberState.CONFIRMED, number)
        send_next(office)
    take(office, dsn("4.2.2", number=MOST_TRANSIENT))
    assert state(office) is SubscriberState.SUPPRESSED


def test_trouble_now_and_then_suppresses_nobody(office: Office) -> None:
    for number in range(3 * MOST_TRANSIENT):
        if number % 5 == 0:
            take(office, dsn("4.2.2", number=number))
        send_next(office)
    assert state(office) is SubscriberState.CONFIRMED


class PowerCutError(Exception):
    """The program ends here."""


@dataclass
class Dying:
    """Ends the program at the first look at the clock from the `last` on."""

    last: int
    looks: int = 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.looks >= self.last:
            raise PowerCutError
        return START


@pytest.mark.parametrize("last", [1, 2])
def test_a_report_that_was_interrupted_is_dealt_with_when_it_comes_again(office: Office, last: int) -> None:
    with pytest.raises(PowerCutError):
        replace(hear(office), clock=Dying(last)).take(IncomingMail((return_path(office),), dsn()))
    assert take(office, dsn()) == "bounce"
    assert state(office) is SubscriberState.SUPPRESSED
    assert office.counts(DAY).states == {DeliveryState.BOUNCED: 1}


def test_one_report_that_comes_to_two_return_paths_speaks_of_two_mails(office: Office) -> None:
    first = return_path(office)
    send_next(office)
    assert take(office, dsn("4.2.2"), first) == "bounce"
    assert take(office, dsn("4.2.2")) == "bounce"
    assert bounces(office) == 2
    assert take(office, dsn("4.2.2"), first) == "repeated"


def test_nothing_is_obeyed_that_comes_from_the_null_path(office: Office) -> None:
    mail = IncomingMail(("digest@example.org",), letter("unsubscribe"), sender="")
    assert hear(office).take(mail) == "none"
    assert state(office) is SubscriberState.CONFIRMED
    assert hear(office).take(replace(mail, content=letter("unsubscribe", X="1"), sender=ADA)) == "command"
    assert state(office) is SubscriberState.UNSUBSCRIBED


def notice(office: Office, address: str = "bo@example.net") -> Message:
    """The mail that asks somebody to confirm, as it went out."""
    office.desk.ask(address)
    post = Taken()
    notices_of(office).run(post)
    return next(mail for mail in post.mails if mail.recipient == address)


@dataclass
class Taken:
    mails: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.mails.append(message)


def notices_of(office: Office) -> Notices:
    return Notices(
        store=NoticeStore(office.database),
        suppressions=office.desk.suppressions,
        renderer=NoticeRenderer(ROOT / "templates"),
        links=Links("https://digest.example.org", ["secret"]),
        sender=SENDER,
        command_address="digest@example.org",
        secret="secret",
        owner="test",
        clock=office.desk.clock,
    )


def test_who_calls_the_question_unwanted_is_never_asked_again(office: Office) -> None:
    mail = notice(office)
    assert take(office, arf(mail.message_id), "abuse@example.org") == "complaint"
    found = office.desk.suppressions.find("bo@example.net")
    assert found
    assert found.reason is SuppressionReason.COMPLAINT
    office.desk.take_notices()
    assert office.desk.ask("bo@example.net") is Asked.SUPPRESSED
    assert office.desk.take_notices() == []


def test_a_question_that_comes_back_for_good_suppresses_its_address_alone(office: Office) -> None:
    assert take(office, dsn(), notice(office).return_path) == "bounce"
    assert office.desk.use.find("bo@example.net").state is SubscriberState.SUPPRESSED
    assert state(office) is SubscriberState.CONFIRMED
    assert take(office, dsn(number=2), notice(office, "cleo@example.net").return_path) == "bounce"


def test_passing_trouble_with_a_notice_counts_once(office: Office) -> None:
    office.desk.use.send_notice(office.desk.use.find(ADA).key, NoticeKind.HELP, source="mail")
    post = Taken()
    notices_of(office).run(post)
    return_path = next(mail.return_path for mail in post.mails if mail.recipient == ADA)
    for number in (1, 2):
        assert take(office, dsn("4.2.2", number=number), return_path) == "bounce"
    assert bounces(office) == 1


@pytest.mark.parametrize("message_id", ["<+2AA-x@example.org>", "<\x00@example.org>", "<" + "A" * 24 + "@x>", "<>"])
def test_a_complaint_about_no_mail_of_ours_changes_nothing(office: Office, message_id: str) -> None:
    odd = arf(message_id).replace(b"message/rfc822", b"message/rfc822; charset=utf-7")
    assert take(office, odd, "abuse@example.org") == "unmatched"


@pytest.mark.parametrize("sender", ["a@b.local", "root@host.test", "x@y.invalid", "root@localhost"])
def test_who_can_have_no_mail_can_ask_for_nothing(office: Office, sender: str) -> None:
    for words in ("subscribe", "help", "unsubscribe"):
        assert take(office, letter(words, sender)) in ("none", "command")
    assert sum(office.desk.store.count().values()) == 1


def test_forged_pauses_bomb_nobody(office: Office) -> None:
    office.desk.clock.turn(timedelta(days=1))
    office.desk.take_notices()
    for number in range(50):
        assert take(office, letter("pause", X_Number=str(number))) == "command"
    assert office.desk.take_notices() == [(NoticeKind.PAUSED, ADA)]
    for day in range(10, 30):
        take(office, letter(f"pause until 2026-12-{day}"))
    assert office.desk.take_notices() == [(NoticeKind.PAUSED, ADA)] * 2
    told = office.desk.use.find(ADA).paused_until
    assert told == date(2026, 12, 11), "what nobody can be told of is not done"


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
    assert take(office, dsn()) == "unmatched"
