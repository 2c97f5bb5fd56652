"""The recipe for a signal in docs/recipes.md, followed to the letter in a copy of the program."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from person import Person

if TYPE_CHECKING:
    from pathlib import Path

TITLE_LENGTH = '''\
"""Title length: how many letters the title has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.signal import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.signals.day import Day, Signal


class TitleLength:
    """The number of letters in the title."""

    name = "title_length"
    is_compared = True

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper."""
        return [
            Reading(
                signal=self.name,
                paper_id=paper.id,
                value=float(len(paper.title)),
                source="the title on arXiv",
                observed_at=day.measured_at,
                note=f"a title of {len(paper.title)} letters",
            )
            for paper in day.papers
        ]


SIGNAL: Signal = TitleLength()
'''


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    place = tmp_path / "copy"
    for name in ("digest", "config", "templates"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def sample_entries(copy: Path) -> list[dict[str, Any]]:
    """The entries of the sample day, by the program in the copy."""
    person = Person(copy, {"PYTHONPATH": str(copy)}, command=copy / "run")
    person.command.write_text(f"#!{sys.executable}\nfrom digest.cli.main import main\nmain()\n", encoding="utf-8")
    person.command.chmod(0o755)
    entries: list[dict[str, Any]] = json.loads(person.succeed("preview", "--sample", "--json"))["entries"]
    return entries


def test_one_file_and_one_line_of_settings_make_a_signal_that_counts(copy: Path) -> None:
    (copy / "digest" / "signals" / "title_length.py").write_text(TITLE_LENGTH, encoding="utf-8")
    with (copy / "config" / "digest.toml").open("a", encoding="utf-8") as settings:
        settings.write("title_length = 9.0\n")
    entries = sample_entries(copy)
    for entry in entries:
        (found,) = (one for one in entry["contributions"] if one["signal"] == "title_length")
        assert (found["value"], found["weight"]) == (len(entry["title"]), 9.0)
    assert any(" letters (9" in entry["why"] for entry in entries)
