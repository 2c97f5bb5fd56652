"""The places that settings come from: environment, operator's file and shipped defaults, each read into flat keys."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digest.errors import SettingsError
from digest.settings.keys import known_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from digest.settings.keys import Key

_PREFIX = "DIGEST_"
_NOT_SETTINGS = frozenset({"DIGEST_CONFIG"})


@dataclass(frozen=True, slots=True)
class Layer:
    """One place that settings come from: `where` follows a key's name, `values` are by key.

    A table without keys counts as a value, so that a misspelt one is noticed.
    """

    where: str
    values: Mapping[Key, Any]
    in_environment: bool = False

    def spell(self, key: Key, *, is_table: bool = False) -> str:
        """The key as it is written here."""
        if self.in_environment:
            return f"{_PREFIX}{'__'.join(key).upper()}{'__…' if is_table else ''}"
        name = ".".join(part if part.isprintable() else repr(part) for part in key)
        return f"[{name}]" if is_table else name

    def locate(self, key: Key) -> str:
        """The key as it is written here, and where that is."""
        return f"{self.spell(key)} {self.where}"


def read_file(file: Path) -> Layer:
    """The settings of a file; SettingsError when it can't be read or isn't TOML."""
    return Layer(f"in {file}", dict(_flatten(_read_toml(file))))


def read_defaults(file: Path, *, own: Path) -> Layer:
    """The shipped settings, of which an error says that the operator's `own` file doesn't set the key."""
    return Layer(f"(not set in {own})", dict(_flatten(_read_toml(file))))


def read_environment(environment: Mapping[str, str]) -> Layer:
    """The settings among the variables: DIGEST_ and the key, `__` between a table and its key."""
    names = sorted(name for name in environment if name.startswith(_PREFIX) and name not in _NOT_SETTINGS)
    keys = {name: tuple(name.removeprefix(_PREFIX).lower().split("__")) for name in names}
    values = {key: _read_value(key, environment[name]) for name, key in keys.items()}
    return Layer("in the environment", values, in_environment=True)


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"Reading the settings in {file}: {error.strerror}. digest init writes such a file."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"Reading the settings in {file}: {error.strerror}. Name a file that may be read with --config or "
            "DIGEST_CONFIG."
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"Reading the settings in {file}: it is not valid TOML: {error}.") from error


def _flatten(values: dict[str, Any], above: Key = ()) -> Iterator[tuple[Key, Any]]:
    for name, value in values.items():
        key = (*above, name)
        if isinstance(value, dict) and value:
            yield from _flatten(value, key)
        else:
            yield key, value


def _read_value(key: Key, text: str) -> Any:
    """Everything is text but a list, which may be written as JSON or with commas."""
    if key not in known_keys() or not known_keys()[key].is_list:
        return text
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return [word.strip() for word in text.split(",") if word.strip()]
