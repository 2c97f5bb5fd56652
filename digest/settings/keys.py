"""Every key that can be set, with what it may hold in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from digest.settings.tables import Settings
from digest.signals.all import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key may hold: in words that go after "must be", and whether it is a list."""

    words: str
    is_list: bool = False


@cache
def known_keys() -> Mapping[Key, Kind]:
    """The keys in the order of their tables, such as `("mail", "smtp_port")`; a weight has its signal's name."""
    return dict(_keys_of(Settings))


def keys_in(table: Key) -> tuple[list[Key], list[Key]]:
    """The keys right in a table, and its tables."""
    inside = [key for key in known_keys() if key[: len(table)] == table]
    tables = dict.fromkeys(key[: len(table) + 1] for key in inside if len(key) > len(table) + 1)
    return [key for key in inside if len(key) == len(table) + 1], list(tables)


def _keys_of(model: type[BaseModel], above: Key = ()) -> Iterator[tuple[Key, Kind]]:
    for name, field in model.model_fields.items():
        key = (*above, field.alias or name)
        annotation: Any = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _keys_of(annotation, key)
        elif get_origin(annotation) is dict:
            words = TypeAdapter(get_args(annotation)[1]).json_schema()["description"]
            yield from (((*key, signal.name), Kind(words)) for signal in SIGNALS)
        else:
            yield key, Kind(_words(field), is_list=get_origin(annotation) is tuple)


def _words(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        *others, last = (f'"{choice}"' for choice in get_args(field.annotation))
        return f"{', '.join(others)} or {last}"
    return str(field.description)
