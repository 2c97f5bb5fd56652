"""The doctor as a person calls it: real processes, a real mail server, a name server of our own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from name_server import serving_names
from outside_world import serving, settings_at
from smtp_servers import Inbox, free_port, receiving

if TYPE_CHECKING:
    from pathlib import Path

    from person import Person

pytestmark = pytest.mark.enable_socket

OFFLINE = ["settings", "categories", "topics", "forecast", "contact", "base address", "postal address", "secret key",
           "working folder", "time zones", "outbox folder", "database folder", "disk space", "database",
           "database file", "scheduled jobs"]  # fmt: skip


def verdicts(output: str) -> dict[str, str]:
    return {found["name"]: found["verdict"] for found in json.loads(output)}


def test_help_has_an_example(person: Person) -> None:
    assert "Example: digest doctor" in person.succeed("doctor", "--help")


def test_a_forecast_that_cannot_be_read_is_told(person: Person) -> None:
    (person.home / "mine.json").write_text('{"format": 1}', encoding="utf-8")
    person.environment["DIGEST_FORECAST_FILE"] = "mine.json"
    assert "1 of 16 checks failed: forecast" in person.fail("doctor", "--offline")


def test_a_fresh_folder_has_no_failure_and_stays_empty(person: Person) -> None:
    said = person.succeed("doctor", "--offline")
    assert list(person.home.iterdir()) == []
    assert "✓ ok       settings" in said
    assert "! warning  database" in said
    assert "Fix: digest init creates it" in said
    assert "\x1b" not in said


def test_findings_come_as_json(person: Person) -> None:
    found: list[dict[str, Any]] = json.loads(person.succeed("doctor", "--offline", "--json"))
    assert [one["name"] for one in found] == OFFLINE
    assert all(list(one) == ["name", "verdict", "what", "fix"] for one in found)
    assert all(one["fix"] for one in found if one["verdict"] != "ok")


def test_after_init_the_database_is_fine(person: Person) -> None:
    person.succeed("init")
    (person.home / "digest.toml").write_text('[arxiv]\ncontact = "ops@example.org"\n')
    assert set(verdicts(person.succeed("doctor", "--offline", "--json")).values()) == {"ok"}


def test_failures_end_with_status_1_and_one_line(person: Person) -> None:
    person.environment = {"DIGEST_BASE_URL": "http://digest.example.net", "DIGEST_ARXIV__CATEGORIES": "cs.CLL"}
    assert person.fail("doctor", "--offline") == "digest: 2 of 16 checks failed: categories, base address\n"
    assert verdicts(person.run("doctor", "--offline", "--json").stdout)["categories"] == "failure"


def test_settings_that_cannot_be_read_are_a_finding_among_others(person: Person) -> None:
    (person.home / "digest.toml").write_text("[mail]\ntransprot = 'smtp'\n")
    done = person.run("doctor", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert "did you mean mail.transport?" in found[0]["what"]
    assert verdicts(done.stdout) == {"settings": "failure", "working folder": "ok", "time zones": "ok"}


def test_a_database_that_is_none_is_a_finding(person: Person) -> None:
    (person.home / "var").mkdir()
    (person.home / "var" / "digest.db").write_bytes(b"not a database, but long enough" * 100)
    assert "database, database file, scheduled jobs" in person.fail("doctor", "--offline")


def test_an_output_of_few_letters_gets_plain_signs(person: Person) -> None:
    person.environment = {"PYTHONIOENCODING": "latin-1"}
    assert "+ ok       settings" in person.succeed("doctor", "--offline")


@pytest.mark.parametrize("words", [("--offline", "--to", "you@example.org"), ("--nonsense",)])
def test_wrong_usage_ends_with_status_2(person: Person, words: tuple[str, ...]) -> None:
    person.fail("doctor", *words, status=2)


def test_no_network_is_told_and_the_rest_is_looked_at(person: Person) -> None:
    person.environment = arxiv_at(f"http://127.0.0.1:{free_port()}")
    done = person.run("doctor", "--json")
    found = verdicts(done.stdout)
    assert done.returncode == 1
    assert (found["arXiv feed"], found["arXiv listing"], found["clock"]) == ("failure", "failure", "skipped")
    assert (found["disk space"], found["mail server"]) == ("ok", "skipped")


def arxiv_at(base: str) -> dict[str, str]:
    return settings_at(base) | {"DIGEST_ARXIV__RETRIES": "0"}


@pytest.mark.recorded
def test_a_recorded_day_is_read_and_told_to_be_of_the_past(person: Person, recorded: Path) -> None:
    with serving(recorded, "2026-02-05", first="2026-02-04") as base:
        person.environment = arxiv_at(base)
        found = json.loads(person.succeed("doctor", "--json"))
        asked = [line["path"] for line in httpx.get(f"{base}/control/log", trust_env=False).json()]
    by_name = {one["name"]: one for one in found}
    assert by_name["arXiv listing"]["verdict"] == "warning"
    assert "Thursday, 2026-02-05" in by_name["arXiv listing"]["what"]
    assert by_name["clock"]["verdict"] == "ok"
    assert len(asked) == 2
    assert not (person.home / "var").exists()


def test_a_mail_server_and_the_dns_are_asked(person: Person) -> None:
    inbox = Inbox()
    with receiving(inbox) as port:
        person.environment = {
            **arxiv_at(f"http://127.0.0.1:{free_port()}"),
            "DIGEST_MAIL__TRANSPORT": "smtp",
            "DIGEST_MAIL__SMTP_HOST": "127.0.0.1",
            "DIGEST_MAIL__SMTP_PORT": str(port),
            "DIGEST_MAIL__SMTP_SECURITY": "none",
            "DIGEST_MAIL__FROM": "The Tide Table <tides@preprint.test>",
        }
        with serving_names() as address:
            done = person.run("doctor", "--json", "--to", "you@example.org", "--name-server", address)
    found = verdicts(done.stdout)
    assert [received.recipients for received in inbox.mails] == [["you@example.org"]]
    assert (found["mail server"], found["mail to yourself"]) == ("ok", "ok")
    assert (found["SPF"], found["DKIM"], found["DMARC"], found["alignment"]) == ("warning", "warning", "failure", "ok")


def test_a_name_server_that_is_none_is_told_in_one_line(person: Person) -> None:
    person.environment = {"DIGEST_MAIL__TRANSPORT": "smtp", "DIGEST_MAIL__FROM": "tides@preprint.test"}
    assert "192.0.2.1" in person.fail("doctor", "--name-server", "dns.example.org")
