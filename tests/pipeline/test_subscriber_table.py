from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from subscribing import Desk

from digest.catalogue import check_categories, load_categories
from digest.errors import InputError
from digest.model.subscriber import NoticeKind, Preferences, SubscriberState, SuppressionReason
from digest.pipeline.subscriber_table import ImportReport, SubscriberImport, write_table
from digest.preferences import PreferenceReader

if TYPE_CHECKING:
    from digest.store.database import Database

KNOWN = load_categories()
READER = PreferenceReader({"tides": "Tides and currents"}, lambda codes: check_categories(codes, KNOWN))
ADA = "ada@example.org"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def run(desk: Desk, table: str, *, vouch: bool = True, dry_run: bool = False) -> ImportReport:
    return SubscriberImport(
        subscriptions=desk.use,
        subscribers=desk.store,
        suppressions=desk.suppressions,
        reader=READER,
        defaults=Preferences(),
        clock=desk.clock,
        make_key=desk.use.make_key,
    ).run(table, vouch=vouch, dry_run=dry_run)


TABLE = """\
address,consented_at,source,topics,categories,hour,zone
ada@example.org,2025-03-01,conference,tides,"cs.CL; cs.LG",9,Europe/Berlin
no-address,2025-03-01,conference,,,,
bo@example.org,last year,conference,,,,
cleo@example.org,2025-03-01,,,,,
dan@example.org,2025-03-01,fair,volcanoes,,,
ADA@example.org,2025-03-01,fair,,,,
eve@example.org,2025-03-01T10:00:00+01:00,fair,,,,
"""


def test_who_the_operator_vouches_for_gets_mail_with_the_consent_on_record(desk: Desk) -> None:
    report = run(desk, TABLE)
    assert (report.added, report.asked, report.known) == (2, 0, 0)
    ada = desk.use.find(ADA)
    assert (ada.state, ada.source) == (SubscriberState.CONFIRMED, "conference")
    assert ada.confirmed_at == datetime(2025, 3, 1, tzinfo=UTC)
    assert (ada.preferences.topics, ada.preferences.categories) == (("tides",), ("cs.CL", "cs.LG"))
    assert (ada.preferences.schedule.hour, ada.preferences.schedule.zone) == (9, "Europe/Berlin")
    assert desk.take_notices() == []
    assert [one.source for one in desk.store.find_events(ada.key)] == ["conference"]


def test_every_refused_line_is_reported_with_its_number(desk: Desk) -> None:
    refused = {one.line: (one.address, one.why) for one in run(desk, TABLE).refused}
    assert sorted(refused) == [3, 4, 5, 6, 7]
    assert refused[3][0] == "no-address"
    assert "write it like 2026-11-20" in refused[4][1]
    assert "where did this person agree" in refused[5][1]
    assert "no topic 'volcanoes'" in refused[6][1]
    assert "the same mailbox as in line 2" in refused[7][1]


def test_without_the_operators_word_everybody_is_asked(desk: Desk) -> None:
    report = run(desk, "email\nada@example.org\nbo@example.org\n", vouch=False)
    assert (report.added, report.asked) == (0, 2)
    assert desk.take_notices() == [(NoticeKind.CONFIRM, ADA), (NoticeKind.CONFIRM, "bo@example.org")]


def test_a_rehearsal_changes_nothing(desk: Desk) -> None:
    report = run(desk, TABLE, dry_run=True)
    assert (report.added, len(report.refused)) == (2, 5)
    assert desk.store.count() == {}


def test_the_same_table_again_adds_nobody(desk: Desk) -> None:
    run(desk, TABLE)
    again = run(desk, TABLE)
    assert (again.added, again.known) == (0, 2)
    assert desk.store.count() == {SubscriberState.CONFIRMED: 2}


def test_who_was_suppressed_or_erased_does_not_come_back_by_import(desk: Desk) -> None:
    desk.use.suppress("eve@example.org", SuppressionReason.COMPLAINT, detail="")
    desk.use.erase(desk.confirmed().key)
    report = run(desk, TABLE)
    assert report.added == 0
    assert {one.line for one in report.refused} >= {2, 8}


def test_who_left_stays_away(desk: Desk) -> None:
    desk.use.unsubscribe(desk.confirmed().key, source="web")
    assert run(desk, TABLE).known == 1
    assert desk.use.find(ADA).state is SubscriberState.UNSUBSCRIBED


def test_what_is_exported_can_be_imported_elsewhere(desk: Desk, tmp_path: object) -> None:
    desk.confirmed(
        "=1+1@example.org", Preferences(keywords=("=HYPERLINK", "dark matter"), followed_authors=("Fell, Bo",))
    )
    desk.confirmed("δοκιμή@παράδειγμα.gr")
    desk.use.unsubscribe(desk.confirmed("left@example.org").key, source="web")
    before = list(desk.store.find_all())
    table = "".join(write_table(before))
    assert "\n=" not in table
    for one in before:
        desk.store.erase(one.key)
    report = run(desk, table)
    assert [one.address for one in report.refused] == ["left@example.org"]
    after = list(desk.store.find_all())
    assert [(one.address, one.preferences) for one in after] == [(one.address, one.preferences) for one in before[:2]]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "it is empty"),
        ("name,age\n", "names no column address"),
        ("address,shoe_size\n", "there is no column 'shoe_size'"),
        ("address,email\n", "stands there twice"),
        ("address\n", "no column consented_at and no source"),
        ('address,consented_at,source\n"ada', "unexpected end"),
    ],
)
def test_what_is_no_table_is_explained(desk: Desk, table: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        run(desk, table)


def test_semicolons_and_a_byte_order_mark_are_understood(desk: Desk) -> None:
    assert run(desk, "\ufeffE-Mail;Consented at;Source\r\nada@example.org;2025-03-01;fair\r\n").added == 1
