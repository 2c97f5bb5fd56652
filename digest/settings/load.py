"""Reads the settings: the environment over the operator's file over the shipped defaults."""

from __future__ import annotations

import difflib
import json
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from digest.assets import folder
from digest.errors import SettingsError
from digest.settings.tables import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

_PREFIX = "DIGEST_"
_NOT_SETTINGS = frozenset({"DIGEST_CONFIG"})
_OWN_FILE = Path("digest.toml")


@dataclass(frozen=True, slots=True)
class _Layer:
    """One place that settings come from; `name_of` says how a key is written there."""

    name: str
    values: dict[str, Any]

    def name_of(self, key: tuple[str, ...]) -> str:
        """The key as the operator wrote it, with the place."""
        if self.name == "the environment":
            return f"{_PREFIX}{'__'.join(key).upper()} in the environment"
        return f"{'.'.join(key)} in {self.name}"

    def holds(self, key: tuple[str, ...]) -> bool:
        """Whether this layer sets the key, or a table of that name."""
        values: Any = self.values
        for part in key:
            if not isinstance(values, dict) or part not in values:
                return False
            values = values[part]
        return True


def load_settings(*, file: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings in force.

    `file` is the operator's; without one, the environment's DIGEST_CONFIG or ./digest.toml is read. SettingsError names
    each wrong key, where it stands, and what is allowed.
    """
    layers = [
        _Layer("the environment", _read_environment(environment)),
        *_own_layer(file, environment),
        _read_file(folder("config") / "digest.toml"),
    ]
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        merged = _merge(merged, layer.values)
    _refuse_unwritable(merged, layers)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        told = "; ".join(_explain(one, layers) for one in error.errors(include_url=False))
        raise SettingsError(f"Reading the settings: {told.rstrip('?.')}{'?' if told.endswith('?') else '.'}") from None


def _refuse_unwritable(values: Any, layers: list[_Layer], key: tuple[str, ...] = ()) -> None:
    """No setting needs a control character, or half of one as a broken environment brings; much would choke on it."""
    if isinstance(values, dict):
        for name, value in values.items():
            _refuse_unwritable(value, layers, (*key, name))
    elif isinstance(values, str) and any(unicodedata.category(letter) in ("Cc", "Cs") for letter in values):
        layer = next((one for one in layers if one.holds(key)), layers[-1])
        raise SettingsError(f"Reading the settings: {layer.name_of(key)}: must be one line of plain text.")


def _own_layer(file: Path | None, environment: Mapping[str, str]) -> Iterator[_Layer]:
    named = file or (Path(environment["DIGEST_CONFIG"]) if environment.get("DIGEST_CONFIG") else None)
    if named:
        yield _read_file(named)
    elif _OWN_FILE.is_file():
        yield _read_file(_OWN_FILE)


def _read_file(file: Path) -> _Layer:
    try:
        return _Layer(str(file), tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise SettingsError(
            f"Reading the settings in {file}: {error.strerror}. digest init writes such a file."
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"Reading the settings in {file}: it is not valid TOML: {error}.") from error


def _read_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in sorted(environment):
        if not name.startswith(_PREFIX) or name in _NOT_SETTINGS:
            continue
        *tables, key = name.removeprefix(_PREFIX).lower().split("__")
        place = values
        for table in tables:
            place = place.setdefault(table, {})
            if not isinstance(place, dict):
                raise SettingsError(f"Reading the settings: {name} in the environment names a table inside a value.")
        place[key] = _read_value((*tables, key), environment[name])
    return values


def _read_value(key: tuple[str, ...], text: str) -> Any:
    """Everything is text but a list, which may be written as JSON or with commas."""
    if key != ("arxiv", "categories"):
        return text
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return [word.strip() for word in text.split(",") if word.strip()]


def _merge(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _explain(error: ErrorDetails, layers: list[_Layer]) -> str:
    key = tuple(str(part) for part in error["loc"] if isinstance(part, str))
    layer = next((one for one in layers if one.holds(key)), layers[-1])
    where = layer.name_of(key) if key else layer.name
    if error["type"] == "extra_forbidden":
        return f"{where} is not a setting{_suggest(key)}"
    message = error["msg"].removeprefix("Value error, ")
    return f"{where}: {message[0].lower()}{message[1:]}"


def _suggest(key: tuple[str, ...]) -> str:
    known = [".".join(one) for one in _known_keys(Settings)]
    close = difflib.get_close_matches(".".join(key), known, n=1, cutoff=0.6)
    if not close:
        close = [one for one in known if one.rpartition(".")[2] == key[-1]][:1]
    if close:
        return f"; did you mean {close[0]}?"
    allowed = [one for one in known if one.rpartition(".")[0] == ".".join(key[:-1])]
    return f"; allowed here: {', '.join(allowed or known)}"


def _known_keys(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        key = (*above, field.alias or name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _known_keys(field.annotation, key)
        else:
            yield key
