"""Sending when something is wrong with a mail, an edition, a connection or the server's opinion of us."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from factory_editions import make_entry
from sending import SENDER, Handed, Office
from sqlalchemy import text
from subscribing import START
from test_send import asking, papers_in

from digest.deliver.ownership import Ownership
from digest.errors import StoreError
from digest.model.announcement import AnnounceType
from digest.model.delivery import DeliveryState, Outcome, Result
from digest.model.subscriber import Preferences, Schedule
from digest.store.deliveries import DeliveryStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from digest.model.delivery import Settled
    from digest.pipeline.due import DueDeliveries
    from digest.store.database import Database

WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (18, 19, 20))
ADA, BO = "ada@example.org", "bo@example.net"
REFUSED = Result(Outcome.POLICY, "550 5.7.1 you are on a list", 550, "5.7.1")


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


def test_an_older_edition_sent_late_leaves_newer_mail_as_it_was(office: Office) -> None:
    office.publish(WEDNESDAY, make_entry(1), make_entry(2))
    office.desk.clock.turn(timedelta(days=1))
    office.desk.confirmed(ADA, Preferences(schedule=Schedule(hour=14)))
    office.publish(THURSDAY, make_entry(2), make_entry(3))
    assert office.send().handed_over == 0
    assert office.send(on=WEDNESDAY, at_once=True).handed_over == 1
    office.desk.clock.turn(timedelta(hours=2))
    assert office.send().handed_over == 1
    assert [papers_in(mail) for mail in office.engine.mails] == [[1, 2], [3]]


def test_an_edition_that_is_gone_stops_nobody_else(office: Office) -> None:
    office.desk.confirmed(ADA, asking())
    office.publish(WEDNESDAY, make_entry(1))
    office.audiences.freeze(WEDNESDAY, due=lambda *_: (START, START + timedelta(hours=9)), now=START)
    with office.database.write() as connection:
        connection.execute(text("UPDATE deliveries SET first_on = '2026-12-01'"))
    office.desk.confirmed(BO, asking())
    office.publish(THURSDAY, make_entry(2))
    report = office.send()
    assert {mail.recipient for mail in office.engine.mails} == {ADA, BO}
    assert (report.stopped_by, report.adds_up) == ("", True)
    assert list(office.counts(WEDNESDAY).excluded) == ["There is no edition from 2026-12-01 to 2026-11-18."]


def spoil(place: Path) -> Path:
    """Templates with a slip that only German mails meet, while French ones grow beyond all bounds."""
    folder = place / "templates"
    shutil.copytree(ROOT / "templates", folder)
    text_part, html_part = (folder / "email" / "digest" / name for name in ("body.txt", "body.html"))
    text_part.write_text('{{ nothing if mail.language == "de" }}' + text_part.read_text())
    html = html_part.read_text()
    endless = '{% block main %}<p>{{ "x" * 120000 if mail.language == "fr" }}</p>'
    html_part.write_text(html.replace("{% block main %}", endless))
    return folder


def test_a_mail_that_cannot_be_made_stops_nobody_else(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path, templates=spoil(tmp_path))
    for name, language in (("ada", "de"), ("bo", "fr"), ("cleo", "en"), ("dan", "en")):
        office.desk.confirmed(f"{name}@example.org", asking(language=language))
    office.publish(THURSDAY, make_entry(1))
    report = office.send()
    assert {mail.recipient[:4] for mail in office.engine.mails} == {"cleo", "dan@"}
    assert (report.handed_over, report.unwritten, report.adds_up) == (2, 2, True)
    assert "clip" in report.problem or "nothing" in report.problem
    states = {DeliveryState.SENT: 2, DeliveryState.DEFERRED: 1, DeliveryState.FAILED: 1}
    assert office.counts(THURSDAY).states == states
    mended = Office(database, tmp_path)
    mended.desk.clock = office.desk.clock
    mended.desk.clock.turn(timedelta(minutes=15))
    assert mended.send().handed_over == 1
    assert [mail.recipient for mail in mended.engine.mails] == [ADA]


def test_a_reader_with_two_editions_waiting_gets_no_paper_twice(office: Office) -> None:
    office.desk.confirmed(ADA, asking())
    office.publish(WEDNESDAY, make_entry(1), make_entry(2))
    office.audiences.freeze(WEDNESDAY, due=lambda *_: (START, START + timedelta(days=3)), now=START)
    office.publish(THURSDAY, make_entry(2), make_entry(3))
    report = office.send()
    assert report.handed_over == 2
    assert [papers_in(mail) for mail in office.engine.mails] == [[1, 2], [3]]


def test_an_older_mail_that_is_sent_after_a_newer_one_repeats_nothing_of_it(office: Office) -> None:
    office.desk.confirmed(ADA, asking())
    office.publish(WEDNESDAY, make_entry(1), make_entry(2))
    office.audiences.freeze(WEDNESDAY, due=lambda *_: (START, START + timedelta(days=3)), now=START)
    office.engine.answers = {ADA: Result(Outcome.DEFERRED, "451 later", 451)}
    office.send()
    office.engine.answers = {}
    office.engine.mails.clear()
    office.desk.clock.turn(timedelta(minutes=2))
    office.publish(THURSDAY, make_entry(2), make_entry(3))
    office.send(on=THURSDAY, at_once=True)
    office.desk.clock.turn(timedelta(minutes=10))
    office.send()
    assert [papers_in(mail) for mail in office.engine.mails] == [[2, 3], [1]]


def test_a_connection_that_breaks_off_is_no_fault_of_the_recipients_domain(office: Office) -> None:
    for name in ("bo", "cleo", "zoe"):
        office.desk.confirmed(f"{name}@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    broke_off = Result(Outcome.DEFERRED, "the connection broke off, before the server had all of the mail (DATA)")
    office.engine.answers = {"zoe@example.org": broke_off}
    assert office.send().handed_over == 2
    assert office.deliveries.find_failures("example.org") == 0
    office.engine.answers = {}
    office.desk.clock.turn(timedelta(minutes=5))
    assert office.send().handed_over == 1


@pytest.mark.parametrize("resend", [True, False])
def test_a_mail_that_may_have_arrived_never_counts_as_unsent(
    database: Database, tmp_path: Path, *, resend: bool
) -> None:
    office = Office(database, tmp_path, resend)
    office.desk.confirmed(ADA, asking())
    office.publish(THURSDAY, make_entry(1), make_entry(2))
    office.engine.answers = {ADA: Result(Outcome.UNCERTAIN, "the connection broke off")}
    office.send()
    office.desk.clock.turn(timedelta(days=1))
    office.engine.answers = {}
    office.publish(FRIDAY, make_entry(2, announce_type=AnnounceType.CROSS), make_entry(3))
    office.send()
    assert office.counts(THURSDAY).states == {DeliveryState.UNCERTAIN: 1}
    assert papers_in(office.engine.mails[-1]) == [3]


def refuse(due: DueDeliveries) -> Handed:
    """An engine that has had enough after one refusal."""
    tickets = due.claim(1)
    due.attempt(tickets)
    due.settle([(one, REFUSED) for one in tickets])
    return Handed("policy", REFUSED.answer) if tickets else Handed()


def test_who_is_refused_for_mail_like_ours_waits_an_hour_with_all_of_it(office: Office) -> None:
    for number in range(3):
        office.desk.confirmed(f"reader{number}@example{number}.org", asking())
    office.publish(THURSDAY, make_entry(1))
    assert office.send(refuse).stopped_by == "policy"
    office.desk.clock.turn(timedelta(minutes=59))
    report = office.send()
    assert (report.stopped_by, report.answer, report.handed_over) == ("policy", REFUSED.answer, 0)
    office.desk.clock.turn(timedelta(minutes=1))
    report = office.send()
    assert (report.stopped_by, report.handed_over) == ("", 3)


def test_the_operator_who_has_mended_it_need_not_wait(office: Office) -> None:
    for number in range(3):
        office.desk.confirmed(f"reader{number}@example{number}.org", asking())
    office.publish(THURSDAY, make_entry(1))
    office.send(refuse)
    assert office.send(refuse, despite_stop=True).stopped_by == "policy"
    assert office.send().stopped_by == "policy"
    assert office.send(despite_stop=True).handed_over == 1
    office.desk.clock.turn(timedelta(minutes=30))
    office.desk.confirmed(BO, asking())
    assert office.send().stopped_by == ""


def test_refusals_are_counted_over_the_portions_of_a_domain_that_is_served_slowly(
    database: Database, tmp_path: Path
) -> None:
    office = Office(database, tmp_path, rate_per_domain=1)
    for number in range(9):
        office.desk.confirmed(f"reader{number}@example.org", asking())
        office.engine.answers[f"reader{number}@example.org"] = REFUSED
    office.publish(THURSDAY, make_entry(1))
    report = office.send()
    assert (report.stopped_by, report.answer) == ("policy", REFUSED.answer)
    assert len(office.engine.mails) == 5


def test_a_domain_can_be_served_more_slowly_than_once_a_second(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path, rate_per_domain=0.5)
    for number in range(5):
        office.desk.confirmed(f"reader{number}@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    report = office.send()
    assert (report.handed_over, report.stopped_by) == (5, "")
    assert timedelta(seconds=8) <= office.desk.clock.now - START <= timedelta(seconds=12)


def test_a_sender_that_waits_for_a_slow_domain_hears_within_a_second_that_it_is_to_stop(
    database: Database, tmp_path: Path
) -> None:
    office = Office(database, tmp_path, rate_per_domain=0.01)
    for number in range(5):
        office.desk.confirmed(f"reader{number}@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    stop_at = START + timedelta(seconds=3)
    report = office.send(lambda due: Handed("signal") if office.desk.clock.now >= stop_at else office.engine(due))
    assert (report.handed_over, report.stopped_by) == (1, "signal")
    assert office.desk.clock.now == stop_at


def test_a_sender_whose_settings_are_wrong_loses_no_edition(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    with Ownership(office.place / "senders") as owner:
        right = office.sender(owner)
        wrong = replace(right.writer, sender=replace(SENDER, bounce_address=f"{'b' * 24}@example.org"))
        report = replace(right, writer=wrong).run(office.engine)
    assert (report.handed_over, report.unwritten) == (0, 1)
    assert "at most 23 characters" in report.problem
    office.desk.clock.turn(timedelta(minutes=15))
    assert office.send().handed_over == 1


class BusyForAWhile(DeliveryStore):
    """A database that others hold when ends are to be recorded."""

    times = 3

    def settle(self, owner: str, settled: Sequence[Settled], *, now: datetime) -> None:
        if self.times:
            self.times -= 1
            raise StoreError("The database is locked.")
        super().settle(owner, settled, now=now)


def test_a_mail_that_was_taken_is_recorded_though_others_hold_the_database_for_minutes(office: Office) -> None:
    office.desk.confirmed("ada@example.org", asking())
    office.publish(THURSDAY, make_entry(1))
    office.deliveries = BusyForAWhile(office.database)
    assert office.send().handed_over == 1
    assert office.counts(THURSDAY).states == {DeliveryState.SENT: 1}
