"""Setting up, and what is in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from person import Person


def test_the_file_that_the_environment_names_is_the_one_that_is_written(person: Person) -> None:
    person.environment = {"DIGEST_CONFIG": "mine.toml"}
    assert "Wrote mine.toml" in person.succeed("init")
    assert "[arxiv]" in (person.home / "mine.toml").read_text(encoding="utf-8")
    assert not (person.home / "digest.toml").exists()
    assert "mine.toml is there already" in person.succeed("init")


def test_an_option_goes_over_the_environment(person: Person) -> None:
    person.environment = {"DIGEST_CONFIG": "mine.toml"}
    assert "Wrote other.toml" in person.succeed("--config", "other.toml", "init")
    assert not (person.home / "mine.toml").exists()


@pytest.mark.parametrize("words", [("init",), ("init", "--force")])
def test_a_folder_in_place_of_the_file_is_told(person: Person, words: tuple[str, ...]) -> None:
    (person.home / "digest.toml").mkdir()
    assert "Writing digest.toml: it is a folder. Name a file" in person.fail(*words)
    assert [place.name for place in person.home.iterdir()] == ["digest.toml"]


@pytest.mark.parametrize("file", ["nowhere/digest.toml", "taken/digest.toml", "/proc/digest.toml"])
def test_a_place_that_cannot_be_written_to_is_told(person: Person, file: str) -> None:
    (person.home / "taken").write_text("a file")
    assert f"Writing {file}: " in person.fail("--config", file, "init")


def test_a_database_that_cannot_be_made_is_told(person: Person) -> None:
    (person.home / "var").write_text("a file")
    assert "database_url" in person.fail("init")
