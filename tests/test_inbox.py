"""The whole way back: a mail of ours that returns to a maildir, an IMAP folder or over LMTP counts."""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from factory_editions import make_edition, make_entry
from imap_server import HOST, PASSWORD, USERNAME, Mailboxes, serving
from smtp_servers import free_port

from digest.addresses import read_address
from digest.bootstrap.post import Post
from digest.bootstrap.service import open_service
from digest.model.subscriber import (
    Preferences,
    Schedule,
    Subscriber,
    SubscriberEvent,
    SubscriberState,
    SuppressionReason,
)
from digest.settings.load import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.enable_socket
ADA = "ada@example.org"


@pytest.fixture
def mailboxes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Mailboxes, int]]:
    """An IMAP server that this machine trusts."""
    mailboxes = Mailboxes()
    with serving(mailboxes) as (port, context):
        (authority,) = context.get_ca_certs(binary_form=True)
        (tmp_path / "authority.pem").write_text(ssl.DER_cert_to_PEM_cert(authority))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        yield mailboxes, port


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mailboxes: tuple[Mailboxes, int]) -> Iterator[Post]:
    """A service whose digest went to Ada, with a maildir, an IMAP folder and an LMTP port."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Maildir" / "new").mkdir(parents=True)
    (tmp_path / "Maildir" / "cur").mkdir()
    environment = {
        "DIGEST_INBOX__MAILDIR": "Maildir",
        "DIGEST_INBOX__IMAP_HOST": HOST,
        "DIGEST_INBOX__IMAP_PORT": str(mailboxes[1]),
        "DIGEST_INBOX__IMAP_USERNAME": USERNAME,
        "DIGEST_INBOX__IMAP_PASSWORD": PASSWORD,
        "DIGEST_INBOX__LMTP_PORT": str(free_port()),
    }
    with open_service(load_settings(file=None, environment=environment)) as service:
        post = Post(service)
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        subscribe(post, hour)
        entry = make_entry(1)
        save(post, entry, hour - timedelta(seconds=1))
        assert post.send().handed_over == 1
        yield post


def subscribe(post: Post, hour: datetime) -> None:
    preferences = Preferences(schedule=Schedule(hour=hour.hour))
    ada = Subscriber("ada", ADA, SubscriberState.CONFIRMED, preferences, "test", hour, confirmed_at=hour)
    post.subscribers.add_many([(ada, read_address(ADA))], event=SubscriberEvent.IMPORTED)


def save(post: Post, entry: Any, published_at: datetime) -> None:
    from factories import make_paper  # noqa: PLC0415 - beside its use

    post.service.announcements.save_details([make_paper(entry.card.paper_id)], now=published_at)
    post.service.editions.save(make_edition(entry, on=published_at.date()), now=published_at)


def bounce(post: Post) -> tuple[str, bytes]:
    """The return path of the mail that went out, and the report that comes back to it."""
    sent = post.sent_mails.find_sent(datetime.now(UTC).date(), "ada") or post.sent_mails.find_sent(
        (datetime.now(UTC) - timedelta(hours=1)).date(), "ada"
    )
    assert sent
    return_path = post.writer.rewrite(sent).return_path
    report = (
        f"Delivered-To: {return_path}\r\nFrom: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; {ADA}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    return return_path, report.encode()


def reason(post: Post) -> SuppressionReason | None:
    found = post.suppressions.find(ADA)
    return found.reason if found else None


def test_a_bounce_in_the_maildir_suppresses_and_is_settled(post: Post, tmp_path: Path) -> None:
    _, report = bounce(post)
    (tmp_path / "Maildir" / "new" / "1.x.example").write_bytes(report)
    assert post.inbox.read() == {"bounce": 1}
    assert reason(post) is SuppressionReason.BOUNCE
    assert list((tmp_path / "Maildir" / "new").iterdir()) == []
    assert post.inbox.read() == {}


def test_a_bounce_in_the_imap_folder_suppresses_and_is_seen(post: Post, mailboxes: tuple[Mailboxes, int]) -> None:
    mailboxes[0].put(bounce(post)[1])
    assert post.inbox.read() == {"bounce": 1}
    assert reason(post) is SuppressionReason.BOUNCE
    assert post.inbox.read() == {}


@pytest.mark.parametrize("sender", ["printer@office.local", "root@mx.invalid", "x@nowhere.test"])
def test_a_mail_from_an_address_that_can_have_none_stops_no_other(post: Post, tmp_path: Path, sender: str) -> None:
    new = tmp_path / "Maildir" / "new"
    (new / "1.x.example").write_bytes(
        f"From: {sender}\r\nTo: digest@example.org\r\nSubject: subscribe\r\n\r\nx".encode()
    )
    (new / "2.x.example").write_bytes(bounce(post)[1])
    assert post.inbox.read() == {"none": 1, "bounce": 1}
    assert list(new.iterdir()) == []


def test_a_mail_that_can_not_be_dealt_with_waits_and_stops_no_other(
    post: Post, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    new = tmp_path / "Maildir" / "new"
    with post.service.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER out_of_order BEFORE INSERT ON incoming WHEN NEW.kind = 'none' "
            "BEGIN SELECT RAISE(ABORT, 'out of order'); END"
        )
    (new / "1.x.example").write_bytes(b"From: bo@example.net\r\nSubject: A question\r\n\r\nx")
    (new / "2.x.example").write_bytes(bounce(post)[1])
    assert post.inbox.read() == {"left": 1, "bounce": 1}
    assert [file.name for file in new.iterdir()] == ["1.x.example"]
    assert "left in the inbox" in caplog.text
    with post.service.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER out_of_order")
    assert post.inbox.read() == {"none": 1}


def test_a_bounce_over_lmtp_suppresses(post: Post) -> None:
    return_path, report = bounce(post)
    with post.inbox.lmtp(), smtplib.LMTP("127.0.0.1", post.service.settings.inbox.lmtp_port) as client:
        assert client.sendmail("", [return_path], report) == {}
    assert reason(post) is SuppressionReason.BOUNCE


def test_what_nobody_needs_any_more_is_tidied_up(post: Post) -> None:
    post.subscriptions.ask("bo@example.org", Preferences(), source="test")
    assert post.tidy_up() == 0
    assert post.subscribers.forget_unconfirmed(before=datetime.now(UTC) + timedelta(days=1)) == 1
    assert post.subscribers.find_by_mailbox("bo@example.org") is None
    assert post.subscribers.find_by_mailbox(ADA)
