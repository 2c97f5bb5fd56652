from __future__ import annotations

import email
import email.policy
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from factory_editions import WINDS, make_entry
from sending import Office
from subscribing import START

from digest.deliver.ownership import Ownership
from digest.model.announcement import AnnounceType
from digest.model.delivery import Claimed, DeliveryState, Outcome, Result
from digest.model.subscriber import Frequency, Preferences, Schedule, SubscriberState
from digest.pipeline.due import NOTHING_TO_SHOW
from digest.pipeline.ends import decide_end
from digest.store.audiences import JOINED

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.mail import Message
    from digest.store.database import Database

WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (date(2026, 11, day) for day in (18, 19, 20, 21))
NOON = Schedule(hour=12)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


def asking(**preferences: object) -> Preferences:
    return Preferences(schedule=NOON, **preferences)  # type: ignore[arg-type]


def papers_in(message: Message) -> list[int]:
    parsed = email.message_from_bytes(message.content, policy=email.policy.default)
    body = parsed.get_body(("plain",))
    assert body
    text = body.get_content()
    return [rank for rank in range(1, 30) if f"2611.{90_000 + rank}" in text]


def test_everybody_gets_one_mail_with_what_they_asked_for(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.desk.confirmed("bo@example.org", asking(topics=("winds",)))
    office.publish(THURSDAY, make_entry(1), make_entry(2, topic=WINDS), make_entry(3))
    report = office.send()
    assert (report.handed_over, report.stopped_by, report.adds_up) == (2, "", True)
    assert {mail.recipient: papers_in(mail) for mail in office.engine.mails} == {
        "ada@example.org": [1, 2, 3],
        "bo@example.org": [2],
    }
    assert office.send().handed_over == 0
    assert office.counts(THURSDAY).states == {DeliveryState.SENT: 2}


def test_nobody_gets_mail_before_their_hour(office: Office) -> None:
    office.desk.confirmed("ada@example.org", Preferences(schedule=Schedule(hour=14)))
    office.publish(THURSDAY, make_entry(1))
    assert office.send().handed_over == 0
    office.desk.clock.turn(timedelta(hours=2))
    assert office.send().handed_over == 1


def test_the_operator_need_not_wait_for_anybodys_hour(office: Office) -> None:
    office.desk.confirmed("ada@example.org", Preferences(schedule=Schedule(hour=3)))
    office.publish(THURSDAY, make_entry(1))
    assert office.send().handed_over == 0
    assert office.send(at_once=True).handed_over == 1
    assert office.send(at_once=True).handed_over == 0


def test_an_edition_that_came_out_long_ago_can_be_sent_by_its_day(office: Office) -> None:
    office.publish(WEDNESDAY, make_entry(1))
    office.desk.clock.turn(timedelta(days=3))
    office.desk.confirmed("ada@example.org", asking())
    assert office.send().handed_over == 0
    assert office.send(on=WEDNESDAY, at_once=True).handed_over == 1
    assert office.send(on=WEDNESDAY, at_once=True).handed_over == 0


def test_the_first_readers_get_the_edition_that_came_out_before_them(office: Office) -> None:
    office.publish(THURSDAY, make_entry(1))
    assert office.send(at_once=True).counts == ()
    office.desk.clock.turn(timedelta(hours=3))
    office.desk.confirmed("ada@example.org", asking())
    assert office.send(at_once=True).handed_over == 1


def test_a_pause_that_is_over_makes_a_first_reader(office: Office) -> None:
    ada = office.desk.confirmed("ada@example.org", asking())
    office.desk.use.pause(ada.key, FRIDAY, source="web")
    office.desk.clock.turn(timedelta(days=1))
    office.publish(FRIDAY, make_entry(1))
    assert office.send(at_once=True).handed_over == 1


def test_the_operator_can_send_an_edition_to_those_who_came_after_it(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    office.send(at_once=True)
    office.desk.clock.turn(timedelta(hours=30))
    office.desk.confirmed("bo@example.org", asking())
    assert office.send(at_once=True).handed_over == 0
    report = office.send(on=THURSDAY, at_once=True)
    assert (report.handed_over, report.adds_up) == (1, True)
    assert [mail.recipient for mail in office.engine.mails] == ["ada@example.org", "bo@example.org"]


def test_who_would_get_an_empty_mail_gets_none_and_is_counted(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking(topics=("volcanoes",)))
    office.publish(THURSDAY, make_entry(1))
    assert office.send().handed_over == 0
    assert office.counts(THURSDAY).excluded == {NOTHING_TO_SHOW: 1}


def test_no_paper_comes_twice_across_editions_and_versions(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1), make_entry(2))
    office.send()
    office.desk.clock.turn(timedelta(days=1))
    office.publish(FRIDAY, make_entry(2, announce_type=AnnounceType.CROSS, version=2), make_entry(3))
    office.send()
    assert [papers_in(mail) for mail in office.engine.mails] == [[1, 2], [3]]


def test_a_rising_paper_comes_once_and_not_to_who_had_it_before(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1), make_entry(2))
    office.send()
    office.desk.confirmed("bo@example.org", asking())
    for day, rank in ((FRIDAY, 3), (SATURDAY, 4)):
        office.desk.clock.turn(timedelta(days=1))
        rising = (make_entry(number, first_on=THURSDAY) for number in (1, 9))
        office.publish(day, make_entry(rank), *rising, announced=1)
        office.send()
    came = {
        name: [papers_in(mail) for mail in office.engine.mails if mail.recipient[:2] == name] for name in ("ad", "bo")
    }
    assert came == {"ad": [[1, 2], [3, 9], [4]], "bo": [[1, 3, 9], [4]]}


