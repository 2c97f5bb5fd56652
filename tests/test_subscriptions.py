from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert
from subscribing import START, Desk

from digest.errors import InputError
from digest.model.subscriber import (
    NoticeKind,
    Preferences,
    SubscriberEvent,
    SubscriberState,
    SuppressionReason,
)
from digest.store.mail_schema import suppressions
from digest.subscriptions import TooOftenError

if TYPE_CHECKING:
    from digest.store.database import Database

ADA = "ada@example.org"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def state(desk: Desk, address: str = ADA) -> SubscriberState:
    return desk.use.find(address).state


def test_asking_sends_a_question_and_nothing_else_before_it_is_confirmed(desk: Desk) -> None:
    desk.ask(" Ada@EXAMPLE.org ", Preferences(topics=("vision",)))
    assert desk.take_notices() == [(NoticeKind.CONFIRM, "Ada@example.org")]
    assert state(desk) is SubscriberState.UNCONFIRMED
    confirmed = desk.confirm(ADA)
    assert (confirmed.state, confirmed.confirmed_at) == (SubscriberState.CONFIRMED, START)
    assert desk.use.find(ADA).preferences == Preferences(topics=("vision",))
    assert [one.what for one in desk.store.find_events(confirmed.key)] == [
        SubscriberEvent.ASKED,
        SubscriberEvent.CONFIRMED,
    ]


def test_confirming_twice_is_confirming_once(desk: Desk) -> None:
    desk.confirmed()
    desk.clock.turn(timedelta(hours=1))
    assert desk.confirm(ADA).confirmed_at == START


def test_every_spelling_of_a_mailbox_is_one_subscriber(desk: Desk) -> None:
    desk.ask("ADA@example.org")
    desk.ask("ada@EXAMPLE.org")
    assert sum(desk.store.count().values()) == 1


def test_who_has_the_digest_is_told_so_and_keeps_what_was_chosen(desk: Desk) -> None:
    desk.confirmed(preferences=Preferences(papers=5))
    desk.ask(preferences=Preferences(papers=9))
    assert desk.take_notices() == [(NoticeKind.ALREADY, ADA)]
    assert desk.use.find(ADA).preferences.papers == 5


def test_nobody_can_have_an_address_flooded(desk: Desk) -> None:
    for _ in range(10):
        desk.ask()
    assert desk.take_notices() == [(NoticeKind.CONFIRM, ADA)] * 3
    desk.clock.turn(timedelta(days=1))
    desk.ask()
    assert len(desk.take_notices()) == 1


def test_a_network_that_asks_for_many_is_told_to_come_back_later(desk: Desk) -> None:
    for _ in range(20):
        desk.use.admit("192.0.2.0/24")
    with pytest.raises(TooOftenError, match="in an hour"):
        desk.use.admit("192.0.2.0/24")
    desk.use.admit("198.51.100.0/24")
    desk.clock.turn(timedelta(hours=1))
    desk.use.admit("192.0.2.0/24")


def test_what_is_beyond_a_domains_share_waits_for_its_turn(desk: Desk) -> None:
    for number in range(205):
        desk.ask(f"reader{number}@example.org")
    assert len(desk.take_notices()) == 200
    desk.ask("ada@example.com")
    assert [address for _, address in desk.take_notices()] == ["ada@example.com"]
    desk.clock.turn(timedelta(hours=1))
    assert [address for _, address in desk.take_notices()] == [
        f"reader{number}@example.org" for number in range(200, 205)
    ]


def test_tags_and_dots_make_no_more_room_at_one_inbox(desk: Desk) -> None:
    for number in range(10):
        desk.ask(f"ada+{number}@example.org")
        desk.ask(f"{'.'.join('adalovelace'[: number + 1])}{'adalovelace'[number + 1 :]}@gmail.com")
    assert len(desk.take_notices()) == 3 + 3


def test_questions_by_mail_are_limited_all_together(desk: Desk) -> None:
    for number in range(65):
        desk.ask(f"ada@made-up-{number}.example.org", source="mail")
    assert len(desk.take_notices()) == 60
    desk.ask("bo@example.org")
    assert len(desk.take_notices()) == 1
    desk.clock.turn(timedelta(hours=1))
    desk.ask("cleo@example.org", source="mail")
    assert len(desk.take_notices()) == 1


@pytest.mark.parametrize("wrong", ["", "ada", "ada@", "a@b@c.org", "ada@example.org\nBcc: bo@example.org"])
def test_what_is_no_address_is_explained(desk: Desk, wrong: str) -> None:
    with pytest.raises(InputError, match="Write it like"):
        desk.ask(wrong)
    assert desk.store.count() == {}


@pytest.mark.parametrize("wrong", ["👍@example.org", f"{'a' * 65}@example.org"])
def test_what_no_mail_can_be_sent_to_is_refused_at_once(desk: Desk, wrong: str) -> None:
    with pytest.raises(InputError, match="No mail can be sent to it"):
        desk.ask(wrong)


@pytest.mark.parametrize(("one", "other"), [("a@faß.de", "a@fass.de"), ("ſ@example.org", "s@example.org")])
def test_letters_that_only_count_as_equal_make_two_mailboxes(desk: Desk, one: str, other: str) -> None:
    desk.ask(one)
    desk.ask(other)
    assert len(desk.take_notices()) == 2
    assert sum(desk.store.count().values()) == 2


