"""Reads the settings: the environment over the operator's file over the shipped defaults."""

from __future__ import annotations

import difflib
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from digest.assets import folder
from digest.errors import SettingsError
from digest.settings.keys import keys_in, known_keys
from digest.settings.layers import read_defaults, read_environment, read_file
from digest.settings.tables import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.settings.keys import Key
    from digest.settings.layers import Layer


def own_file(file: Path | None, environment: Mapping[str, str]) -> Path:
    """The operator's settings file, which may not be there: `file`, or what DIGEST_CONFIG names, or ./digest.toml."""
    return file or Path(environment.get("DIGEST_CONFIG") or "digest.toml")


def load_settings(*, file: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings in force.

    `file` is the operator's; without one, the environment's DIGEST_CONFIG or ./digest.toml is read. SettingsError names
    each wrong key, where it stands, and what is allowed.
    """
    own = own_file(file, environment)
    must_be_there = file is not None or bool(environment.get("DIGEST_CONFIG"))
    layers = [
        read_environment(environment),
        *([read_file(own)] if must_be_there or own.exists() else []),
        read_defaults(folder("config") / "digest.toml", own=own),
    ]
    problems = [problem for layer in layers for problem in _find_misplaced(layer)]
    settings, wrong = _validate(layers)
    problems += wrong
    if settings is None or problems:
        told = "; ".join(dict.fromkeys(problems))
        raise SettingsError(f"Reading the settings: {told}{'' if told.endswith('?') else '.'}")
    return settings


def _find_misplaced(layer: Layer) -> Iterator[str]:
    """What is wrong with the layer's keys, and with values that no setting can have."""
    for key, value in layer.values.items():
        where = layer.locate(key)
        above = next((key[:length] for length in range(1, len(key)) if key[:length] in known_keys()), None)
        if key in known_keys():
            if not _is_writable(value):
                yield f"{where} must be one line of plain text"
        elif above:
            yield f"{where} is inside of {layer.spell(above)}, which must be {known_keys()[above].words}"
        elif not any(keys_in(key)):
            yield f"{where} is not a setting{_suggest(key, layer)}"
        elif value != {}:
            yield f"{where} must be a table; its keys are {_list_keys(key, layer)}"


def _is_writable(value: Any) -> bool:
    """No setting needs a control character, or half of one as a broken environment brings; much would choke on it."""
    texts = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
    return not any(unicodedata.category(letter) in ("Cc", "Cs") for text in texts for letter in text)


def _suggest(key: Key, layer: Layer) -> str:
    table = next(key[:length] for length in range(len(key) - 1, -1, -1) if any(keys_in(key[:length])))
    for candidates in (keys_in(table)[0], known_keys()):
        known = {one[-1]: one for one in candidates}
        for name in difflib.get_close_matches(key[-1], known, n=1, cutoff=0.7):
            return f"; did you mean {layer.spell(known[name])}?"
    return f"; allowed here: {_list_keys(table, layer)}"


def _list_keys(table: Key, layer: Layer) -> str:
    keys, tables = keys_in(table)
    return ", ".join([*map(layer.spell, keys), *(layer.spell(one, is_table=True) for one in tables)])


def _validate(layers: Sequence[Layer]) -> tuple[Settings | None, list[str]]:
    """The settings, or None, and what is wrong with the values; of keys that are none nothing is said here."""
    origins = {key: layer for layer in reversed(layers) for key in layer.values if key in known_keys()}
    nested: dict[str, Any] = {}
    for key, layer in origins.items():
        place = nested
        for table in key[:-1]:
            place = place.setdefault(table, {})
        place[key[-1]] = layer.values[key]
    try:
        return Settings.model_validate(nested), []
    except ValidationError as error:
        return None, [_explain(one["loc"], str(one.get("ctx", {}).get("error", "")), origins) for one in error.errors()]


def _explain(place: tuple[int | str, ...], words: str, origins: Mapping[Key, Layer]) -> str:
    """`place` is the key, and below it the position in a list; without `words` of its own it is told what it may be."""
    key = tuple(part for part in place if isinstance(part, str))
    return f"{origins[key].locate(key)} must be {words or known_keys()[key].words}"
