from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from person import SAMPLE_DAY

if TYPE_CHECKING:
    from person import Person

ADA = "ada@example.org"
TABLE = "address,consented_at,source,keywords\nada@example.org,2025-03-01,fair,dark matter\nnobody,2025-03-01,fair,\n"


def import_ada(person: Person) -> None:
    (person.home / "readers.csv").write_text(TABLE)
    result = person.run("subscribers", "import", "readers.csv", "--vouch")
    assert result.returncode == 1
    assert result.stdout == "1 added, 0 asked to confirm, 0 known already\n"
    assert "line 3 (nobody): Reading the address 'nobody'" in result.stderr


def test_who_is_added_is_asked_by_mail(person: Person) -> None:
    told = person.succeed("subscribers", "add", "Ada@example.org", "--set", "categories=cs.CL", "--set", "hour=9")
    assert told == "Asked Ada@example.org to confirm.\n"
    (mail,) = (person.home / "var" / "outbox").glob("*.eml")
    assert "/subscriptions/confirm/" in mail.read_text().replace("=\n", "")
    shown = json.loads(person.succeed("subscribers", "show", ADA, "--json"))
    assert (shown["state"], shown["preferences"]["categories"]) == ("unconfirmed", ["cs.CL"])
    assert shown["preferences"]["schedule"]["hour"] == 9


def test_a_table_goes_in_and_comes_out_again(person: Person) -> None:
    import_ada(person)
    person.succeed("subscribers", "export", "--out", "again.csv")
    assert (person.home / "again.csv").stat().st_mode & 0o077 == 0
    person.succeed("subscribers", "erase", ADA, "--yes")
    again = person.run("subscribers", "import", "again.csv", "--vouch", "--json")
    (refused,) = json.loads(again.stdout)["refused"]
    assert "gets no mail" in refused["why"]


def test_a_rehearsed_import_changes_nothing(person: Person) -> None:
    (person.home / "readers.csv").write_text(TABLE)
    told = person.run("subscribers", "import", "readers.csv", "--vouch", "--dry-run")
    assert told.stdout.startswith("1 would be added")
    assert json.loads(person.succeed("subscribers", "list", "--json")) == []


def test_a_subscriber_can_be_paused_taken_up_and_let_go(person: Person) -> None:
    import_ada(person)
    person.succeed("subscribers", "pause", ADA, "--until", "2099-01-15")
    assert f"{ADA}  paused until 2099-01-15" in person.succeed("subscribers", "show", ADA)
    person.succeed("subscribers", "resume", ADA)
    person.succeed("subscribers", "unsubscribe", ADA)
    (listed,) = json.loads(person.succeed("subscribers", "list", "--state", "unsubscribed", "--json"))
    assert listed["address"] == ADA


def test_a_suppression_can_be_seen_and_lifted(person: Person) -> None:
    import_ada(person)
    person.succeed("subscribers", "suppress", ADA, "--why", "asked by phone")
    assert "asked by phone" in person.succeed("subscribers", "list", "--suppressions")
    person.succeed("subscribers", "suppress", ADA, "--lift")
    assert json.loads(person.succeed("subscribers", "list", "--suppressions", "--json")) == []


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("add", "no-address"), 1, "Write it like reader@example.org"),
        (("add", ADA, "--set", "hour"), 2, "is not like topics=llm-reasoning"),
        (("add", ADA, "--set", "hour=25"), 1, "hour is '25'. Write a whole number from 0 to 23"),
        (("show", ADA), 1, "no subscriber has this address"),
        (("import", "missing.csv"), 1, "Name a CSV file"),
        (("import", "."), 1, "Name a CSV file"),
        (("pause", ADA, "--until", "tomorrow"), 2, "is not a date like 2026-11-20"),
        (("suppress", ADA, "--lift"), 1, "there is none"),
        (("export", "--out", "no/such/folder/x.csv"), 1, "Choose another place with --out"),
    ],
)
def test_what_cannot_be_done_is_explained_in_one_line(
    person: Person, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = person.run("subscribers", *arguments)
    assert result.returncode == status
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr


def test_a_subscribers_own_mail_can_be_previewed(person: Person) -> None:
    import_ada(person)
    person.succeed("daily", "--feeds", str(SAMPLE_DAY))
    told = json.loads(person.succeed("preview", "--for", ADA, "--json"))
    assert told["chosen_by"] == "keyword “dark matter”"
    assert told["entries"]
    person.succeed("send", "--now")
    assert json.loads(person.succeed("preview", "--for", ADA, "--json"))["entries"] == told["entries"]
    assert "leave out the others" in " ".join(person.fail("preview", "--for", ADA, "--sample", status=2).split())
    assert "no subscriber has this address" in person.fail("preview", "--for", "bo@example.org")


def test_the_whole_day_ends_with_sending_where_anybody_subscribes(person: Person) -> None:
    assert (
        json.loads(person.succeed("daily", "--feeds", str(SAMPLE_DAY.parent / "2026-11-18"), "--json"))["sent"] is None
    )
    import_ada(person)
    told = person.succeed("daily", "--feeds", str(SAMPLE_DAY))
    assert "Edition of 2026-11-19: 1 of 1 subscribers queued" in told
    assert "1  sent" in person.succeed("send", "--now")
    (mail,) = (person.home / "var" / "outbox").glob("*.eml")
    assert b"To: ada@example.org" in mail.read_bytes()
