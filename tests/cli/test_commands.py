"""The commands as a person calls them: real processes, real files, a real mail server."""

from __future__ import annotations

import email
import email.policy
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from conftest import RECORDED_WORLD
from person import SAMPLE_DAY, Person
from smtp_servers import Inbox, free_port, receiving

from digest.model.edition import Card, Edition, Entry
from digest.model.signal import Contribution

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.enable_socket

WIRE = RECORDED_WORLD / "data" / "arxiv-wire"


def read_mail(file: Path) -> Any:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


def test_every_command_has_help_with_an_example(person: Person) -> None:
    for command in ("preview", "ingest", "publish", "daily", "paper", "init"):
        assert f"Example: digest {command}" in person.succeed(command, "--help")


def test_the_version_is_told(person: Person) -> None:
    assert person.succeed("--version").startswith("digest 0.")


def test_the_sample_preview_needs_nothing_and_leaves_no_database(person: Person) -> None:
    said = person.succeed("preview", "--sample")
    assert "var/preview/digest.html" in said
    assert sorted(file.name for file in (person.home / "var" / "preview").iterdir()) == [
        "digest.eml",
        "digest.html",
        "digest.txt",
    ]
    assert not list(person.home.rglob("*.db"))
    mail = read_mail(person.home / "var" / "preview" / "digest.eml")
    assert "Sample" in mail["Subject"]
    for part in mail.iter_parts():
        assert "Sample: invented papers" in part.get_content()


def test_the_same_sample_gives_the_same_choice_and_manifest(person: Person) -> None:
    first, second = (json.loads(person.succeed("preview", "--sample", "--json")) for _ in range(2))
    for report in (first, second):
        for entry in report["entries"]:
            for contribution in entry["contributions"]:
                contribution.pop("observed_at")
    assert first == second
    assert first["is_sample"] is True
    assert first["announced"] > 50
    best = first["entries"][0]
    assert best["score"] == pytest.approx(sum(one["points"] for one in best["contributions"]), abs=0.06)


def test_the_sample_can_be_narrowed_by_topic_and_category(person: Person) -> None:
    report = json.loads(person.succeed("preview", "--sample", "--json", "--categories", "math.NT,cs.ro"))
    assert {"math.NT", "cs.RO"} <= {entry["primary_category"] for entry in report["entries"]}
    assert all({"math.NT", "cs.RO"} & {one["primary_category"], *one["cross_lists"]} for one in report["entries"])
    report = json.loads(person.succeed("preview", "--sample", "--json", "--topics", "efficient-llm-inference"))
    assert {entry["topic"] for entry in report["entries"]} == {"Efficient LLM inference"}


def test_the_first_sample_day_can_be_shown_too(person: Person) -> None:
    report = json.loads(person.succeed("preview", "--sample", "--json", "--on", "2026-11-18"))
    assert report["announced_on"] == "2026-11-18"
    assert report["entries"]


def test_a_configured_topic_without_papers_that_day_gives_the_mail_that_says_so(person: Person) -> None:
    said = person.succeed("preview", "--sample", "--topics", "ai-agents")
    assert "No papers for you today: 0 of 54 fit" in said
    assert "NOTHING FOR YOU TODAY" in (person.home / "var" / "preview" / "digest.txt").read_text(encoding="utf-8")
    (person.home / "topics.toml").write_text('[[topic]]\nslug = "ice"\nname = "Ice"\nphrases = ["glacier"]\n')
    person.environment = {"DIGEST_TOPICS_FILE": "topics.toml"}
    assert "no topic ai-agents, and no such topic is" in person.fail("preview", "--sample", "--topics", "ai-agents")
    report = json.loads(person.succeed("preview", "--sample", "--json", "--topics", "ice"))
    assert report["chosen_by"].endswith("; topic Ice")


def test_all_that_is_known_of_an_entry_is_in_the_json(person: Person) -> None:
    report = json.loads(person.succeed("preview", "--sample", "--json"))
    own = {field.name for kind in (Entry, Card) for field in fields(kind)} - {"card"}
    of_contributions = {field.name for field in fields(Contribution)}
    for entry in report["entries"]:
        assert own | {"contributions"} == set(entry)
        assert {frozenset(one) for one in entry["contributions"]} == {frozenset(of_contributions)}
    assert {field.name for field in fields(Edition)} - set(report) == {"topics"}


