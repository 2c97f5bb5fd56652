"""The mail server, a real one on the loopback address."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword
from smtp_servers import HOST, POLITE, Inbox, free_port, receiving, scripted

from digest.deliver.smtp import Security, SmtpServer
from digest.doctor.checkup import Sending, about_sending
from digest.doctor.examination import Check, examine
from digest.doctor.finding import Finding, Verdict
from digest.doctor.mailing import Letter, login, mail_to_yourself, operator
from digest.doctor.resolver import DnsResolver
from digest.errors import InputError
from digest.model.mail import Sender

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.enable_socket

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SENDER = Sender("The Tide Table", "tides@preprint.test", "1 Quay St", "bounces@back.test", "digest.preprint.test")
LETTER = Letter(SENDER, "you@example.org")
LOGIN = {"username": "digest", "password": "secret word"}


def server(port: int, security: Security = Security.NONE, **options: Any) -> SmtpServer:
    return SmtpServer(HOST, port, security, timeout=timedelta(seconds=5), **options)


def found_by(look: Any) -> Finding:
    (found,) = examine([Check("mail server", look)])
    assert "secret word" not in found.what + found.fix
    return found


def check_login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: object) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"digest", b"secret word")
    return AuthResult(success=right, handled=right)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(made)
    return made


def test_a_server_that_lets_us_in_is_fine_and_gets_no_mail(authority: trustme.CA, tmp_path: Path) -> None:
    file, inbox = tmp_path / "ca.pem", Inbox()
    authority.cert_pem.write_to_path(str(file))
    options: dict[str, Any] = {
        "tls_context": context(authority, HOST),
        "authenticator": check_login,
        "require_starttls": True,
    }
    with receiving(inbox, **options) as port:
        found = found_by(lambda: login(server(port, Security.STARTTLS, cafile=file, **LOGIN)))
    assert found.verdict is Verdict.OK, found
    assert found.what == f"{HOST}:{port} answers as digest (STARTTLS, certificate verified)"
    assert inbox.mails == []


def test_a_certificate_of_nobody_known_is_a_failure(authority: trustme.CA) -> None:
    with receiving(Inbox(), tls_context=context(authority, HOST)) as port:
        found = found_by(lambda: login(server(port, Security.STARTTLS)))
    assert found.verdict is Verdict.FAILURE
    assert "certificate was refused" in found.what
    assert "mail.smtp_host" in found.fix or "mail.smtp_security" in found.fix


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_a_wrong_password_is_a_failure() -> None:
    with receiving(Inbox(), authenticator=check_login, auth_require_tls=False) as port:
        found = found_by(lambda: login(server(port, username="digest", password="wrong")))
    assert found.verdict is Verdict.FAILURE
    assert "535" in found.what
    assert found.fix == "Check mail.smtp_username and mail.smtp_password."


def test_no_server_at_all_is_a_failure() -> None:
    found = found_by(lambda: login(server(free_port())))
    assert (found.verdict, "Connecting to" in found.what) == (Verdict.FAILURE, True)


def test_the_look_ends_with_a_goodbye() -> None:
    with scripted(POLITE) as (port, heard):
        assert found_by(lambda: login(server(port))).verdict is Verdict.OK
    assert heard[-1] == "QUIT"
    assert not [line for line in heard if line.startswith("MAIL")]


def test_mails_in_the_clear_are_a_warning() -> None:
    with scripted(POLITE) as (port, _):
        elsewhere = SmtpServer("0.0.0.0", port, Security.NONE)
        found = found_by(lambda: login(elsewhere))
    assert (found.verdict, "in the clear" in found.what) == (Verdict.WARNING, True)


def test_without_an_address_no_mail_is_sent_and_it_is_said_how() -> None:
    found = mail_to_yourself(server(free_port()), Letter(SENDER, ""), NOW)
    assert (found.verdict, "--to" in found.fix) == (Verdict.SKIPPED, True)


def test_an_operator_nobody_named_is_a_warning() -> None:
    assert operator("ops@example.org").verdict is Verdict.OK
    found = operator("")
    assert (found.verdict, "mail.operator" in found.fix) == (Verdict.WARNING, True)


def test_a_mail_to_yourself_arrives() -> None:
    inbox = Inbox()
    with receiving(inbox) as port:
        found = found_by(lambda: mail_to_yourself(server(port), LETTER, NOW))
    assert (found.verdict, "sent to you@example.org" in found.what) == (Verdict.OK, True)
    (received,) = inbox.mails
    assert (received.return_path, received.recipients) == ("bounces@back.test", ["you@example.org"])
    mail = message_from_bytes(received.content, policy=default)
    assert mail["From"] == "tides@preprint.test"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@preprint.test>")


def test_a_mail_that_is_refused_is_a_failure() -> None:
    with receiving(Inbox(recipient_answers=["550 5.7.1 not from you"])) as port:
        found = found_by(lambda: mail_to_yourself(server(port), LETTER, NOW))
    assert (found.verdict, "550" in found.what) == (Verdict.FAILURE, True)


def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(InputError, match="--to"):
        Letter(SENDER, "a@b.test\r\nBcc: c@d.test").written(NOW)


# --- Which checks there are


def test_mails_into_a_folder_need_no_server() -> None:
    (found,) = examine(about_sending(None, now=lambda: NOW, outbox="var/outbox"))
    assert (found.name, found.verdict) == ("mail server", Verdict.SKIPPED)


@pytest.mark.parametrize(
    ("host", "sees", "relayed"),
    [("localhost", "mx.own.test", False), ("smtp.provider.test", "smtp.provider.test", True)],
)
def test_a_server_on_this_machine_sends_under_this_machines_name(host: str, sees: str, relayed: bool) -> None:
    asking = DnsResolver(patience=timedelta(seconds=1), name_server="127.0.0.1")
    sending = Sending(server=SmtpServer(host, 25), sender=SENDER, resolver=asking, own_name="mx.own.test")
    identity = sending.identity()
    assert (identity.host, identity.relayed) == (sees, relayed)
    assert (identity.from_domain, identity.bounce_domain) == ("preprint.test", "back.test")
