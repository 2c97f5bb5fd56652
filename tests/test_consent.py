"""Nobody's word counts for another: what strangers ask, and what happens at the same moment, changes no consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from factories import THURSDAY
from factory_editions import make_entry
from sending import Handed, Office
from subscribing import START, Desk

from digest.errors import InputError
from digest.model.subscriber import (
    NoticeKind,
    Preferences,
    Schedule,
    SubscriberEvent,
    SubscriberState,
    SuppressionReason,
)
from digest.store.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from digest.pipeline.due import DueDeliveries
    from digest.store.database import Database

ADA = "ada@example.org"
MINE, THEIRS = Preferences(keywords=("tides",), papers=5), Preferences(topics=("vision",), papers=9)


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


def left(desk: Desk) -> str:
    """The key of Ada, who had the digest and left."""
    key = desk.confirmed(ADA, MINE).key
    desk.clock.turn(timedelta(days=1))
    desk.use.unsubscribe(key, source="web")
    return key


def events(desk: Desk, key: str) -> list[tuple[SubscriberEvent, str]]:
    return [(one.what, one.source) for one in desk.store.find_events(key)]


def meanwhile(desk: Desk, happen: Callable[[int], object]) -> Desk:
    """A desk at which something else happens whenever it looks at the clock."""
    calls = 0

    def clock() -> datetime:
        nonlocal calls
        calls += 1
        happen(calls)
        return desk.clock.now

    other = Desk(desk.database, desk.clock)
    other.use = replace(other.use, clock=clock)
    return other


def test_a_stranger_who_asks_for_one_who_left_changes_nothing(desk: Desk) -> None:
    key = left(desk)
    before, told = desk.use.find(ADA), events(desk, key)
    desk.clock.turn(timedelta(days=1))
    desk.ask(ADA, THEIRS, source="mail")
    assert desk.take_notices() == [(NoticeKind.CONFIRM, ADA)]
    assert desk.use.find(ADA) == before
    assert events(desk, key) == told
    assert desk.use.resume(key, source="web").preferences == MINE


def test_the_record_of_one_who_left_outlives_a_question_that_nobody_answers(desk: Desk) -> None:
    key = left(desk)
    desk.ask(ADA, THEIRS)
    desk.clock.turn(timedelta(days=31))
    assert desk.store.forget_unconfirmed(before=desk.clock.now - timedelta(days=30)) == 0
    assert len(events(desk, key)) == 3


def test_who_comes_back_by_the_link_gets_what_was_asked_for_with_it(desk: Desk) -> None:
    key = left(desk)
    desk.clock.turn(timedelta(days=1))
    desk.ask(ADA, THEIRS, source="mail")
    asked_at = desk.clock.now
    desk.take_notices()
    desk.clock.turn(timedelta(days=1))
    back = desk.confirm(ADA)
    assert (back.state, back.preferences, back.source) == (SubscriberState.CONFIRMED, THEIRS, "mail")
    assert (back.asked_at, back.confirmed_at) == (asked_at, desk.clock.now)
    assert desk.use.find(ADA) == back
    assert [(one.what, one.at) for one in desk.store.find_events(key)][-2:] == [
        (SubscriberEvent.ASKED, asked_at),
        (SubscriberEvent.CONFIRMED, desk.clock.now),
    ]


def test_each_link_confirms_what_was_asked_for_with_it(desk: Desk) -> None:
    desk.ask(ADA, MINE)
    first = desk.question(ADA)
    desk.ask(ADA, THEIRS, source="mail")
    key = desk.use.find(ADA).key
    assert desk.use.confirm(key, first, source="web").preferences == MINE


def test_leaving_makes_every_link_that_was_sent_before_useless(desk: Desk) -> None:
    desk.ask(ADA, MINE)
    key, first = desk.use.find(ADA).key, desk.question(ADA)
    desk.use.unsubscribe(key, source="mail")
    desk.ask(ADA, THEIRS)
    second = desk.question(ADA)
    desk.use.unsubscribe(key, source="mail")
    for question in (first, second, 4711):
        with pytest.raises(InputError, match="no longer good"):
            desk.use.confirm(key, question, source="web")
    assert desk.use.find(ADA).state is SubscriberState.UNSUBSCRIBED


def test_a_link_that_was_used_brings_nobody_back(desk: Desk) -> None:
    key = desk.confirmed(ADA).key
    used = desk.question(ADA)
    desk.use.unsubscribe(key, source="web")
    with pytest.raises(InputError, match="no longer good"):
        desk.use.confirm(key, used, source="web")


def test_a_link_of_another_subscriber_confirms_nobody(desk: Desk) -> None:
    desk.ask(ADA)
    desk.ask("bo@example.org")
    with pytest.raises(InputError, match="no longer good"):
        desk.use.confirm(desk.use.find(ADA).key, desk.question("bo@example.org"), source="web")


def test_lifting_a_suppression_brings_back_what_was_before_it(desk: Desk) -> None:
    left(desk)
    bo = desk.confirmed("bo@example.org").key
    desk.use.pause(bo, date(2026, 12, 24), source="web")
    desk.ask("cleo@example.org")
    desk.confirmed("dan@example.org")
    states = {"ada": "unsubscribed", "bo": "paused", "cleo": "unconfirmed", "dan": "confirmed"}
    for name in states:
        desk.use.suppress(f"{name}@example.org", SuppressionReason.COMPLAINT, detail="")
        assert desk.use.find(f"{name}@example.org").state is SubscriberState.SUPPRESSED
    desk.use.suppress("bo@example.org", SuppressionReason.BOUNCE, detail="once more")
    for name in states:
        desk.use.lift(f"{name}@example.org", source="operator")
    assert {name: desk.use.find(f"{name}@example.org").state.value for name in states} == states
    assert desk.use.find("bo@example.org").paused_until == date(2026, 12, 24)


def test_who_leaves_while_suppressed_has_left_when_that_is_lifted(desk: Desk) -> None:
    key = desk.confirmed(ADA).key
    desk.use.suppress(ADA, SuppressionReason.BOUNCE, detail="550")
    for _ in range(2):
        desk.use.unsubscribe(key, source="one-click", notice=NoticeKind.UNSUBSCRIBED)
    assert desk.use.find(ADA).state is SubscriberState.SUPPRESSED
    assert events(desk, key)[3:] == [(SubscriberEvent.UNSUBSCRIBED, "one-click")]
    assert desk.take_notices() == []
    desk.use.lift(ADA, source="operator")
    assert desk.use.find(ADA).state is SubscriberState.UNSUBSCRIBED


def test_only_a_pause_and_leaving_can_be_taken_back(desk: Desk) -> None:
    key = desk.confirmed(ADA).key
    desk.use.suppress(ADA, SuppressionReason.BOUNCE, detail="550")
    with pytest.raises(InputError, match="can't be taken up"):
        desk.use.resume(key, source="web")
    assert desk.use.find(ADA).state is SubscriberState.SUPPRESSED


def test_a_complaint_counts_whatever_happens_at_the_same_moment(desk: Desk) -> None:
    key = desk.confirmed(ADA).key

    def turn_about(number: int) -> None:
        if number % 2:
            desk.use.pause(key, None, source="web")
        else:
            desk.use.resume(key, source="web")

    meanwhile(desk, turn_about).use.suppress(ADA, SuppressionReason.COMPLAINT, detail="reported as unwanted")
    assert desk.use.find(ADA).state is SubscriberState.SUPPRESSED
    assert events(desk, key)[-1] == (SubscriberEvent.SUPPRESSED, "complaint: reported as unwanted")


def test_a_strangers_question_undoes_nothing_that_is_saved_at_the_same_moment(desk: Desk) -> None:
    key = desk.confirmed(ADA, MINE).key
    saved = []

    def save(number: int) -> None:
        saved.append(number)
        desk.use.change(key, replace(MINE, papers=number), source="web")

    other = meanwhile(desk, save)
    other.ask(ADA, THEIRS)
    other.use.send_notice(key, NoticeKind.HELP, source="mail")
    assert desk.use.find(ADA).preferences.papers == saved[-1]


def test_a_change_is_made_again_when_somebody_else_was_quicker(desk: Desk) -> None:
    key = desk.confirmed(ADA, MINE).key

    def pause_once(number: int) -> None:
        if number == 1:
            desk.use.pause(key, date(2026, 12, 24), source="web")

    changed = meanwhile(desk, pause_once).use.change(key, THEIRS, source="web")
    assert (changed.state, changed.preferences) == (SubscriberState.PAUSED, THEIRS)
    assert desk.use.find(ADA) == changed


def test_of_somebody_erased_nothing_is_left_but_the_sums(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path)
    wishes = Preferences(keywords=("Paper",), schedule=Schedule(hour=12))
    key = office.desk.confirmed("me@vanity.example", wishes).key
    office.publish(THURSDAY, make_entry(1))
    office.send()
    office.deliveries.back_off("vanity.example", until=START + timedelta(hours=1))
    office.desk.clock.turn(timedelta(days=1))
    office.desk.use.erase(key)
    held = dump(database)
    for known in ("vanity", key, "“paper”"):
        assert known not in held
    assert sum(office.counts(THURSDAY).states.values()) == 1


def dump(database: Database) -> str:
    with database.read() as connection:
        return "\n".join(
            str(row) for table in metadata.sorted_tables for row in connection.execute(table.select())
        ).lower()


def test_mail_that_is_claimed_when_somebody_is_erased_is_taken_out(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path)
    key = office.desk.confirmed(ADA, Preferences(schedule=Schedule(hour=12))).key
    office.publish(THURSDAY, make_entry(1))

    def erase_while_holding(due: DueDeliveries) -> Handed:
        tickets = due.claim(10)
        office.desk.use.erase(key)
        due.release(tickets)
        return Handed("asked to")

    office.send(erase_while_holding)
    office.send()
    assert office.engine.mails == []
    assert office.counts(THURSDAY).excluded == {"erased": 1}


def test_erasing_leaves_nothing_under_an_older_secret(database: Database) -> None:
    old = Desk(database, keys=("old",))
    key = old.confirmed(ADA).key
    old.use.suppress(ADA, SuppressionReason.BOUNCE, detail="550 no such user ada@example.org")
    rolled = Desk(database, keys=("new", "old"))
    rolled.use.erase(key)
    (found,) = rolled.suppressions.find_all()
    assert (found.reason, found.mailbox, found.detail) == (SuppressionReason.ERASED, None, "")
    assert "ada@" not in dump(database)
