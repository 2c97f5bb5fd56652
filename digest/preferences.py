"""Reads preferences as people write them, in a form, a table or on the command line, and writes them the same way."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from digest.errors import InputError, SettingsError
from digest.model.subscriber import Frequency, Preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LISTS = ("topics", "categories", "keywords", "muted_keywords", "followed_authors", "muted_authors")
SWITCHES = ("cross_lists", "replacements")
SCHEDULE = ("frequency", "weekday", "hour", "zone")
FIELDS = (*LISTS, *SWITCHES, "papers", *SCHEDULE, "language")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Languages whose dates read well in a mail that is otherwise in English.
LANGUAGES = (
    "en", "en-GB", "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv",
    "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "vi", "zh", "zh-Hant",
)  # fmt: skip
MOST_PAPERS = 200
_MOST_NAMED = 200
_LONGEST = 200
_YES, _NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off", "")


class PreferencesError(InputError):
    """Fields that can't be used: `problems` are by field, each with what is allowed there."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__(f"Reading preferences: {' '.join(problems.values())}")


@dataclass(frozen=True, slots=True)
class PreferenceReader:
    """Reads preferences against what there is: topics by slug with their names, and arXiv's categories."""

    topics: Mapping[str, str]
    check_categories: Callable[[Sequence[str]], tuple[str, ...]]

    def read(self, fields: Mapping[str, str], *, base: Preferences) -> Preferences:
        """`base` with the fields that are given; in a list, semicolons or line ends stand between the parts,
        and, except between names of authors, commas.

        PreferencesError names all that can't be used, and what is allowed.
        """
        unknown = sorted(fields.keys() - set(FIELDS))
        problems = {name: f"there is no '{name}'. There are: {', '.join(FIELDS)}." for name in unknown[:1]}
        read: dict[str, Any] = {}
        for name in (one for one in FIELDS if one in fields):
            try:
                read[name] = self._value(name, fields[name], base)
            except (InputError, SettingsError) as error:
                problems[name] = str(error)
        if problems:
            raise PreferencesError(problems)
        when = {name: read.pop(name) for name in SCHEDULE if name in read}
        return replace(base, **read, schedule=replace(base.schedule, **when))

    def _value(self, name: str, text: str, base: Preferences) -> Any:
        """What stands in a field; a topic chosen before may be gone from the operator's list: no reader's mistake."""
        if name == "topics":
            parts = _parts(name, text)
            return tuple(dict.fromkeys(one if one in base.topics else self._slug(one) for one in parts))
        if name == "categories":
            return self.check_categories(_parts(name, text))
        return _parts(name, text) if name in LISTS else _READERS[name](name, text)

    def _slug(self, topic: str) -> str:
        by_name = {name.casefold(): slug for slug, name in self.topics.items()}
        wanted = topic.casefold()
        if wanted in self.topics:
            return wanted
        if wanted in by_name:
            return by_name[wanted]
        near = difflib.get_close_matches(wanted, [*self.topics, *by_name], n=3, cutoff=0.5)
        slugs = list(dict.fromkeys(by_name.get(one, one) for one in near))
        raise InputError(f"there is no topic '{topic}'. {_suggestion(slugs)}")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What can come at all: the categories that this digest reads, and the topics whose papers lie in them, by slug."""

    categories: frozenset[str]
    topics: frozenset[str]

    def unread(self, preferences: Preferences) -> tuple[str, ...]:
        """The chosen categories and topics of which nothing comes."""
        topics = (slug for slug in preferences.topics if slug not in self.topics)
        return (*topics, *(code for code in preferences.categories if code not in self.categories))

    def is_in_vain(self, preferences: Preferences) -> bool:
        """Whether nothing at all can come by those preferences."""
        if preferences.keywords or preferences.followed_authors:
            return False
        chosen = ((preferences.topics, self.topics), (preferences.categories, self.categories))
        return any(wanted and not covered.intersection(wanted) for wanted, covered in chosen)


def write_preferences(preferences: Preferences) -> dict[str, str]:
    """The fields that `PreferenceReader.read` turns into the same preferences."""
    schedule = preferences.schedule
    return {
        **{name: "; ".join(getattr(preferences, name)) for name in LISTS},
        **{name: "yes" if getattr(preferences, name) else "no" for name in SWITCHES},
        "papers": str(preferences.papers),
        "frequency": schedule.frequency.value,
        "weekday": WEEKDAYS[schedule.weekday],
        "hour": str(schedule.hour),
        "zone": schedule.zone,
        "language": preferences.language,
    }


def _parts(name: str, text: str) -> tuple[str, ...]:
    marks = ";\n" if name.endswith("_authors") else ",;\n"
    for mark in marks:
        text = text.replace(mark, "\n")
    parts = tuple(dict.fromkeys(" ".join(part.split()) for part in text.splitlines() if part.strip()))
    if len(parts) > _MOST_NAMED or any(len(part) > _LONGEST for part in parts):
        raise InputError(f"{name} may name at most {_MOST_NAMED}, each of at most {_LONGEST} characters.")
    if any(not part.isprintable() for part in parts):
        raise InputError(f"{name} has a character that can't be shown. Type it anew.")
    return parts


def _switch(name: str, text: str) -> bool:
    wanted = text.strip().casefold()
    if wanted not in (*_YES, *_NO):
        raise InputError(f"{name} is '{text}'. Write yes or no.")
    return wanted in _YES


@cache
def _zones() -> dict[str, str]:
    """Every zone's name, by the same in small letters; finding them reads hundreds of files."""
    return {name.casefold(): name for name in available_timezones()}


def _zone(_name: str, text: str) -> str:
    by_name = _zones()
    wanted = text.strip().replace(" ", "_").casefold()
    if wanted in by_name:
        return by_name[wanted]
    near = [by_name[name] for name in difflib.get_close_matches(wanted, by_name, n=3, cutoff=0.5)]
    cities = [name for folded, name in by_name.items() if wanted and folded.rpartition("/")[2] == wanted]
    raise InputError(f"there is no time zone '{text}'. {_suggestion([*cities, *near][:3])}")


def _one_of(name: str, text: str, allowed: Sequence[str]) -> str:
    spelled = {one.casefold(): one for one in allowed}
    wanted = text.strip().casefold()
    if wanted not in spelled:
        raise InputError(f"{name} is '{text}'. Allowed: {', '.join(allowed)}.")
    return spelled[wanted]


def _number(name: str, text: str, least: int, most: int) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise InputError(f"{name} is '{text}'. Write a whole number from {least} to {most}.")
    return int(text)


def _suggestion(near: Sequence[str]) -> str:
    return f"Did you mean {', '.join(near)}?" if near else "Look at the list on the preferences page."


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    **dict.fromkeys(SWITCHES, _switch),
    "papers": lambda name, text: _number(name, text, 1, MOST_PAPERS),
    "frequency": lambda name, text: Frequency(_one_of(name, text, [one.value for one in Frequency])),
    "weekday": lambda name, text: WEEKDAYS.index(_one_of(name, text, WEEKDAYS)),
    "hour": lambda name, text: _number(name, text.removesuffix(":00"), 0, 23),
    "zone": _zone,
    "language": lambda name, text: _one_of(name, text, LANGUAGES),
}