def test_a_preview_is_sent_through_a_real_server(person: Person) -> None:
    inbox = Inbox()
    with receiving(inbox) as port:
        person.environment = {
            "DIGEST_MAIL__TRANSPORT": "smtp",
            "DIGEST_MAIL__SMTP_HOST": "127.0.0.1",
            "DIGEST_MAIL__SMTP_PORT": str(port),
            "DIGEST_MAIL__SMTP_SECURITY": "none",
            "DIGEST_MAIL__FROM": "The Tide Table <tides@preprint.test>",
        }
        assert "Sent to reader@example.org" in person.succeed("preview", "--sample", "--to", "reader@example.org")
    (received,) = inbox.mails
    assert received.recipients == ["reader@example.org"]
    assert received.return_path != "tides@preprint.test"
    assert received.content == (person.home / "var" / "preview" / "digest.eml").read_bytes()
    mail: Any = email.message_from_bytes(received.content, policy=email.policy.default)
    assert mail["Subject"].startswith("[Preview]")
    assert mail["From"] == "The Tide Table <tides@preprint.test>"


def test_a_sender_with_an_international_domain_is_written_in_ascii(person: Person) -> None:
    inbox = Inbox()
    with receiving(inbox) as port:
        person.environment = {
            "DIGEST_MAIL__TRANSPORT": "smtp",
            "DIGEST_MAIL__SMTP_HOST": "127.0.0.1",
            "DIGEST_MAIL__SMTP_PORT": str(port),
            "DIGEST_MAIL__SMTP_SECURITY": "none",
            "DIGEST_MAIL__FROM": "Bücherbrief <brief@bücher.example>",
        }
        person.succeed("preview", "--sample", "--to", "leserin@straße.example")
    (received,) = inbox.mails
    domain = "xn--bcher-kva.example"
    assert received.recipients == ["leserin@xn--strae-oqa.example"]
    assert received.return_path.endswith(f"@{domain}")
    assert received.content.isascii()
    mail: Any = email.message_from_bytes(received.content, policy=email.policy.default)
    assert mail["From"] == f"Bücherbrief <brief@{domain}>"
    assert mail["Message-ID"].endswith(f"@{domain}>")
    assert mail["List-Id"].endswith(f" <digest.{domain}>")
    assert f"<mailto:brief@{domain}?subject=unsubscribe>" in mail["List-Unsubscribe"]


