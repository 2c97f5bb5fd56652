from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from sending import SENDER
from subscribing import Desk

from digest.deliver.receipt import UncertainDeliveryError
from digest.errors import DeliveryError
from digest.links import Links
from digest.model.subscriber import NoticeKind, Preferences, SubscriberState
from digest.pipeline.notices import Notices, NoticesReport
from digest.render.notice import NoticeRenderer
from digest.store.notices import NoticeStore

if TYPE_CHECKING:
    from email.message import EmailMessage

    from digest.model.mail import Message
    from digest.store.database import Database

ADA = "ada@example.org"
LINKS = Links("https://digest.example.org", ["secret"])


@dataclass
class Post:
    """Takes every mail, or fails as told."""

    failure: DeliveryError | None = None
    mails: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.mails.append(message)
        if self.failure:
            raise self.failure

    def read(self) -> EmailMessage:
        found = email.message_from_bytes(self.mails[-1].content, policy=email.policy.default)
        assert isinstance(found, email.message.EmailMessage)
        return found


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def run(desk: Desk, post: Post) -> NoticesReport:
    return Notices(
        store=NoticeStore(desk.database),
        renderer=NoticeRenderer(ROOT / "templates"),
        links=LINKS,
        sender=SENDER,
        command_address="digest@example.org",
        secret="secret",
        owner="test",
        clock=desk.clock,
    ).run(post)


def body(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found
    return str(found.get_content())


def test_the_question_leads_to_a_confirmation_and_offers_no_way_to_leave_what_was_not_joined(desk: Desk) -> None:
    desk.ask(ADA)
    post = Post()
    assert run(desk, post) == NoticesReport(1, 0, 0)
    mail = post.read()
    assert (mail["To"], mail["Auto-Submitted"]) == (ADA, "auto-generated")
    assert "List-Unsubscribe" not in mail
    links = re.findall(r"https://digest\.example\.org/subscriptions/confirm/(\S+)", body(mail, "plain"))
    assert len(links) == 1
    assert f"confirm/{links[0]}" in body(mail, "html")
    key = LINKS.verify_until("confirm", links[0], now=desk.clock.now + timedelta(days=6, hours=23))
    assert desk.use.confirm(key, source="web").state is SubscriberState.CONFIRMED


def test_nothing_a_stranger_typed_stands_in_the_mail(desk: Desk) -> None:
    desk.ask(ADA, Preferences(keywords=("BUY-NOW",), followed_authors=("Visit evil example",)), source="CLICK-HERE")
    post = Post()
    run(desk, post)
    for text in (body(post.read(), "plain"), body(post.read(), "html"), post.read()["Subject"]):
        assert not re.search("BUY-NOW|evil|CLICK-HERE", text)


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_says_the_same_in_both_parts(desk: Desk, kind: NoticeKind) -> None:
    key = desk.confirmed(ADA, Preferences(language="de")).key
    desk.use.pause(key, date(2026, 12, 24), source="mail")
    if kind is NoticeKind.CONFIRM:
        desk.use.unsubscribe(key, source="web")
        desk.ask(ADA)
    else:
        desk.use.send_notice(key, kind, source="test")
    post = Post()
    assert run(desk, post).sent == 1
    mail = post.read()
    text, html = body(mail, "plain"), body(mail, "html")
    assert max(map(len, (line for line in text.splitlines() if "http" not in line))) <= 74
    targets = set(re.findall(r'href="([^"]+)"', html))
    assert targets
    assert all(target in text for target in targets)
    assert "1 Tide Street" in text
    assert "1 Tide Street" in html
    if kind is NoticeKind.PAUSED:
        assert "before Donnerstag, 24. Dezember 2026" in text


def test_a_server_that_is_busy_is_asked_again_later(desk: Desk) -> None:
    desk.ask(ADA)
    busy = Post(DeliveryError("451 later", permanent=False))
    assert run(desk, busy) == NoticesReport(0, 1, 0)
    assert run(desk, busy) == NoticesReport(0, 0, 0)
    desk.clock.turn(timedelta(minutes=5))
    post = Post()
    assert run(desk, post).sent == 1
    assert post.mails[0].message_id == busy.mails[0].message_id


def test_an_address_that_is_refused_gets_no_second_try(desk: Desk) -> None:
    desk.ask(ADA)
    assert run(desk, Post(DeliveryError("550 unknown", permanent=True))) == NoticesReport(0, 0, 1)
    desk.clock.turn(timedelta(days=1))
    assert run(desk, Post()) == NoticesReport(0, 0, 0)


def test_a_mail_that_may_have_arrived_is_sent_once_more(desk: Desk) -> None:
    desk.ask(ADA)
    assert run(desk, Post(UncertainDeliveryError("broke off"))).later == 1


def test_a_question_that_was_answered_meanwhile_is_not_sent(desk: Desk) -> None:
    desk.ask(ADA)
    desk.use.confirm(desk.use.find(ADA).key, source="operator")
    assert run(desk, Post()) == NoticesReport(0, 0, 1)


def test_a_sender_that_died_leaves_its_notice_to_the_next(desk: Desk) -> None:
    desk.ask(ADA)
    NoticeStore(desk.database).claim("dead", now=desk.clock.now, lease_until=desk.clock.now + timedelta(minutes=15))
    assert run(desk, Post()).sent == 0
    desk.clock.turn(timedelta(minutes=15))
    assert run(desk, Post()).sent == 1


def test_an_international_address_stands_in_the_mail_as_it_is(desk: Desk) -> None:
    desk.ask("δοκιμή@παράδειγμα.gr")
    post = Post()
    assert run(desk, post).sent == 1
    assert post.mails[0].recipient == "δοκιμή@xn--hxajbheg2az3al.gr"
    assert "To: δοκιμή@xn--hxajbheg2az3al.gr\r\n".encode() in post.mails[0].content
