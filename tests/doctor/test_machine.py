from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from factories import NOON

from digest.doctor import database as database_checks
from digest.doctor.examination import Check, examine
from digest.doctor.finding import Finding, Verdict
from digest.doctor.machine import GIBIBYTE, MEBIBYTE, disk_space, judge_space, secret_key, writable, zones
from digest.doctor.wishes import base_url, contact, listed, postal_address, unreadable
from digest.errors import SettingsError, StoreError
from digest.store.database import HEAD, open_database
from digest.store.jobs import JobRun, JobStore

if TYPE_CHECKING:
    from pathlib import Path

FAILURE, WARNING, OK = Verdict.FAILURE, Verdict.WARNING, Verdict.OK


# --- Folders and disk


def test_a_folder_that_is_there_can_be_written_to_and_stays_empty(tmp_path: Path) -> None:
    found = writable(tmp_path, fix="Move it.")
    assert (found.verdict, found.what) == (OK, f"{tmp_path} can be written to")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_to_come_is_judged_by_the_one_above_and_not_made(tmp_path: Path) -> None:
    assert "can be made" in writable(tmp_path / "a" / "b", fix="Move it.").what
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_a_folder_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    found = writable(tmp_path / "taken" / "outbox", fix="Move it.")
    assert (found.verdict, found.fix) == (FAILURE, "Move it.")
    assert f"{tmp_path / 'taken'} is not a folder" in found.what


def test_a_folder_that_takes_no_file_is_a_failure() -> None:
    found = writable(_proc(), fix="Move it.")
    assert found.verdict is FAILURE
    assert "can't be written to" in found.what


def _proc() -> Path:
    """The one folder in which even root can't make a file."""
    from pathlib import Path  # noqa: PLC0415

    place = Path("/proc/self")
    if not place.is_dir():
        pytest.skip("no /proc here")
    return place


def test_the_free_space_of_a_disk_is_told(tmp_path: Path) -> None:
    assert f"GiB free on the disk of {tmp_path}" in disk_space(tmp_path / "to" / "come").what


@pytest.mark.parametrize(
    ("free", "verdict"), [(2 * GIBIBYTE, OK), (GIBIBYTE - 1, WARNING), (100 * MEBIBYTE - 1, FAILURE)]
)
def test_little_space_is_a_warning_and_hardly_any_a_failure(free: int, verdict: Verdict) -> None:
    assert judge_space(free, said="so much").verdict is verdict


# --- The secret key


def test_a_key_in_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    assert secret_key("", file).verdict is OK
    file.write_text("k" * 40)
    file.chmod(0o640)
    found = secret_key("", file)
    assert (found.verdict, found.fix) == (FAILURE, f"chmod 600 {file}")
    assert "mode 0640" in found.what
    file.chmod(0o600)
    assert secret_key("", file).verdict is OK
    file.write_text("\n")
    assert "is empty" in secret_key("", file).what


def test_a_key_in_the_settings_must_be_long(tmp_path: Path) -> None:
    assert secret_key("k" * 32, tmp_path / "none").verdict is OK
    found = secret_key("hunter2", tmp_path / "none")
    assert found.verdict is WARNING
    assert "hunter2" not in found.what


# --- Time zones


def test_time_zones_are_known() -> None:
    assert zones().verdict is OK
    found = zones(["America/New_York", "America/Nowhere"])
    assert (found.verdict, "America/Nowhere" in found.what) == (FAILURE, True)


# --- Settings that are valid by themselves


def test_a_contact_is_wanted() -> None:
    assert contact("ops@example.org").verdict is OK
    assert contact(" ").verdict is WARNING


@pytest.mark.parametrize(
    ("address", "mails_leave", "verdict"),
    [
        ("https://digest.example.org", True, OK),
        ("http://digest.example.org", False, FAILURE),
        ("http://localhost:8000", False, OK),
        ("http://127.0.0.1:8000", True, WARNING),
    ],
)
def test_links_are_encrypted_and_lead_to_where_readers_are(address: str, mails_leave: bool, verdict: Verdict) -> None:
    assert base_url(address, mails_leave=mails_leave).verdict is verdict


