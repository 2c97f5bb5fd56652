"""Reads the lists that operators edit: categories, topics and areas."""

from __future__ import annotations

import difflib
import tomllib
from typing import TYPE_CHECKING, Any

from digest.assets import folder
from digest.errors import SettingsError
from digest.model.topic import Category, TopicRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_TOPIC_KEYS = frozenset({"slug", "name", "categories", "phrases"})


def load_categories() -> dict[str, Category]:
    """arXiv's categories by code."""
    archives = _read(folder("config") / "categories.toml")
    return {
        code: Category(code, name, archive)
        for archive, table in archives.items()
        for code, name in table["categories"].items()
    }


def load_archives() -> dict[str, str]:
    """The names of arXiv's archives, by what stands before the dot in their categories' codes."""
    return {archive: table["name"] for archive, table in _read(folder("config") / "categories.toml").items()}


def check_categories(codes: Iterable[str], known: Mapping[str, Category]) -> tuple[str, ...]:
    """The codes as arXiv spells them, each once, an archive as all its categories; SettingsError for unknown ones."""
    spelled = {code.lower(): code for code in known}
    by_archive: dict[str, list[str]] = {}
    for category in known.values():
        by_archive.setdefault(category.archive.lower(), []).append(category.code)
    found: dict[str, None] = {}
    for code in codes:
        wanted = code.strip().lower()
        if wanted in spelled:
            found[spelled[wanted]] = None
        elif wanted in by_archive:
            found.update(dict.fromkeys(by_archive[wanted]))
        else:
            raise SettingsError(f"arXiv has no category '{code}'{_suggest(wanted, spelled)}")
    return tuple(found)


def _suggest(wanted: str, spelled: Mapping[str, str]) -> str:
    close = difflib.get_close_matches(wanted, spelled, n=3, cutoff=0.6)
    names = ", ".join(spelled[one] for one in close)
    return f"; did you mean {names}?" if names else "; its codes look like cs.CL, and https://arxiv.org lists them."


def load_topics(file: Path | None) -> tuple[TopicRule, ...]:
    """The topics of the operator's file, or the shipped ones; SettingsError says which topic is wrong, and how."""
    file = file or folder("config") / "topics.toml"
    tables = _read(file).get("topic", [])
    if not isinstance(tables, list) or not tables:
        raise SettingsError(f"Reading the topics in {file}: there is none. A topic begins with a line [[topic]].")
    known = load_categories()
    rules = tuple(_topic(table, place, file, known) for place, table in enumerate(tables, start=1))
    slugs = [rule.slug for rule in rules]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise SettingsError(f"Reading the topics in {file}: the slug '{twice[0]}' names two topics.")
    return rules


def _topic(table: Any, place: int, file: Path, known: Mapping[str, Category]) -> TopicRule:
    what = f"Reading the topics in {file}: topic {place}"
    if not isinstance(table, dict):
        raise SettingsError(f"{what} is not a table. It begins with a line [[topic]].")
    what += f" ({table.get('slug') or table.get('name') or 'without slug'})"
    unknown = sorted(table.keys() - _TOPIC_KEYS)
    if unknown:
        raise SettingsError(f"{what} has the unknown key '{unknown[0]}'. Allowed: {', '.join(sorted(_TOPIC_KEYS))}.")
    slug, name = table.get("slug"), table.get("name")
    if not (isinstance(slug, str) and slug and isinstance(name, str) and name):
        raise SettingsError(f"{what} needs a slug and a name, both text.")
    categories, phrases = (_texts(table, key, what) for key in ("categories", "phrases"))
    if not categories and not phrases:
        raise SettingsError(f"{what} needs categories or phrases: as it is, no paper can belong to it.")
    try:
        return TopicRule(slug, name, check_categories(categories, known), phrases)
    except SettingsError as error:
        raise SettingsError(f"{what}: {error}") from error


def _texts(table: Mapping[str, Any], key: str, what: str) -> tuple[str, ...]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
        raise SettingsError(f"{what}: {key} must be a list of texts.")
    return tuple(found)


def load_areas(file: Path | None) -> dict[str, str]:
    """The area of each category or archive named in the operator's list of topics, or in the shipped one."""
    file = file or folder("config") / "topics.toml"
    areas = _read(file).get("areas", {})
    if not isinstance(areas, dict):
        raise SettingsError(f"Reading the areas in {file}: they are no table. It begins with a line [areas].")
    return {code: area for area in areas for code in _texts(areas, area, f"Reading the areas in {file}")}


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"Reading {file}: {error.strerror}. Name a file that is there in topics_file.") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"Reading {file}: it is not valid TOML: {error}.") from error
