from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from subscribing import START, Desk

from digest.addresses import read_address
from digest.model.subscriber import NoticeKind, Preferences, Subscriber, SubscriberEvent, SubscriberState
from digest.store.subscribers import Happening

if TYPE_CHECKING:
    from digest.store.database import Database

ADA = "ada@example.org"
ASKED = Happening(at=START, source="web", event=SubscriberEvent.ASKED, notice=NoticeKind.CONFIRM, wishes=Preferences())


def test_of_many_who_add_the_same_mailbox_at_once_one_does(any_database: Database) -> None:
    desk = Desk(any_database)

    def add(number: int) -> bool:
        new = Subscriber(f"key{number}", ADA, SubscriberState.UNCONFIRMED, Preferences(), "web", START)
        return desk.store.add(new, read_address(ADA), ASKED)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(add, range(8))) == [False] * 7 + [True]
    assert desk.take_notices() == [(NoticeKind.CONFIRM, ADA)]
    assert len(desk.store.find_events(desk.use.find(ADA).key)) == 1


def test_of_many_who_press_the_same_button_at_once_one_confirms(any_database: Database) -> None:
    desk = Desk(any_database)
    desk.ask(ADA)
    key, question = desk.use.find(ADA).key, desk.question(ADA)
    with ThreadPoolExecutor(8) as pool:
        states = {one.state for one in pool.map(lambda _: desk.use.confirm(key, question, source="web"), range(8))}
    assert states == {SubscriberState.CONFIRMED}
    assert [one.what for one in desk.store.find_events(key)] == [SubscriberEvent.ASKED, SubscriberEvent.CONFIRMED]


def test_who_never_confirmed_is_forgotten_after_a_while(any_database: Database) -> None:
    desk = Desk(any_database)
    desk.ask(ADA)
    desk.ask("bo@example.org")
    desk.confirmed("cleo@example.org")
    desk.use.write_down("dan@example.org", Preferences(), source="web")
    desk.clock.turn(timedelta(days=29))
    desk.ask("bo@example.org")
    desk.clock.turn(timedelta(days=2))
    assert desk.store.forget_unconfirmed(before=desk.clock.now - timedelta(days=30)) == 1
    assert sorted(one.address for one in desk.store.find_all()) == ["bo@example.org", "cleo@example.org"]
    assert desk.use.take_questions() == 0


def test_what_was_asked_for_one_who_left_is_forgotten_when_nobody_answers(any_database: Database) -> None:
    desk = Desk(any_database)
    desk.use.unsubscribe(desk.confirmed(ADA).key, source="web")
    desk.ask(ADA)
    key, question = desk.use.find(ADA).key, desk.question(ADA)
    assert desk.store.find_question(key, question)
    desk.clock.turn(timedelta(days=31))
    assert desk.store.forget_unconfirmed(before=desk.clock.now - timedelta(days=30)) == 0
    assert desk.store.find_question(key, question) is None
