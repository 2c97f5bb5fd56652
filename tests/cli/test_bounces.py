"""`digest bounces`, as a person calls it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from person import Person

BOUNCE = (
    "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n"
    "<ann@example.net>:\nNo mailbox here by that name. (#5.1.1)\n\n<bob@example.net>:\nNo reason.\n"
)
REPLY = "From: ann@example.net\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nBack on Monday.\n"


@pytest.fixture
def mails(person: Person) -> Path:
    (person.home / "bounce.eml").write_text(BOUNCE)
    (person.home / "reply.eml").write_text(REPLY)
    (person.home / "empty.eml").write_bytes(b"")
    return person.home


def test_each_recipient_is_printed_with_what_became_of_the_mail(person: Person, mails: Path) -> None:
    assert person.succeed("bounces", "bounce.eml", "reply.eml").splitlines() == [
        "bounce.eml: bounce",
        "  ann@example.net  permanent  5.1.1",
        "  bob@example.net  permanent  no status code",
        "reply.eml: auto-reply, names nobody",
    ]


def test_a_program_gets_json(person: Person, mails: Path) -> None:
    assert json.loads(person.succeed("bounces", "--json", "bounce.eml", "reply.eml", "empty.eml")) == [
        {
            "file": "bounce.eml",
            "kind": "bounce",
            "recipients": [
                {"address": "ann@example.net", "permanent": True, "status": "5.1.1"},
                {"address": "bob@example.net", "permanent": True, "status": None},
            ],
        },
        {"file": "reply.eml", "kind": "auto-reply", "recipients": []},
        {"file": "empty.eml", "kind": "none", "recipients": []},
    ]


def test_a_file_that_cannot_be_read_is_named(person: Person, mails: Path) -> None:
    assert "Reading missing.eml: No such file" in person.fail("bounces", "bounce.eml", "missing.eml")
    assert "it is a folder" in person.fail("bounces", ".")


def test_without_a_file_the_usage_is_wrong(person: Person) -> None:
    person.fail("bounces", status=2)
    assert "Example: digest bounces" in person.succeed("bounces", "--help")
