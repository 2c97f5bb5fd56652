"""Taking mail over LMTP, as a mail server hands it over."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from digest.deliver.inbound.lmtp import lmtp_port
from digest.errors import DeliveryError, StoreError

if TYPE_CHECKING:
    from digest.model.incoming import IncomingMail

pytestmark = pytest.mark.enable_socket

HOST = "127.0.0.1"
MAIL = b"Subject: failure notice\r\n\r\n.one dot\r\nHi.\r\n"
SENDER = "<>"


@dataclass
class Desk:
    """Takes mails, those to `in_trouble` only once it is over."""

    in_trouble: dict[str, Exception] = field(default_factory=dict)
    settled: list[IncomingMail] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def take(self, mail: IncomingMail) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.02)
        self.at_once -= 1
        (recipient,) = mail.recipients
        if recipient in self.in_trouble:
            raise self.in_trouble[recipient]
        self.settled.append(mail)


def hand_over(port: int, content: bytes, *recipients: str) -> list[bytes]:
    """The answers after the data, one a recipient."""
    with closing(smtplib.LMTP(HOST, port, timeout=5)) as client:
        client.ehlo()
        return converse(client, content, *recipients)


def converse(client: smtplib.LMTP, content: bytes, *recipients: str, sender: str = SENDER) -> list[bytes]:
    if sender.isascii():
        client.mail(sender)
    else:
        assert client.has_extn("smtputf8")
        client.command_encoding = "utf-8"
        assert client.mail(sender, ["SMTPUTF8"])[0] == 250
    for recipient in recipients:
        assert client.rcpt(recipient)[0] == 250
    client.putcmd("DATA")
    assert client.getreply()[0] == 354
    client.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    return [str(client.getreply()[0]).encode() for _ in recipients]


def test_a_mail_arrives_as_it_was_sent_and_is_answered_once_it_is_settled() -> None:
    desk = Desk()
    with lmtp_port(desk.take, port=0) as port:
        assert hand_over(port, MAIL, "bounces+key@example.org") == [b"250"]
        assert [(mail.recipients, mail.content) for mail in desk.settled] == [(("bounces+key@example.org",), MAIL)]


def test_who_the_envelope_says_it_is_from_is_known() -> None:
    desk = Desk()
    with lmtp_port(desk.take, port=0) as port, closing(smtplib.LMTP(HOST, port, timeout=5)) as client:
        client.ehlo()
        assert converse(client, MAIL, "a@example.org") == [b"250"]
        assert converse(client, MAIL, "a@example.org", sender="jörg@example.org") == [b"250"]
    assert [mail.sender for mail in desk.settled] == ["", "jörg@example.org"]


def test_each_recipient_has_an_answer_of_its_own() -> None:
    desk = Desk(in_trouble={"b@example.org": StoreError("The database is locked.")})
    with lmtp_port(desk.take, port=0) as port:
        assert hand_over(port, MAIL, "a@example.org", "b@example.org", "c@example.org") == [b"250", b"451", b"250"]
        desk.in_trouble.clear()
        assert hand_over(port, MAIL, "b@example.org") == [b"250"]
    assert [mail.recipients[0] for mail in desk.settled] == ["a@example.org", "c@example.org", "b@example.org"]


def test_a_defect_leaves_the_mail_with_the_mail_server_and_the_port_open() -> None:
    desk = Desk(in_trouble={"a@example.org": ZeroDivisionError()})
    with lmtp_port(desk.take, port=0) as port, closing(smtplib.LMTP(HOST, port, timeout=5)) as client:
        client.ehlo()
        assert converse(client, MAIL, "a@example.org", "b@example.org") == [b"451", b"451"]
        assert converse(client, MAIL, "c@example.org") == [b"250"]


def test_a_mail_that_is_too_big_is_refused_for_every_recipient() -> None:
    desk = Desk()
    with lmtp_port(desk.take, port=0, size_limit=1_000) as port:
        assert hand_over(port, MAIL + b"x" * 70 + b"\r\n", "a@example.org") == [b"250"]
        assert hand_over(port, MAIL + b"x" * 1_000 + b"\r\n", "a@example.org", "b@example.org") == [b"552", b"552"]
        assert len(desk.settled) == 1


def test_a_long_line_is_taken() -> None:
    desk = Desk()
    with lmtp_port(desk.take, port=0) as port:
        assert hand_over(port, MAIL + b"x" * 50_000 + b"\r\n", "a@example.org") == [b"250"]


def test_two_connections_never_settle_at_the_same_time() -> None:
    desk = Desk()
    with lmtp_port(desk.take, port=0) as port:
        senders = [threading.Thread(target=hand_over, args=(port, MAIL, f"{name}@example.org")) for name in "abcd"]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    assert len(desk.settled) == 4
    assert desk.most_at_once == 1


def test_a_connection_that_breaks_off_settles_nothing() -> None:
    desk = Desk()
    with lmtp_port(desk.take, port=0) as port:
        with socket.create_connection((HOST, port)) as half:
            half.sendall(b"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.org>\r\nDATA\r\nSubject: x\r\n")
            half.recv(1000)
        assert hand_over(port, MAIL, "b@example.org") == [b"250"]
    assert [mail.recipients[0] for mail in desk.settled] == ["b@example.org"]


def test_smtp_is_not_spoken_here() -> None:
    with lmtp_port(Desk().take, port=0) as port, smtplib.SMTP(HOST, port, timeout=5) as client:
        assert client.ehlo()[0] == 500


def test_a_port_that_is_taken_is_explained() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(DeliveryError, match=f"Opening the LMTP port {HOST}:{port}"),
            lmtp_port(Desk().take, port=port),
        ):
            pass


def test_the_port_is_closed_afterwards() -> None:
    with lmtp_port(Desk().take, port=0) as port:
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port))
