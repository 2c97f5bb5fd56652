from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from subscribing import Desk

from digest.catalogue import check_categories, load_categories
from digest.errors import InputError
from digest.model.subscriber import NoticeKind, Preferences, SubscriberState, SuppressionReason
from digest.pipeline.subscriber_table import ImportReport, SubscriberImport
from digest.pipeline.table import write_table
from digest.preferences import Coverage, PreferenceReader

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
        coverage=Coverage(frozenset({"cs.CL", "cs.LG"}), frozenset({"tides"})),
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


def test_a_large_table_of_one_domain_is_asked_to_the_last_line(desk: Desk) -> None:
    addresses = [f"reader{number}@example.org" for number in range(205)]
    for number in range(200):
        desk.ask(f"stranger{number}@example.org")
    desk.take_notices()
    assert run(desk, "\n".join(["address", *addresses]), vouch=False).asked == 205
    assert [address for _, address in desk.take_notices()] == addresses


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
        desk.use.erase(one.key)
        desk.use.lift(one.address, source="operator")
    report = run(desk, table)
    assert (report.refused, report.notes) == ((), ("1 who is not confirmed by the column state: left out",))
    after = list(desk.store.find_all())
    assert [(one.address, one.preferences) for one in after] == [(one.address, one.preferences) for one in before[:2]]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "it is empty"),
        ("name,age\n", "names no column address"),
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


def why(desk: Desk, table: str, *, vouch: bool = True) -> str:
    """Why the only line of a table was refused."""
    (refused,) = run(desk, table, vouch=vouch).refused
    return refused.why


def test_a_line_with_more_or_fewer_cells_than_columns_is_refused_and_nothing_is_dropped(desk: Desk) -> None:
    head = "address,hour,categories\n"
    assert "there are 4 cells for 3 columns; put quotes" in why(desk, f"{head}{ADA},7,cs.CL,cs.LG\n", vouch=False)
    assert "there are 2 cells for 3 columns" in why(desk, f"{head}{ADA},7\n", vouch=False)
    assert desk.store.count() == {}
    assert run(desk, f'{head}{ADA},7,"cs.CL,cs.LG",,\n', vouch=False).asked == 1


def test_columns_of_another_program_are_passed_over_with_a_note(desk: Desk) -> None:
    report = run(desk, f"name,address,,shoe size\nAda,{ADA},,37\n", vouch=False)
    assert report.asked == 1
    assert report.notes == ("passed over the columns name, shoe_size, not known here",)


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+14:00", "2099-01-01", "2026-11-21"])
def test_consent_was_given_on_a_day_that_was(desk: Desk, day: str) -> None:
    assert "consented_at is" in why(desk, f"address,consented_at,source\n{ADA},{day},fair\n")


def test_a_day_that_has_begun_somewhere_will_do(desk: Desk) -> None:
    assert run(desk, f"address,consented_at,source\n{ADA},2026-11-20,fair\n").added == 1


def test_a_source_that_no_database_takes_is_refused(desk: Desk) -> None:
    assert "can't be shown" in why(desk, f"address,consented_at,source\n{ADA},2025-03-01,fa\0ir\n")


def test_a_spreadsheets_mark_before_an_address_brings_nobody_back(desk: Desk) -> None:
    desk.use.erase(desk.confirmed().key)
    assert "gets no mail" in why(desk, f"address,consented_at,source\n'{ADA},2025-03-01,fair\n")


def test_a_state_that_there_is_not_is_refused(desk: Desk) -> None:
    assert "write confirmed" in why(desk, f"address,state\n{ADA},confirmd\n", vouch=False)


def test_wishes_for_what_the_digest_does_not_read_are_told(desk: Desk) -> None:
    table = f'address,categories\n{ADA},"cs.CL,hep-th"\nbo@example.org,hep-th\ncleo@example.org,math.NT\n'
    report = run(desk, table, vouch=False, dry_run=True)
    assert report.notes == (
        "this digest reads nothing of hep-th, so nothing comes of it: 2 lines, the first of them 2",
        "this digest reads nothing of math.NT, so nothing comes of it: line 4",
    )
