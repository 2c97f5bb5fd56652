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


def test_adding_says_what_came_of_it(person: Person) -> None:
    import_ada(person)
    again = person.run("subscribers", "add", ADA, "--set", "hour=9")
    assert "has the digest already" in again.stdout
    assert f"digest subscribers set {ADA} --set hour=9" in again.stderr
    person.succeed("subscribers", "suppress", "bo@example.org", "--why", "asked by phone")
    closed = person.fail("subscribers", "add", "bo@example.org")
    assert "it gets no mail since" in closed
    assert "operator, asked by phone. Lift that with: digest subscribers suppress bo@example.org --lift" in closed
    for _ in range(3):
        assert person.succeed("subscribers", "add", "cleo@example.org") == "Asked cleo@example.org to confirm.\n"
    assert "asked three times today" in person.fail("subscribers", "add", "cleo@example.org")
    person.environment |= {"DIGEST_MAIL__OUTBOX_DIR": "taken"}
    (person.home / "taken").write_text("a file")
    waiting = person.run("subscribers", "add", "dan@example.org")
    assert (waiting.returncode, waiting.stdout) == (0, "Will ask dan@example.org to confirm.\n")
    assert "not everything could be sent just now: 1 waits" in waiting.stderr


def test_everybody_in_a_table_is_asked_at_once(person: Person) -> None:
    lines = [f"reader{number}@example.org" for number in range(505)]
    (person.home / "readers.csv").write_text("\n".join(["address", *lines]))
    told = json.loads(person.succeed("subscribers", "import", "readers.csv", "--json"))
    assert (told["asked"], told["notices"]) == (505, {"sent": 505, "later": 0, "failed": 0})
    assert len(list((person.home / "var" / "outbox").glob("*.eml"))) == 505


def test_a_table_goes_in_and_comes_out_again(person: Person) -> None:
    import_ada(person)
    person.succeed("subscribers", "export", "--out", "again.csv")
    assert (person.home / "again.csv").stat().st_mode & 0o077 == 0
    person.succeed("subscribers", "erase", ADA, "--yes")
    again = person.run("subscribers", "import", "again.csv", "--vouch", "--json")
    (refused,) = json.loads(again.stdout)["refused"]
    assert "gets no mail" in refused["why"]


def test_what_a_subscriber_gets_can_be_changed_for_them(person: Person) -> None:
    import_ada(person)
    changed = person.run("subscribers", "set", ADA, "--set", "hour=9", "--set", "categories=cs.CL,hep-th")
    assert changed.stdout == f"{ADA} gets that from the next mail on.\n"
    assert "this digest reads nothing of hep-th, so nothing comes of that" in changed.stderr
    shown = person.succeed("subscribers", "show", ADA)
    assert "9" in shown
    assert "cs.CL; hep-th" in shown
    assert "weekday" not in shown
    person.succeed("subscribers", "add", "bo@example.org")
    assert "they never confirmed" in person.fail("subscribers", "set", "bo@example.org", "--set", "hour=9")
    assert "they never confirmed" in person.fail("subscribers", "resume", "bo@example.org")


def test_a_table_is_not_written_over_by_mistake(person: Person) -> None:
    import_ada(person)
    (person.home / "again.csv").write_text("something else")
    assert "is there already" in person.fail("subscribers", "export", "--out", "again.csv")
    assert (person.home / "again.csv").read_text() == "something else"
    told = person.succeed("subscribers", "export", "--out", "again.csv", "--force")
    assert told == "Wrote 1 subscriber to again.csv\n"


def test_who_asks_for_what_the_digest_does_not_read_is_warned(person: Person) -> None:
    told = person.run("subscribers", "add", ADA, "--set", "categories=hep-th").stderr
    assert "this digest reads nothing of hep-th, so no mail comes at all" in told
    told = person.run("preview", "--sample", "--categories", "hep-th").stderr
    assert "doesn't cover hep-th" in told


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
        (("add", ADA, "--set", "hour=25", "--set", "papers=0"), 1, "papers is '0'. Write a whole number from 1 to 200"),
        (("add", ADA, "--set", "categories=cs.CL", "--set", "categories=math"), 2, "'categories' is named twice"),
        (("set", ADA, "--set", "hour=9"), 1, "no subscriber has this address"),
        (("set", ADA), 2, "name what to change"),
        (("list", "--state", "confirmd"), 2, "there is no state 'confirmd'"),
        (("suppress", ADA, "--why", "\udcff"), 1, "can't be shown"),
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
