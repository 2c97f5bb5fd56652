"""Reads preferences as people write them, in a form, a table or on the command line, and writes them the same way."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from digest.errors import InputError, SettingsError
from digest.model.subscriber import Frequency, Preferences, Schedule

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


@dataclass(frozen=True, slots=True)
class PreferenceReader:
    """Reads preferences against what there is: topics by slug with their names, and arXiv's categories."""

    topics: Mapping[str, str]
    check_categories: Callable[[Sequence[str]], tuple[str, ...]]

    def read(self, fields: Mapping[str, str], *, base: Preferences) -> Preferences:
        """`base` with the fields that are given; in a list, semicolons or line ends stand between the parts,
        and, except between names of authors, commas.

        InputError names the field that can't be used, and what is allowed.
        """
        unknown = sorted(fields.keys() - set(FIELDS))
        if unknown:
            raise InputError(f"Reading preferences: there is no '{unknown[0]}'. There are: {', '.join(FIELDS)}.")
        changes: dict[str, Any] = {name: _parts(name, fields[name]) for name in LISTS if name in fields}
        changes |= {name: _switch(name, fields[name]) for name in SWITCHES if name in fields}
        if "papers" in fields:
            changes["papers"] = _number("papers", fields["papers"], 1, MOST_PAPERS)
        if "language" in fields:
            changes["language"] = _one_of("language", fields["language"], LANGUAGES)
        return self._checked(replace(base, **changes, schedule=_schedule(fields, base)), chosen_before=base.topics)

    def _checked(self, read: Preferences, *, chosen_before: Sequence[str]) -> Preferences:
        """A topic chosen before may be gone from the operator's list meanwhile: that is no reader's mistake."""
        slugs = tuple(dict.fromkeys(one if one in chosen_before else self._slug(one) for one in read.topics))
        try:
            return replace(read, topics=slugs, categories=self.check_categories(read.categories))
        except SettingsError as error:
            raise InputError(f"Reading preferences: {error}") from error

    def _slug(self, topic: str) -> str:
        by_name = {name.casefold(): slug for slug, name in self.topics.items()}
        wanted = topic.casefold()
        if wanted in self.topics:
            return wanted
        if wanted in by_name:
            return by_name[wanted]
        near = difflib.get_close_matches(wanted, [*self.topics, *by_name], n=3, cutoff=0.5)
        slugs = list(dict.fromkeys(by_name.get(one, one) for one in near))
        raise InputError(f"Reading preferences: there is no topic '{topic}'. {_suggestion(slugs)}")


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
        raise InputError(
            f"Reading preferences: {name} may name at most {_MOST_NAMED}, each of at most {_LONGEST} characters."
        )
    if any(not part.isprintable() for part in parts):
        raise InputError(f"Reading preferences: {name} has a character that can't be shown. Type it anew.")
    return parts


def _switch(name: str, text: str) -> bool:
    wanted = text.strip().casefold()
    if wanted not in (*_YES, *_NO):
        raise InputError(f"Reading preferences: {name} is '{text}'. Write yes or no.")
    return wanted in _YES


def _schedule(fields: Mapping[str, str], read: Preferences) -> Schedule:
    schedule = read.schedule
    if "frequency" in fields:
        wanted = _one_of("frequency", fields["frequency"], [one.value for one in Frequency])
        schedule = replace(schedule, frequency=Frequency(wanted))
    if "weekday" in fields:
        schedule = replace(schedule, weekday=WEEKDAYS.index(_one_of("weekday", fields["weekday"], WEEKDAYS)))
    if "hour" in fields:
        schedule = replace(schedule, hour=_number("hour", fields["hour"].removesuffix(":00"), 0, 23))
    if "zone" in fields:
        schedule = replace(schedule, zone=_zone(fields["zone"]))
    return schedule


@cache
def _zones() -> dict[str, str]:
    """Every zone's name, by the same in small letters; finding them reads hundreds of files."""
    return {name.casefold(): name for name in available_timezones()}


def _zone(text: str) -> str:
    by_name = _zones()
    wanted = text.strip().replace(" ", "_").casefold()
    if wanted in by_name:
        return by_name[wanted]
    near = [by_name[name] for name in difflib.get_close_matches(wanted, by_name, n=3, cutoff=0.5)]
    cities = [name for folded, name in by_name.items() if wanted and folded.rpartition("/")[2] == wanted]
    raise InputError(f"Reading preferences: there is no time zone '{text}'. {_suggestion([*cities, *near][:3])}")


def _one_of(name: str, text: str, allowed: Sequence[str]) -> str:
    spelled = {one.casefold(): one for one in allowed}
    wanted = text.strip().casefold()
    if wanted not in spelled:
        raise InputError(f"Reading preferences: {name} is '{text}'. Allowed: {', '.join(allowed)}.")
    return spelled[wanted]


def _number(name: str, text: str, least: int, most: int) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise InputError(f"Reading preferences: {name} is '{text}'. Write a whole number from {least} to {most}.")
    return int(text)


def _suggestion(near: Sequence[str]) -> str:
    return f"Did you mean {', '.join(near)}?" if near else "Look at the list on the preferences page."