def test_newer_versions_come_to_who_wants_them(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.desk.confirmed("bo@example.org", asking(replacements=True))
    office.publish(THURSDAY, make_entry(1))
    office.send()
    office.desk.clock.turn(timedelta(days=1))
    office.publish(FRIDAY, make_entry(2), make_entry(1, announce_type=AnnounceType.REPLACE, version=2), replaced=1)
    office.engine.mails.clear()
    office.send()
    assert {mail.recipient[:2]: papers_in(mail) for mail in office.engine.mails} == {"ad": [2], "bo": [1, 2]}


def test_a_newer_version_comes_once_however_often_it_is_announced(office: Office) -> None:
    office.desk.confirmed("bo@example.org", asking(replacements=True))
    announced = [
        (THURSDAY, AnnounceType.REPLACE, 2),
        (FRIDAY, AnnounceType.REPLACE_CROSS, 2),
        (SATURDAY, AnnounceType.REPLACE, 3),
    ]
    for day, kind, version in announced:
        office.publish(day, make_entry(day.day - 10), make_entry(1, announce_type=kind, version=version))
        office.send()
        office.desk.clock.turn(timedelta(days=1))
    assert [papers_in(mail) for mail in office.engine.mails] == [[1, 9], [10], [1, 11]]


def test_a_weekly_mail_brings_the_week_and_each_paper_once(office: Office) -> None:
    office.desk.confirmed("ada@example.org", Preferences(schedule=Schedule(Frequency.WEEKLY, 5, 8)))
    for day, ranks in ((WEDNESDAY, (1, 2)), (THURSDAY, (2, 3)), (FRIDAY, (4,))):
        office.publish(day, *map(make_entry, ranks))
        office.send()
        office.desk.clock.turn(timedelta(hours=12))
    assert office.engine.mails == []
    office.desk.clock.turn(timedelta(hours=8))
    office.send()
    assert [papers_in(mail) for mail in office.engine.mails] == [[1, 2, 3, 4]]
    assert office.counts(WEDNESDAY).excluded == {JOINED: 1}


def test_who_leaves_between_claim_and_mail_gets_nothing(office: Office) -> None:
    key = office.desk.confirmed("ada@example.org", asking()).key
    office.publish(THURSDAY, make_entry(1))
    office.engine.before_attempt = lambda: office.desk.use.unsubscribe(key, source="one click")
    assert office.send().handed_over == 0
    assert office.engine.mails == []
    assert office.counts(THURSDAY).excluded == {"unsubscribed": 1}


def test_a_changed_mind_counts_until_the_mail_is_written(office: Office) -> None:
    key = office.desk.confirmed("ada@example.org", Preferences(schedule=Schedule(hour=13))).key
    office.publish(THURSDAY, make_entry(1), make_entry(2, topic=WINDS))
    office.send()
    office.desk.use.change(key, asking(topics=("winds",)), source="web")
    office.desk.clock.turn(timedelta(hours=1))
    office.send()
    assert [papers_in(mail) for mail in office.engine.mails] == [[2]]


def test_an_address_that_is_refused_is_suppressed_and_one_that_is_deferred_is_not(office: Office) -> None:
    for name in ("gone", "later", "fine"):
        office.desk.confirmed(f"{name}@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    office.engine.answers = {
        "gone@example.org": Result(Outcome.REFUSED, "550 5.1.1 unknown", 550, "5.1.1", concerns_recipient=True),
        "later@example.org": Result(Outcome.DEFERRED, "451 later", 451),
    }
    office.send()
    assert office.counts(THURSDAY).states == {
        DeliveryState.BOUNCED: 1,
        DeliveryState.DEFERRED: 1,
        DeliveryState.SENT: 1,
    }
    assert office.desk.use.find("gone@example.org").state is SubscriberState.SUPPRESSED
    assert office.desk.use.find("later@example.org").state is SubscriberState.CONFIRMED
    office.engine.answers.clear()
    assert office.send().handed_over == 0
    office.desk.clock.turn(timedelta(minutes=5))
    assert office.send().handed_over == 1


def test_every_attempt_has_the_same_message_id(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    office.engine.answers["ada@example.org"] = Result(Outcome.DEFERRED, "451 later", 451)
    for _ in range(3):
        office.send()
        office.desk.clock.turn(timedelta(hours=3))
    first, *others = [mail.message_id for mail in office.engine.mails]
    assert len(others) == 2
    assert set(others) == {first}


def test_a_relay_that_cannot_be_reached_uses_up_no_attempt(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    office.engine.answers["ada@example.org"] = Result(Outcome.UNREACHABLE, "no connection")
    report = office.send()
    assert (report.stopped_by, report.handed_over) == ("relay", 0)
    assert office.counts(THURSDAY).states == {DeliveryState.PENDING: 1}
    office.engine.answers.clear()
    assert office.send().handed_over == 1


def test_what_is_too_late_is_not_sent_and_counted(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    office.engine.answers["ada@example.org"] = Result(Outcome.UNREACHABLE, "no connection")
    office.send()
    office.desk.clock.turn(timedelta(hours=20))
    office.engine.answers.clear()
    report = office.send()
    assert (report.expired, report.handed_over) == (1, 0)
    assert office.counts(THURSDAY).states == {DeliveryState.EXPIRED: 1}


@pytest.mark.parametrize("resend", [True, False])
def test_a_mail_in_flight_when_the_sender_died_is_uncertain(
    database: Database, tmp_path: Path, *, resend: bool
) -> None:
    office = Office(database, tmp_path, resend)
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1))

    def die(due: object) -> None:
        due.attempt(due.claim(1))  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.send(die)  # type: ignore[arg-type]
    report = office.send()
    assert report.handed_over == int(resend)
    state = DeliveryState.SENT if resend else DeliveryState.UNCERTAIN
    assert office.counts(THURSDAY).states == {state: 1}


def test_a_mail_can_be_written_again_byte_for_byte(office: Office) -> None:
    key = office.desk.confirmed("ada@example.org", asking(keywords=("tides",), language="de")).key
    office.publish(THURSDAY, make_entry(1), make_entry(2, topic=WINDS))
    office.send()
    office.desk.use.change(key, asking(topics=("winds",), language="de"), source="web")
    sent = office.sent_mails.find_sent(THURSDAY, key)
    assert sent
    assert office.writer().rewrite(sent) == office.engine.mails[0]
    assert b"Donnerstag, 19. November 2026" in office.engine.mails[0].content


def test_two_senders_at_once_send_each_mail_once(office: Office, tmp_path: Path) -> None:
    for number in range(30):
        office.desk.confirmed(f"reader{number}@example{number}.org", asking())
    office.publish(THURSDAY, make_entry(1))
    with Ownership(tmp_path / "senders") as other:
        second = office.sender(other)
        office.engine.before_attempt = lambda: second.run(office.engine) if len(office.engine.mails) < 15 else None
        office.send()
    recipients = [mail.recipient for mail in office.engine.mails]
    assert len(recipients) == len(set(recipients)) == 30


def test_one_domain_can_be_served_slowly_while_others_are_not(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path, rate_per_domain=2)
    for number in range(7):
        office.desk.confirmed(f"reader{number}@big.example.org", asking())
        office.desk.confirmed(f"reader{number}@small{number}.example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    report = office.send()
    assert (report.handed_over, report.stopped_by) == (14, "")
    assert office.desk.clock.now - START >= timedelta(seconds=3)
    seconds = [mail.content.partition(b"Date: ")[2][17:25] for mail in office.engine.mails if b"@big." in mail.content]
    assert max(map(seconds.count, seconds)) == 2


@pytest.mark.parametrize(
    ("result", "attempts", "state", "retry"),
    [
        (Result(Outcome.SENT, "250"), 0, DeliveryState.SENT, None),
        (Result(Outcome.REFUSED, "550", concerns_recipient=True), 0, DeliveryState.BOUNCED, None),
        (Result(Outcome.REFUSED, "554"), 0, DeliveryState.FAILED, None),
        (Result(Outcome.DEFERRED, "451"), 0, DeliveryState.DEFERRED, timedelta(minutes=5)),
        (Result(Outcome.DEFERRED, "451"), 3, DeliveryState.DEFERRED, timedelta(minutes=40)),
        (Result(Outcome.DEFERRED, "451"), 9, DeliveryState.DEFERRED, timedelta(hours=2)),
        (Result(Outcome.DEFERRED, "451"), 19, DeliveryState.FAILED, None),
        (Result(Outcome.POLICY, "550 5.7.1"), 0, DeliveryState.DEFERRED, timedelta(hours=1)),
        (Result(Outcome.UNCERTAIN, "broke off"), 0, DeliveryState.PENDING, timedelta(minutes=5)),
        (Result(Outcome.UNCERTAIN, "broke off"), 19, DeliveryState.UNCERTAIN, None),
    ],
)
def test_every_class_of_answer_ends_as_it_must(
    office: Office, result: Result, attempts: int, state: DeliveryState, retry: timedelta | None
) -> None:
    claimed = Claimed(1, THURSDAY, THURSDAY, office.desk.confirmed(), "example.org", attempts)
    settled = decide_end(claimed, result, START, resend=True)
    assert (settled.state, settled.retry_at) == (state, START + retry if retry else None)
