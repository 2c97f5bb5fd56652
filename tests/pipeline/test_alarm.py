"""Telling the operator: a real mail server on the loopback address, and the outbox folder."""

from __future__ import annotations

import email
import email.policy
import shutil
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from factories import NOON
from mail_cases import OVERDUE, SENDER, UNPUBLISHED
from smtp_servers import HOST, Inbox, free_port, receiving

from digest.deliver.outbox import OutboxTransport
from digest.deliver.smtp import Security, SmtpServer, SmtpTransport
from digest.links import Links
from digest.model.alert import AlertKind
from digest.pipeline.alarm import Alarm
from digest.render.alert import AlertRenderer
from digest.store.alerts import AlertStore

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.alert import Alert
    from digest.model.mail import Message
    from digest.store.database import Database

OPERATOR = "ops@example.org"
HEALED = replace(OVERDUE, kind=AlertKind.HEALED, announced=412, missing=0)


def alarm(database: Database, *, operator: str = OPERATOR, templates: Path = ROOT / "templates") -> Alarm:
    return Alarm(
        store=AlertStore(database),
        renderer=AlertRenderer(templates),
        links=Links("https://digest.example.org", ["secret"]),
        sender=SENDER,
        operator=operator,
        secret="secret",
        clock=lambda: NOON,
    )


def read(content: bytes) -> EmailMessage:
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def mails_in(outbox: Path) -> list[EmailMessage]:
    return [read(file.read_bytes()) for file in sorted(outbox.glob("*.eml"))]


def send_by_smtp(database: Database, alert: Alert, port: int, told: list[str]) -> bool:
    with SmtpTransport(SmtpServer(HOST, port, Security.NONE)) as transport:
        return alarm(database).run(alert, transport, told=told.append)


@pytest.mark.enable_socket
def test_the_operator_gets_one_mail_that_says_what_happened(database: Database) -> None:
    inbox = Inbox()
    with receiving(inbox) as port:
        assert [send_by_smtp(database, OVERDUE, port, []) for _ in range(3)] == [True, True, True]
    (received,) = inbox.mails
    assert received.recipients == [OPERATOR]
    mail = read(received.content)
    assert mail["Subject"] == "The edition of Thu 19 Nov is out without 3 of 412 papers and all of cs.RO"
    assert (mail["To"], mail["Auto-Submitted"]) == (OPERATOR, "auto-generated")
    assert not any(name.startswith(("list-", "precedence")) for name in map(str.lower, mail.keys()))
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body
        for told in ("227", "230", "12:40 UTC", "digest ledger --on 2026-11-19", "/editions/2026-11-19"):
            assert told in body.get_content()


@pytest.mark.enable_socket
def test_a_mail_that_was_refused_is_sent_by_the_next_call(database: Database) -> None:
    inbox, told = Inbox(recipient_answers=["451 4.3.0 Not now"]), list[str]()
    with receiving(inbox) as port:
        assert not send_by_smtp(database, OVERDUE, port, told)
        assert not AlertStore(database).has_told(OVERDUE.announced_on, OVERDUE.kind)
        assert send_by_smtp(database, OVERDUE, port, told)
    assert len(inbox.mails) == 1
    (problem,) = told
    assert "451 4.3.0 Not now" in problem


@pytest.mark.enable_socket
def test_a_server_that_is_gone_stops_nothing(database: Database) -> None:
    told: list[str] = []
    assert not send_by_smtp(database, OVERDUE, free_port(), told)
    assert len(told) == 1
    assert not AlertStore(database).has_told(OVERDUE.announced_on, OVERDUE.kind)


def test_the_message_id_is_that_of_the_day_and_the_news(database: Database, tmp_path: Path) -> None:
    outboxes = [OutboxTransport(tmp_path / name) for name in ("first", "second")]
    other_day = replace(OVERDUE, announced_on=OVERDUE.announced_on.replace(day=18))
    for alert in (OVERDUE, HEALED, other_day):
        assert alarm(database).run(alert, outboxes[0])
        AlertStore(database).give_back(alert.announced_on, alert.kind)
        assert alarm(database).run(replace(alert, missing=1), outboxes[1])
    first, second = ({mail["Message-ID"] for mail in mails_in(tmp_path / name)} for name in ("first", "second"))
    assert len(first) == 3
    assert first == second


def test_where_nobody_is_named_nothing_is_sent_and_nothing_claimed(database: Database, tmp_path: Path) -> None:
    assert not alarm(database, operator="").run(OVERDUE, OutboxTransport(tmp_path / "outbox"))
    assert not (tmp_path / "outbox").exists()
    assert not AlertStore(database).has_told(OVERDUE.announced_on, OVERDUE.kind)


def test_a_day_without_edition_is_not_linked_to(database: Database, tmp_path: Path) -> None:
    alarm(database).run(UNPUBLISHED, OutboxTransport(tmp_path))
    (mail,) = mails_in(tmp_path)
    assert "/editions/" not in str(mail)


def test_a_mail_that_cannot_be_made_stops_nothing_and_costs_no_claim(database: Database, tmp_path: Path) -> None:
    templates, outbox, told = tmp_path / "templates", tmp_path / "outbox", list[str]()
    shutil.copytree(ROOT / "templates", templates)
    (templates / "email" / "alert-overdue" / "body.txt").write_text("{{ notice.typo }}")
    assert not alarm(database, templates=templates).run(OVERDUE, OutboxTransport(outbox), told=told.append)
    assert not alarm(database, operator="no address").run(OVERDUE, OutboxTransport(outbox), told=told.append)
    assert ["typo" in told[0], "no address" in told[1]] == [True, True]
    assert alarm(database).run(OVERDUE, OutboxTransport(outbox))
    assert len(mails_in(outbox)) == 1


@dataclass
class Interrupted:
    """A way out that is closed by whoever ends the program."""

    mails: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.mails.append(message)
        raise KeyboardInterrupt


def test_a_program_that_is_ended_while_it_sends_has_told_nobody(database: Database) -> None:
    way_out = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        alarm(database).run(OVERDUE, way_out)
    assert len(way_out.mails) == 1
    assert not AlertStore(database).has_told(OVERDUE.announced_on, OVERDUE.kind)
