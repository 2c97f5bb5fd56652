"""Handing mails to real SMTP servers: what arrives, what is kept safe, and what every failure says."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword
from sample_mail import SampleMail
from smtp_servers import HOST, POLITE, Inbox, Script, free_port, receiving, scripted, smtp_sink

from digest.deliver.receipt import RelayError, UncertainDeliveryError
from digest.deliver.smtp import Security, SmtpServer, SmtpTransport
from digest.errors import DeliveryError

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.mail import Message

pytestmark = pytest.mark.enable_socket

MESSAGE = SampleMail().build()
OTHER = SampleMail(recipient="other@example.net", recipient_key="reader-8").build()
UNPROTECTED = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
LOGIN = {"username": "digest", "password": "secret word"}


def plain(port: int, **options: Any) -> SmtpServer:
    return SmtpServer(HOST, port, Security.NONE, timeout=timedelta(seconds=5), **options)


def failure(server: SmtpServer, message: Message = MESSAGE) -> DeliveryError:
    """How sending one mail fails; every failure is one line that names the server."""
    with SmtpTransport(server) as transport, pytest.raises(DeliveryError) as failed:
        transport.send(message)
    assert len(str(failed.value).splitlines()) == 1
    assert f"{server.host}:{server.port}" in str(failed.value)
    assert "secret word" not in str(failed.value)
    return failed.value


@dataclass(frozen=True)
class Certificates:
    authority: trustme.CA
    file: Path

    def of(self, *names: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert(*names).configure_cert(context)
        return context


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return Certificates(authority, file)


def check_login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: object) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"digest", b"secret word")
    return AuthResult(success=right, handled=right)


# --- What arrives


def test_the_server_gets_the_envelope_and_the_very_bytes() -> None:
    inbox = Inbox()
    with receiving(inbox) as port, SmtpTransport(plain(port)) as transport:
        receipt = transport.send(MESSAGE)
    assert (receipt.where, receipt.answer) == (f"{HOST}:{port}", "250 2.0.0 Taken as 42")
    [mail] = inbox.mails
    assert (mail.return_path, mail.recipients) == (MESSAGE.return_path, [MESSAGE.recipient])
    assert mail.content == MESSAGE.content
    received = message_from_bytes(mail.content, policy=default)
    assert received["Message-ID"] == MESSAGE.message_id
    assert [part.get_content_type() for part in received.iter_parts()] == ["text/plain", "text/html"]


def test_lines_that_begin_with_a_dot_arrive_whole_whoever_wrote_them() -> None:
    message = replace(MESSAGE, content=b"Subject: dots\r\n\r\n.\r\n..\r\n.dot\r\n")
    inbox = Inbox()
    with receiving(inbox) as port, SmtpTransport(plain(port)) as transport:
        transport.send(message)
    assert [mail.content for mail in inbox.mails] == [message.content]


def test_several_mails_share_one_connection() -> None:
    inbox = Inbox()
    with receiving(inbox) as port, SmtpTransport(plain(port)) as transport:
        for message in (MESSAGE, OTHER, MESSAGE):
            transport.send(message)
    assert [mail.recipients for mail in inbox.mails] == [[MESSAGE.recipient], [OTHER.recipient], [MESSAGE.recipient]]
    assert len(inbox.connections) == 1


def test_a_refused_recipient_does_not_disturb_the_next_mail_on_the_connection() -> None:
    inbox = Inbox(recipient_answers=["550 5.1.1 No such mailbox"])
    with receiving(inbox) as port, SmtpTransport(plain(port)) as transport:
        with pytest.raises(DeliveryError):
            transport.send(MESSAGE)
        transport.send(OTHER)
    assert [mail.recipients for mail in inbox.mails] == [[OTHER.recipient]]
    assert len(inbox.connections) == 1


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew() -> None:
    script: Script = dict(POLITE)
    with scripted(script) as (port, heard), SmtpTransport(plain(port)) as transport:
        assert transport.send(MESSAGE).answer == "250 taken"
        script["MAIL"] = None
        with pytest.raises(DeliveryError):
            transport.send(MESSAGE)
        script["MAIL"] = b"250 OK"
        assert transport.send(MESSAGE).answer == "250 taken"
    assert [line[:4] for line in heard].count("EHLO") == 3


@pytest.mark.parametrize("goodbye", [b"500 what?", b"nonsense", None])
def test_a_mail_that_was_taken_stays_taken_whatever_the_server_says_in_parting(goodbye: bytes | None) -> None:
    with scripted(POLITE | {"QUIT": goodbye}) as (port, heard), SmtpTransport(plain(port)) as transport:
        assert transport.send(MESSAGE).answer == "250 taken"
    assert heard[-1] == "QUIT"


def test_closing_a_transport_that_never_sent_is_quiet() -> None:
    SmtpTransport(plain(1)).close()


@pytest.mark.smtp_sink
def test_postfix_takes_the_mail_as_it_is(tmp_path: Path) -> None:
    with smtp_sink(tmp_path) as port, SmtpTransport(plain(port)) as transport:
        assert transport.send(MESSAGE).answer.startswith("250")
        assert transport.send(OTHER).answer.startswith("250")
    dumped = b"".join(file.read_bytes() for file in tmp_path.glob("dump.*")).replace(b"\r\n", b"\n")
    for message in (MESSAGE, OTHER):
        assert message.content.replace(b"\r\n", b"\n") in dumped
        assert b"X-Mail-Args: <" + message.return_path.encode() in dumped
        assert b"X-Rcpt-Args: <" + message.recipient.encode() in dumped


# --- What is kept safe


@pytest.fixture(params=[Security.STARTTLS, Security.TLS])
def security(request: pytest.FixtureRequest) -> Security:
    return Security(request.param)


def offered(security: Security, context: ssl.SSLContext) -> dict[str, Any]:
    if security is Security.TLS:
        return {"ssl_context": context}
    return {"tls_context": context, "require_starttls": True}


@UNPROTECTED
def test_a_mail_goes_encrypted_after_a_login(certificates: Certificates, security: Security) -> None:
    inbox = Inbox()
    options = offered(security, certificates.of(HOST))
    # Under TLS from the start aiosmtpd doesn't count the connection as encrypted.
    options |= {"auth_required": True, "authenticator": check_login, "auth_require_tls": security is Security.STARTTLS}
    with receiving(inbox, **options) as port:
        server = replace(plain(port, **LOGIN), security=security, cafile=certificates.file)
        with SmtpTransport(server) as transport:
            transport.send(MESSAGE)
            transport.send(OTHER)
    assert [mail.content for mail in inbox.mails] == [MESSAGE.content, OTHER.content]
    assert len(inbox.connections) == 1
    assert [mail.encrypted for mail in inbox.mails] == [True, True]


def test_a_certificate_of_an_unknown_authority_is_refused(certificates: Certificates, security: Security) -> None:
    inbox = Inbox()
    with receiving(inbox, **offered(security, certificates.of(HOST))) as port:
        failed = failure(replace(plain(port), security=security))
    assert "certificate" in str(failed)
    assert isinstance(failed, RelayError)
    assert not failed.permanent
    assert inbox.mails == []


def test_a_certificate_for_another_name_is_refused(certificates: Certificates, security: Security) -> None:
    inbox = Inbox()
    with receiving(inbox, **offered(security, certificates.of("mail.example.org"))) as port:
        failed = failure(replace(plain(port), security=security, cafile=certificates.file))
    assert "certificate" in str(failed)
    assert not failed.permanent
    assert inbox.mails == []


@pytest.mark.parametrize(
    "script",
    [
        {},
        {"EHLO": b"250-here\r\n250 AUTH PLAIN LOGIN"},
        {"EHLO": b"250-here\r\n250 STARTTLS", "STAR": b"454 4.7.0 TLS not available"},
        {"EHLO": b"250-here\r\n250 STARTTLS", "STAR": b"501 5.5.4 no"},
        {"EHLO": b"250-here\r\n250 STARTTLS", "STAR": b"220 go ahead\r\n250 injected"},
        {"EHLO": b"250-here\r\n250 STARTTLS", "STAR": None},
        {"EHLO": b"502 what?", "HELO": b"250 here"},
    ],
)
def test_without_starttls_nothing_is_sent_in_the_clear(script: Script) -> None:
    with scripted(POLITE | script) as (port, heard):
        failed = failure(replace(plain(port, **LOGIN), security=Security.STARTTLS, timeout=timedelta(seconds=1)))
    assert "Starting TLS" in str(failed)
    assert not failed.permanent
    assert heard[0].startswith("EHLO")
    assert not [line for line in heard if line.startswith(("AUTH", "MAIL", "RCPT", "DATA"))]


@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1", "localhost.example.org"])
def test_a_password_is_not_sent_in_the_clear_to_another_machine(host: str) -> None:
    failed = failure(replace(plain(25, **LOGIN), host=host))
    assert "in the clear" in str(failed)
    assert "mail.smtp_security" in str(failed)
    assert not failed.permanent


@UNPROTECTED
def test_on_this_machine_a_login_needs_no_tls() -> None:
    inbox = Inbox()
    options: dict[str, Any] = {"authenticator": check_login, "auth_required": True, "auth_require_tls": False}
    with receiving(inbox, **options) as port, SmtpTransport(plain(port, **LOGIN)) as transport:
        transport.send(MESSAGE)
    assert len(inbox.mails) == 1


def test_a_password_does_not_show_in_a_server_that_is_printed() -> None:
    assert "secret word" not in f"{plain(25, **LOGIN)!r} {plain(25, **LOGIN)}"


# --- What every failure says


@UNPROTECTED
def test_a_wrong_password_is_not_the_recipients_fault() -> None:
    with receiving(Inbox(), authenticator=check_login, auth_required=True, auth_require_tls=False) as port:
        failed = failure(plain(port, username="digest", password="wrong"))
    assert "Logging in" in str(failed)
    assert "535" in str(failed)
    assert "mail.smtp_password" in str(failed)
    assert not failed.permanent


def test_a_server_without_logins_says_so() -> None:
    with receiving(Inbox()) as port:
        failed = failure(plain(port, **LOGIN))
    assert "Logging in" in str(failed)
    assert "AUTH" in str(failed)
    assert not failed.permanent


@UNPROTECTED
def test_a_server_that_wants_a_login_first_is_not_the_recipients_fault() -> None:
    with receiving(Inbox(), authenticator=check_login, auth_required=True, auth_require_tls=False) as port:
        failed = failure(plain(port))
    assert "530" in str(failed)
    assert not failed.permanent


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        ("550 5.1.1 No such mailbox", True),
        ("553 Mailbox name not allowed", True),
        ("550 5.7.1 Your address is on a list", False),
        ("554 5.7.26 Unauthenticated mail", False),
        ("530 5.7.0 Log in first", False),
        ("451 4.7.1 Come back later", False),
        ("421 4.3.2 Shutting down", False),
    ],
)
@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_a_refusal_is_permanent_only_when_it_is_for_good(stage: str, answer: str, permanent: bool) -> None:
    inbox = Inbox(recipient_answers=[answer]) if stage == "RCPT" else Inbox(data_answers=[answer])
    with receiving(inbox) as port:
        failed = failure(plain(port))
    assert failed.permanent is permanent
    assert not isinstance(failed, UncertainDeliveryError)
    assert answer in str(failed)
    assert MESSAGE.recipient in str(failed)


@pytest.mark.parametrize("answer", ["550 5.1.8 Bad sender", "553 Not yours", "450 4.1.8 Later"])
def test_a_refused_sender_is_never_the_recipients_fault(answer: str) -> None:
    with receiving(Inbox(sender_answers=[answer])) as port:
        failed = failure(plain(port))
    assert not failed.permanent
    assert answer in str(failed)
    assert MESSAGE.return_path in str(failed)


@pytest.mark.parametrize("answer", [b"554 go away", b"421 busy", b"hello there"])
def test_a_server_that_does_not_greet_us_is_not_the_recipients_fault(answer: bytes) -> None:
    with scripted({"greeting": answer}) as (port, _):
        failed = failure(plain(port))
    assert "Connecting" in str(failed)
    assert not failed.permanent


def test_a_port_where_nobody_listens_is_said() -> None:
    failed = failure(plain(free_port()))
    assert "Connecting" in str(failed)
    assert "mail.smtp_port" in str(failed)
    assert not failed.permanent


@pytest.mark.parametrize("host", ["no-such-host.invalid", "..", "a b"])
def test_a_host_that_does_not_exist_is_said(host: str) -> None:
    failed = failure(replace(plain(25), host=host))
    assert "mail.smtp_host" in str(failed)
    assert not failed.permanent


def test_an_unreadable_file_of_certificates_is_said(tmp_path: Path) -> None:
    failed = failure(replace(plain(25), security=Security.TLS, cafile=tmp_path / "missing.pem"))
    assert str(tmp_path / "missing.pem") in str(failed)
    assert not failed.permanent


@pytest.mark.parametrize("silent_on", ["greeting", "EHLO", "MAIL", "RCPT"])
def test_a_server_that_falls_silent_before_the_mail_is_left(silent_on: str) -> None:
    with scripted(POLITE, silent_on=silent_on) as (port, heard):
        failed = failure(replace(plain(port), timeout=timedelta(seconds=0.2)))
    assert "imed out" in str(failed)
    assert not failed.permanent
    assert not isinstance(failed, UncertainDeliveryError)
    assert "DATA" not in heard


def test_silence_after_the_mail_leaves_it_uncertain() -> None:
    with scripted(POLITE, silent_on=".") as (port, _):
        server = replace(plain(port), time_for_data=timedelta(seconds=0.2))
        failed = failure(server)
    assert isinstance(failed, UncertainDeliveryError)
    assert not failed.permanent


def test_the_answer_to_a_mail_may_take_longer_than_the_others() -> None:
    inbox = Inbox(seconds_to_take=0.5)
    with receiving(inbox) as port, SmtpTransport(replace(plain(port), timeout=timedelta(seconds=0.25))) as transport:
        transport.send(MESSAGE)
    assert len(inbox.mails) == 1


@pytest.mark.parametrize("closes_at", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_mail_went_over_is_certain(closes_at: str) -> None:
    with scripted(POLITE | {closes_at: None}) as (port, _):
        failed = failure(plain(port))
    assert not isinstance(failed, UncertainDeliveryError)
    assert not failed.permanent


@pytest.mark.parametrize("closes_at", ["SUBJ", "."])
def test_a_connection_lost_while_the_mail_goes_over_leaves_it_uncertain(closes_at: str) -> None:
    with scripted(POLITE | {closes_at: None}) as (port, _):
        failed = failure(plain(port))
    assert isinstance(failed, UncertainDeliveryError)
    assert not failed.permanent


def test_a_new_connection_is_made_after_one_was_lost() -> None:
    script = POLITE | {".": None}
    with scripted(script) as (port, _), SmtpTransport(plain(port)) as transport:
        with pytest.raises(UncertainDeliveryError):
            transport.send(MESSAGE)
        script["."] = b"250 taken"
        assert transport.send(MESSAGE).answer == "250 taken"


def test_a_long_answer_with_control_characters_becomes_one_short_line() -> None:
    with scripted(POLITE | {"RCPT": b"550-5.1.1 no\x1b[31m\r\n550-5.1.1 " + b"x" * 2000 + b"\r\n550 5.1.1 end"}) as (
        port,
        _,
    ):
        failed = failure(plain(port))
    assert failed.permanent
    assert "\x1b" not in str(failed)
    assert len(str(failed)) < 600