def test_a_port_that_is_taken_is_told_in_one_line_before_anything_begins(person: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        person.environment = {"DIGEST_WEB__PORT": str(taken.getsockname()[1])}
        assert "Address already in use. Stop what listens there, or change" in person.fail("serve")
    person.environment = {"DIGEST_ARXIV__CATEGORIES": "cs.LC", "DIGEST_WEB__PORT": str(free_port())}
    assert "no category" in person.fail("serve")
    person.environment = {"DIGEST_WEB__HOST": "nowhere.invalid"}
    assert "Serving at http://nowhere.invalid:8000" in person.fail("serve")


def test_without_a_server_a_sent_preview_lands_in_the_outbox(person: Person) -> None:
    assert "var/outbox/" in person.succeed("preview", "--sample", "--to", "reader@example.org")
    (file,) = (person.home / "var" / "outbox").iterdir()
    assert read_mail(file)["To"] == "reader@example.org"


def test_an_unreachable_mail_server_is_told_in_one_line(person: Person) -> None:
    port = free_port()
    person.environment = {
        "DIGEST_MAIL__TRANSPORT": "smtp",
        "DIGEST_MAIL__SMTP_HOST": "127.0.0.1",
        "DIGEST_MAIL__SMTP_PORT": str(port),
        "DIGEST_MAIL__FROM": "tides@preprint.test",
    }
    said = person.fail("preview", "--sample", "--to", "reader@example.org")
    assert f"127.0.0.1:{port}" in said


def test_init_writes_settings_and_a_database_and_spares_what_is_there(person: Person) -> None:
    assert "Wrote digest.toml" in person.succeed("init")
    assert (person.home / "var" / "digest.db").is_file()
    (person.home / "digest.toml").write_text('title = "Mine"\n')
    assert "stays as it is" in person.succeed("init")
    assert (person.home / "digest.toml").read_text() == 'title = "Mine"\n'
    assert "There is no edition yet" in person.fail("preview")


def test_a_settings_file_that_cannot_be_written_leaves_nothing_behind(person: Person) -> None:
    (person.home / "mine.toml").mkdir()
    assert "Name a file that may be written to" in person.fail("--config", "mine.toml", "init", "--force")
    assert [file.name for file in person.home.iterdir()] == ["mine.toml"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("publish",), "nothing has been ingested yet"),
        (("preview",), "digest preview --sample"),
        (("preview", "--on", "2026-01-01"), "There is no edition of 2026-01-01"),
        (("preview", "--feeds", "nowhere"), "nowhere"),
        (("preview", "--sample", "--topics", "nonsense"), "has no topic nonsense"),
        (("preview", "--sample", "--categories", "cs.CLL"), "did you mean cs.CL"),
        (("preview", "--sample", "--to", "nobody"), "nobody"),
        (("preview", "--sample", "--to", "a@b.org\r\nBcc: c@d.org"), "a@b.org"),
        (
            ("preview", "--sample", "--on", "2020-01-01"),
            "no edition of 2020-01-01. Its days are 2026-11-18 and 2026-11-19",
        ),
        (("paper", "nonsense"), "is not an arXiv id"),
        (("paper", "2501.00001"), "has no paper 2501.00001"),
        (("--config", "nowhere.toml", "publish"), "nowhere.toml"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(person: Person, words: tuple[str, ...], said: str) -> None:
    assert said in person.fail(*words)


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("preview", "--nonsense"),
        ("preview", "--on", "yesterday"),
        ("preview", "--sample", "--feeds", "."),
        ("paper",),
    ],
)
def test_wrong_usage_ends_with_status_2(person: Person, words: tuple[str, ...]) -> None:
    assert person.fail(*words, status=2)


def test_a_broken_settings_file_is_told_with_its_line(person: Person) -> None:
    (person.home / "digest.toml").write_text("[mail\n")
    assert "digest.toml: it is not valid TOML" in person.fail("publish")
    (person.home / "digest.toml").write_text("[mail]\ntransprot = 'smtp'\n")
    assert "did you mean mail.transport?" in person.fail("preview", "--sample")


def test_a_folder_that_cannot_be_written_to_is_told(person: Person) -> None:
    (person.home / "taken").write_text("a file")
    assert "Choose another folder with --out" in person.fail("preview", "--sample", "--out", "taken/preview")
    person.environment = {"DIGEST_DATABASE_URL": "sqlite:///taken/digest.db"}
    assert "database_url" in person.fail("publish")


def test_no_network_is_told_in_one_line(person: Person) -> None:
    port = free_port()
    person.environment = {
        f"DIGEST_ARXIV__{kind}_URL": f"http://127.0.0.1:{port}" for kind in ("RSS", "ATOM", "LISTING", "QUERY", "OAI")
    } | {"DIGEST_ARXIV__SECONDS_BETWEEN_REQUESTS": "0", "DIGEST_ARXIV__RETRIES": "0"}
    assert "No category could be read" in person.fail("ingest")


def write_feed(folder: Path, content: bytes) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "feed.xml").write_bytes(content)
    return str(folder)


