"""What the docs name is there: commands and their options, paths, settings, and every room in the map of the house."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import typer
from conftest import ROOT

from digest.cli.main import app
from digest.settings.keys import keys_in, known_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCS = sorted(str(file.relative_to(ROOT)) for file in (ROOT, ROOT / "docs") for file in file.glob("*.md"))
ROOT_COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
# Also those of a group, such as `subscribers add`.
COMMANDS: dict[str, Any] = ROOT_COMMANDS | {
    f"{group} {name}": command
    for group, found in ROOT_COMMANDS.items()
    for name, command in getattr(found, "commands", {}).items()
}
# What the program itself and every command have.
EVERYWHERE = {"--help", "--config", "--version"}
OUTSIDE = {"DIGEST_CONFIG", "DIGEST_"}
_BLOCK = r"(?ms)^ *```\w*\n(.*?)^ *```$"


def code(name: str) -> Iterator[str]:
    """What is set as code in a document: the spans, and the lines of the blocks."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(_BLOCK, text)
    rest = re.sub(_BLOCK, "", text)
    yield from (line for block in blocks for line in block.splitlines())
    yield from re.findall(r"^ {4,}(.+)$", rest, flags=re.MULTILINE)
    yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", rest))


def calls(name: str) -> Iterator[tuple[str, list[str]]]:
    """The calls of the program: the command and its options."""
    for line in code(name):
        for call in re.split(r"&&|\||;|#", line):
            found = re.search(r"(?:^|[\s/])digest (?:--config \S+ )?([a-z]+)\b ?([a-z]*)(.*)", call)
            if found:
                own = f"{found[1]} {found[2]}"
                yield own if own in COMMANDS else found[1], re.findall(r"(?<!\S)--[a-z-]+", found[3])


@pytest.mark.parametrize("name", DOCS)
def test_every_command_and_option_in_the_docs_exists(name: str) -> None:
    unknown = []
    for command, options in calls(name):
        known = {option for one in COMMANDS[command].params for option in one.opts} if command in COMMANDS else set()
        unknown += [f"digest {command}"] * (command not in COMMANDS)
        unknown += [f"digest {command} {option}" for option in options if option not in known | EVERYWHERE]
    assert unknown == []


@pytest.mark.parametrize("name", DOCS)
def test_every_path_in_the_docs_exists(name: str) -> None:
    path = re.compile(r"(?:digest|config|templates|tests|docs|benchmarks|\.ci)/[\w./-]*")
    named = {line for line in code(name) if path.fullmatch(line)}
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


@pytest.mark.parametrize("name", DOCS)
def test_every_setting_in_the_docs_exists(name: str) -> None:
    tables = {table[0] for table in keys_in(())[1]}
    keys = {tuple(line.split(".")) for line in code(name) if re.fullmatch(r"[a-z]+(\.[a-z_]+)+", line)}
    variables = {word for line in code(name) for word in re.findall(r"\bDIGEST_\w*", line)} - OUTSIDE
    keys = {key for key in keys if key[0] in tables} | {
        tuple(word.removeprefix("DIGEST_").lower().split("__")) for word in variables
    }
    assert [key for key in sorted(keys) if key not in known_keys()] == []


def test_the_map_of_the_house_shows_every_room() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = {place.name for place in (ROOT / "digest").iterdir() if not place.name.startswith("_")} - {"py.typed"}
    assert [room for room in sorted(rooms) if not re.search(rf"(── |· ){room}\b", text)] == []


def test_what_is_not_there_is_found(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text("Try `digest previw --sample` or:\n\n    cd x && digest daily --of 3 && digest paper 1\n")
    assert list(calls(str(document))) == [("daily", ["--of"]), ("paper", []), ("previw", ["--sample"])]
