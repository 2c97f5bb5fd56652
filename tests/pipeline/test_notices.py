from __future__ import annotations

import email
import email.policy
import re
import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from sending import SENDER
from subscribing import Desk

from digest.deliver.receipt import RelayError, UncertainDeliveryError
from digest.errors import DeliveryError, SettingsError
from digest.links import Links
from digest.model.subscriber import NoticeKind, Preferences, SubscriberState, SuppressionReason
from digest.pipeline.notices import Notices, NoticesReport
from digest.render.notice import NoticeRenderer
from digest.store.notices import NoticeStore
from digest.subscriptions import read_question

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

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


def run(
    desk: Desk, post: Post, *, templates: Path = ROOT / "templates", links: Links = LINKS, most: int | None = None
) -> NoticesReport:
    return Notices(
        store=NoticeStore(desk.database),
        suppressions=desk.suppressions,
        renderer=NoticeRenderer(templates),
        links=links,
        sender=SENDER,
        command_address="digest@example.org",
        secret="secret",
        owner="test",
        clock=desk.clock,
    ).run(post, most=most)


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
    key, asked = read_question(
        LINKS.verify_until("confirm", links[0], now=desk.clock.now + timedelta(days=6, hours=23))
    )
    assert desk.use.confirm(key, asked, source="web").state is SubscriberState.CONFIRMED


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
    if kind in (NoticeKind.CONFIRM, NoticeKind.UNSUBSCRIBED):
        desk.use.unsubscribe(key, source="web")
    if kind is NoticeKind.CONFIRM:
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


def test_a_server_that_takes_none_of_several_is_left_alone_for_this_run(desk: Desk) -> None:
    for number in range(5):
        desk.ask(f"reader{number}@example.org")
    away = Post(DeliveryError("no connection", permanent=False))
    assert run(desk, away) == NoticesReport(0, 5, 0)
    assert len(away.mails) == 3
    assert run(desk, Post()).sent == 2
    desk.clock.turn(timedelta(minutes=5))
    assert run(desk, Post()).sent == 3


def test_a_server_that_can_t_be_reached_for_days_loses_no_notice(desk: Desk) -> None:
    desk.ask(ADA)
    for _ in range(20):
        assert run(desk, Post(RelayError("could not be reached"))) == NoticesReport(0, 1, 0)
        desk.clock.turn(timedelta(minutes=5))
    assert run(desk, Post()).sent == 1


def test_a_server_that_is_always_busy_is_given_up_at_last(desk: Desk) -> None:
    desk.ask(ADA)
    ended = []
    for _ in range(10):
        ended.append(run(desk, Post(DeliveryError("451 later", permanent=False))).failed)
        desk.clock.turn(timedelta(days=1))
    assert sum(ended) == 1


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
    desk.confirm(ADA)
    assert run(desk, Post()) == NoticesReport(0, 0, 1)


def test_who_left_meanwhile_is_not_told_that_the_digest_comes(desk: Desk) -> None:
    key = desk.confirmed(ADA).key
    desk.ask(ADA)
    desk.use.pause(key, None, source="mail", notice=NoticeKind.PAUSED)
    desk.use.unsubscribe(key, source="web")
    assert run(desk, Post()) == NoticesReport(0, 0, 2)


def test_an_address_that_was_suppressed_meanwhile_hears_nothing(desk: Desk) -> None:
    desk.ask(ADA)
    desk.use.suppress(ADA, SuppressionReason.OPERATOR, detail="")
    desk.ask("bo@example.org")
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE subscribers SET state = 'confirmed'")
        connection.exec_driver_sql("UPDATE notices SET kind = 'help'")
    post = Post()
    assert run(desk, post) == NoticesReport(1, 0, 1)
    assert post.mails[0].recipient == "bo@example.org"


def test_an_erased_person_who_asks_again_is_asked_back(desk: Desk) -> None:
    desk.use.erase(desk.confirmed(ADA).key)
    desk.ask(ADA)
    assert run(desk, Post()).sent == 1


def test_a_sender_that_was_too_slow_settles_nothing_of_the_next(desk: Desk) -> None:
    desk.ask(ADA)
    store = NoticeStore(desk.database)
    slow = store.claim("slow", now=desk.clock.now, lease_until=desk.clock.now + timedelta(minutes=15))
    assert slow
    desk.clock.turn(timedelta(minutes=15))
    assert store.claim("next", now=desk.clock.now, lease_until=desk.clock.now + timedelta(minutes=15))
    assert not store.attempt("slow", slow.notice_id, "a" * 24)
    store.settle("slow", slow.notice_id, "failed", "too slow")
    desk.clock.turn(timedelta(minutes=15))
    assert run(desk, Post()).sent == 1


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Templates of which one can't be used."""
    folder = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", folder)
    (folder / "email" / "help" / "body.txt").write_text("{{ notice.nothing_like_it }}")
    return folder


def test_a_notice_that_can_not_be_written_stops_no_other_and_is_given_up_in_the_end(desk: Desk, broken: Path) -> None:
    key = desk.confirmed("bo@example.org").key
    desk.use.send_notice(key, NoticeKind.HELP, source="mail")
    desk.ask(ADA)
    post = Post()
    assert run(desk, post, templates=broken) == NoticesReport(1, 1, 0)
    assert post.mails[0].recipient == ADA
    ends = []
    for _ in range(9):
        desk.clock.turn(timedelta(days=1))
        ends.append(run(desk, post, templates=broken))
    assert [one.failed for one in ends] == [0] * 6 + [1, 0, 0]


def test_a_setting_that_stops_all_notices_loses_none(desk: Desk) -> None:
    desk.ask(ADA)
    with pytest.raises(SettingsError, match="https"):
        run(desk, Post(), links=Links("http://digest.example.org", ["secret"]))
    desk.clock.turn(timedelta(minutes=5))
    assert run(desk, Post()).sent == 1


def test_as_many_are_sent_as_asked_for(desk: Desk) -> None:
    for number in range(5):
        desk.ask(f"reader{number}@example.org")
    assert run(desk, Post(), most=2).sent == 2
    assert run(desk, Post()).sent == 3


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
