"""Real bounces of many mail servers, with their right answers."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from digest.deliver.commands import read_command
from digest.deliver.reports.read import read_report
from digest.model.report import ReportKind

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.recorded

# The recorded answers follow the word `failed`, and so call these permanent; the status code says 4.4.7 and 4.4.1.
TRANSIENT_BY_STATUS = {
    ("dsn_02.txt", "zzzzz@zeus.hud.ac.uk"),
    ("yahoo_01.txt", "subscribe.motorcycles@listsociety.com"),
}
# One name at two domains, of which the report gives neither; the second is what the server advises to try instead.
NOT_REPORTED = {("yale_01.txt", "thomas.dtankengine@cs.yale.edu")}

Answers = dict[tuple[str, str], bool]


def folder(recorded: Path) -> Path:
    return recorded / "data" / "bounces" / "mailman"


def expected(recorded: Path) -> Answers:
    labels = json.loads((folder(recorded) / "expected_labels.json").read_text())
    return {(one["file"], address.lower()): not one["temporary"] for one in labels for address in one["addresses"]}


def found(recorded: Path) -> Answers:
    files = sorted(folder(recorded).glob("*.txt"))
    reports = {file.name: read_report(file.read_bytes()) for file in files}
    return {(name, one.address.lower()): one.permanent for name, report in reports.items() for one in report.recipients}


def test_every_recipient_but_one_is_found_and_nobody_else(recorded: Path) -> None:
    assert set(expected(recorded)) - set(found(recorded)) == NOT_REPORTED
    assert set(found(recorded)) - set(expected(recorded)) == set()


def test_permanent_and_transient_differ_only_where_the_status_says_so(recorded: Path) -> None:
    right, ours = expected(recorded), found(recorded)
    assert {key for key in ours if ours[key] != right[key]} == TRANSIENT_BY_STATUS
    assert not any(ours[key] for key in TRANSIENT_BY_STATUS)


def test_every_file_is_a_bounce_and_none_a_command(recorded: Path) -> None:
    kinds = defaultdict(list)
    for file in sorted(folder(recorded).glob("*.txt")):
        content = file.read_bytes()
        kinds[read_report(content).kind].append(file.name)
        assert read_command(content) is None, file.name
    assert set(kinds) == {ReportKind.BOUNCE}
    assert len(kinds[ReportKind.BOUNCE]) >= 103


def test_a_file_cut_off_anywhere_is_read_without_an_error(recorded: Path) -> None:
    for file in sorted(folder(recorded).glob("*.txt")):
        content = file.read_bytes()
        for cut in range(0, len(content), 101):
            assert len(read_report(content[:cut]).recipients) <= 12
            read_report(content[cut:])