def test_mails_that_leave_need_a_postal_address() -> None:
    assert postal_address("1 Quay St", mails_leave=True).verdict is OK
    assert postal_address("", mails_leave=False).verdict is OK
    assert postal_address("", mails_leave=True).verdict is FAILURE


def test_lists_are_counted_and_their_errors_told() -> None:
    assert listed(lambda: list("abcdef"), of="letters", setting="x").what == "6 letters: a, b, c, d, e …"

    def wrong() -> list[str]:
        raise SettingsError("arXiv has no category 'x'")

    found = listed(wrong, of="categories", setting="arxiv.categories")
    assert (found.verdict, found.what) == (FAILURE, "arXiv has no category 'x'")
    assert found.fix == "Correct arxiv.categories."


def test_unreadable_settings_are_told_in_their_own_words() -> None:
    assert unreadable("Reading x: bad").what == "Reading x: bad"
    assert unreadable("Reading x: bad").verdict is FAILURE


# --- The database


def test_a_database_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'var' / 'digest.db'}"
    found = database_checks.migrated(address)
    assert (found.verdict, "digest init" in found.fix) == (WARNING, True)
    assert database_checks.sound(address).verdict is OK
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("revision", "verdict"), [(HEAD, OK), ("0001", WARNING), ("9999", FAILURE)])
def test_the_version_of_a_database_is_told_and_stays(tmp_path: Path, revision: str, verdict: Verdict) -> None:
    open_database(f"sqlite:///{tmp_path / 'digest.db'}").close()
    set_revision(tmp_path / "digest.db", revision)
    for _ in range(2):
        found = database_checks.migrated(f"sqlite:///{tmp_path / 'digest.db'}")
        assert found.verdict is verdict
    assert [file.name for file in tmp_path.iterdir()] == ["digest.db"]


def set_revision(file: Path, revision: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


def test_a_database_that_another_process_uses_can_be_looked_at(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'a b%.db'}"
    busy = open_database(address)
    with busy.write():
        assert database_checks.migrated(address).verdict is OK
        assert database_checks.sound(address).verdict is OK
    busy.close()


def test_a_job_that_failed_when_it_last_ran_is_told(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'digest.db'}"
    assert database_checks.scheduled(address).verdict is OK
    database = open_database(address)
    jobs = JobStore(database)
    jobs.save(JobRun("send", NOON, ""))
    assert database_checks.scheduled(address).verdict is OK
    jobs.save(JobRun("daily", NOON, "arXiv could not be reached"))
    found = database_checks.scheduled(address)
    assert found.verdict is WARNING
    assert found.what.endswith("failed daily at 2026-11-19 12:00 UTC: arXiv could not be reached")
    database.close()


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "digest.db").write_bytes(b"not a database, but long enough" * 100)
    with pytest.raises(StoreError, match="not a database"):
        database_checks.migrated(f"sqlite:///{tmp_path / 'digest.db'}")


@pytest.mark.parametrize("address", ["nonsense", "nosuch://host/db"])
def test_an_address_that_is_none_is_explained(address: str) -> None:
    with pytest.raises(StoreError, match="database"):
        database_checks.migrated(address)


def test_damage_is_found_on_whatever_page(tmp_path: Path) -> None:
    file = tmp_path / "digest.db"
    open_database(f"sqlite:///{file}").close()
    whole = file.read_bytes()
    check = Check("file", lambda: database_checks.sound(f"sqlite:///{file}"))
    found: list[Finding] = []
    for page in range(8):
        file.write_bytes(whole[: 4096 * page] + b"\xff" * 64 + whole[4096 * page + 64 :])
        found += examine([check])
    assert {one.verdict for one in found} == {FAILURE}
    assert any("it is damaged: Page" in one.what for one in found)