def test_an_international_address_can_ask(desk: Desk) -> None:
    desk.ask("δοκιμή@παράδειγμα.gr")
    assert desk.take_notices() == [(NoticeKind.CONFIRM, "δοκιμή@παράδειγμα.gr")]


def test_who_leaves_gets_nothing_and_may_take_it_back(desk: Desk) -> None:
    key = desk.confirmed().key
    desk.use.unsubscribe(key, source="one click")
    desk.use.unsubscribe(key, source="one click")
    assert state(desk) is SubscriberState.UNSUBSCRIBED
    assert desk.use.resume(key, source="web").state is SubscriberState.CONFIRMED
    desk.use.unsubscribe("unknown", source="one click")


def test_who_left_is_asked_again_before_mail_comes(desk: Desk) -> None:
    key = desk.confirmed().key
    desk.use.unsubscribe(key, source="web")
    with pytest.raises(InputError, match="no longer good"):
        desk.confirm(ADA)
    desk.ask()
    assert desk.take_notices() == [(NoticeKind.CONFIRM, ADA)]
    assert state(desk) is SubscriberState.UNSUBSCRIBED
    assert desk.confirm(ADA).state is SubscriberState.CONFIRMED


def test_a_pause_has_an_end_in_the_future(desk: Desk) -> None:
    key = desk.confirmed().key
    with pytest.raises(InputError, match="not in the future"):
        desk.use.pause(key, START.date(), source="web")
    assert desk.use.pause(key, date(2026, 12, 24), source="web").paused_until == date(2026, 12, 24)
    assert desk.use.resume(key, source="web").paused_until is None


def test_who_never_confirmed_can_neither_pause_nor_resume(desk: Desk) -> None:
    desk.ask()
    key = desk.use.find(ADA).key
    with pytest.raises(InputError, match="isn't running"):
        desk.use.pause(key, None, source="web")
    with pytest.raises(InputError, match="can't be taken up"):
        desk.use.resume(key, source="web")


def test_a_suppressed_address_hears_nothing_until_that_is_lifted(desk: Desk) -> None:
    desk.confirmed()
    desk.use.suppress("ADA@example.org", SuppressionReason.COMPLAINT, detail="abuse report")
    assert state(desk) is SubscriberState.SUPPRESSED
    desk.ask()
    assert desk.take_notices() == []
    desk.use.lift(ADA, source="operator")
    assert state(desk) is SubscriberState.CONFIRMED
    with pytest.raises(InputError, match="there is none"):
        desk.use.lift(ADA, source="operator")


def test_an_address_can_be_suppressed_before_it_ever_asks(desk: Desk) -> None:
    desk.use.suppress(ADA, SuppressionReason.OPERATOR, detail="asked by phone")
    desk.ask()
    assert desk.store.count() == {}
    assert [(one.mailbox, one.reason) for one in desk.suppressions.find_all()] == [(ADA, SuppressionReason.OPERATOR)]


def test_of_an_erased_person_only_a_hash_is_left(desk: Desk, database: Database) -> None:
    key = desk.confirmed().key
    desk.use.erase(key)
    assert desk.store.count() == {}
    (left,) = desk.suppressions.find_all()
    assert (left.mailbox, left.reason) == (None, SuppressionReason.ERASED)
    assert desk.suppressions.find(ADA) == left
    assert "ada@" not in dump(database)


def dump(database: Database) -> str:
    with database.read() as connection:
        return "\n".join(connection.connection.iterdump()).lower()


def test_an_erased_person_may_come_back_by_confirming(desk: Desk) -> None:
    desk.use.erase(desk.confirmed().key)
    desk.clock.turn(timedelta(days=1))
    desk.confirmed()
    assert state(desk) is SubscriberState.CONFIRMED
    assert desk.suppressions.find(ADA) is None


def test_who_was_suppressed_or_erased_is_known_under_any_secret(database: Database) -> None:
    before = Desk(database, keys=("old",))
    before.use.suppress("bo@example.org", SuppressionReason.BOUNCE, detail="550")
    before.use.erase(before.confirmed().key)
    after = Desk(database, keys=("new",))
    for address in (ADA, "bo@example.org"):
        assert after.suppressions.find(address) is not None


def test_what_an_older_version_hashed_with_the_secret_is_found_by_it_and_moved_when_it_changes(
    database: Database,
) -> None:
    told = {"reason": "erased", "since": START, "detail": ""}
    hashed = hmac.digest(b"old", f"suppression\n{ADA}".encode(), hashlib.sha256).hex()
    with database.write() as connection:
        connection.execute(insert(suppressions).values(mailbox_hash=hashed, mailbox=None, **told))
    assert Desk(database, keys=("new",)).suppressions.find(ADA) is None
    desk = Desk(database, keys=("new", "old"))
    assert desk.suppressions.find(ADA) is not None
    desk.use.erase(desk.confirmed().key)
    assert len(desk.suppressions.find_all()) == 1
    assert Desk(database, keys=("new",)).suppressions.find(ADA) is not None


def test_asking_for_a_link_sends_one(desk: Desk) -> None:
    key = desk.confirmed().key
    desk.use.send_notice(key, NoticeKind.SIGN_IN, source="web")
    assert desk.take_notices() == [(NoticeKind.SIGN_IN, ADA)]