SAMPLE_FEED = SAMPLE_DAY / "rss" / "cs.CL.xml"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _: b"", "empty"),
        (lambda body: body[: len(body) // 2], "feed.xml"),
        (lambda _: b"<!doctype html><html><body>Just a moment</body></html>", "HTML"),
        (lambda _: b"Rate exceeded.", "feed.xml"),
        (lambda body: body.replace(b"<rss", b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss", 1), "feed.xml"),
        (lambda body: body.replace(b"</channel>", b"", 1), "feed.xml"),
    ],
    ids=["empty", "truncated", "html", "rate", "entities", "malformed"],
)
def test_a_feed_that_cannot_be_used_is_told_and_nothing_is_written(person: Person, spoil: Any, said: str) -> None:
    feeds = write_feed(person.home / "feeds", spoil(SAMPLE_FEED.read_bytes()))
    assert said in person.fail("preview", "--feeds", feeds)
    assert not (person.home / "var" / "preview").exists()


def test_one_bad_item_among_good_ones_is_reported_and_the_rest_go_on(person: Person) -> None:
    body = SAMPLE_FEED.read_bytes().replace(b"<arxiv:announce_type>new<", b"<arxiv:announce_type>odd<", 1)
    done = person.run("preview", "--json", "--feeds", write_feed(person.home / "feeds", body))
    assert done.returncode == 0
    assert done.stderr.count("problem: ") == 1
    assert json.loads(done.stdout)["announced"] > 5


def test_saved_documents_fill_the_real_store_too(person: Person) -> None:
    feeds = str(SAMPLE_DAY)
    report = json.loads(person.succeed("daily", "--feeds", feeds, "--json"))
    assert {batch["state"] for batch in report["ingested"]["batches"]} == {"complete"}
    again = json.loads(person.succeed("daily", "--feeds", feeds, "--json"))
    assert again["published"]["was_frozen"]
    assert again["published"]["manifest"] == report["published"]["manifest"]
    shown = person.succeed("paper", "2611.90069")
    assert "Edition of 2026-11-19" in shown
    assert json.loads(person.succeed("paper", "2611.90069", "--json"))["entry"]["score"]["contributions"]
    assert "Sample edition" in person.succeed("preview")
    assert "Sample edition" in person.succeed("preview", "--feeds", feeds)


def test_a_dry_run_changes_nothing(person: Person) -> None:
    person.succeed("init")
    assert "published" in person.succeed("daily", "--dry-run", "--feeds", str(SAMPLE_DAY))
    assert "There is no edition yet" in person.fail("preview")


@pytest.mark.recorded
@pytest.mark.parametrize(("folder", "papers"), [("rss-2025", 7), ("rss-reserialised", 9)])
def test_genuine_captures_become_a_mail(person: Person, folder: str, papers: int) -> None:
    report = json.loads(person.succeed("preview", "--json", "--feeds", str(WIRE / folder)))
    assert report["announced"] == papers
    assert len(report["entries"]) == papers
    assert report["is_sample"] is False


def test_a_full_disk_behind_the_output_is_told(person: Person) -> None:
    command = [str(person.command), "preview", "--sample"]
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device, not a path of ours
        done = subprocess.run(command, cwd=person.home, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "No space left" in done.stderr


def test_a_terminal_of_few_letters_gets_the_output_all_the_same(person: Person) -> None:
    person.environment = {"PYTHONIOENCODING": "latin-1"}
    assert json.loads(person.succeed("preview", "--sample", "--json"))["is_sample"]


def test_an_interrupted_command_says_what_stays(person: Person) -> None:
    place = person.home / "tmp"
    place.mkdir()
    running = subprocess.Popen(
        [str(person.command), "preview", "--sample"],
        cwd=person.home,
        env={**os.environ, "TMPDIR": str(place)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    while running.poll() is None and not any(place.iterdir()):
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    assert "what was saved stays" in running.communicate()[1]
    assert running.returncode == 130
    assert not any(place.iterdir())


def test_one_item_with_an_absurd_version_costs_no_other(person: Person) -> None:
    body = SAMPLE_FEED.read_bytes().replace(b"2611.90027v1", b"2611.90027v" + b"9" * 5000)
    report = json.loads(person.succeed("preview", "--json", "--feeds", write_feed(person.home / "feeds", body)))
    assert report["announced"] > 5


def test_help_comes_at_once_and_the_sample_soon(person: Person) -> None:
    """Bounds far above what is measured in benchmarks/: they catch an import that stopped being late."""
    started = time.perf_counter()
    person.succeed("--help")
    assert time.perf_counter() - started < 2
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "digest.cli.main"], capture_output=True, text=True, check=True
    ).stderr
    heavy = ("sqlalchemy", "httpx", "feedparser", "sklearn", "numpy", "pydantic", "jinja2", "rich", "lxml")
    assert [name for name in heavy if f" {name}\n" in loaded] == []
