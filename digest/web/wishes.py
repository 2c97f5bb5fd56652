"""A form about preferences: what stands in it, what is wrong with it, and the preferences it asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from digest.model.subscriber import Preferences
from digest.preferences import FIELDS, LISTS, SWITCHES, PreferencesError, write_preferences
from digest.web.choices import Choice, Choices, Group
from digest.web.forms import Form
from digest.web.site import Site

# What somebody may ask for whose address isn't confirmed yet. Nothing of it is typed freely, so that nobody can have
# words of theirs written into a mail to somebody else.
BEFORE_CONFIRMING = ("topics", "categories", "frequency", "weekday", "hour", "zone")
_BOXES = ("topics", "categories")
# What the forms call the fields.
_LABELS = {
    "topics": "Topics",
    "categories": "Categories",
    "cross_lists": "The box about cross-lists",
    "replacements": "The box about newer versions",
    "keywords": "Keywords",
    "muted_keywords": "Muted keywords",
    "followed_authors": "Authors you follow",
    "muted_authors": "Muted authors",
    "papers": "The number of papers",
    "frequency": "How often",
    "weekday": "The day of a weekly mail",
    "hour": "The hour",
    "language": "The language of dates",
}


@dataclass(frozen=True, slots=True)
class WishForm:
    """The form as it is shown: `texts` by field, the boxes that are ticked, and problems by field.

    `gone` are topics and categories that were chosen and that the digest doesn't have, or has no more.
    """

    texts: Mapping[str, str]
    ticked: Mapping[str, frozenset[str]]
    choices: Choices
    problems: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()

    def is_ticked(self, name: str, value: str) -> bool:
        """Whether that box is ticked."""
        return value in self.ticked[name]

    def chosen(self, name: str, group: Group) -> tuple[Choice, ...]:
        """What is ticked in a group."""
        return tuple(one for one in group.choices if one.value in self.ticked[name])


def still_there(preferences: Preferences, site: Site) -> Preferences:
    """The preferences without topics and categories that the digest doesn't have, or has no more."""
    return replace(
        preferences,
        topics=tuple(slug for slug in preferences.topics if slug in site.topics),
        categories=tuple(code for code in preferences.categories if code in site.categories),
    )


def filled_in(preferences: Preferences, site: Site, choices: Choices) -> WishForm:
    """The form with those preferences in it."""
    kept = still_there(preferences, site)
    texts = write_preferences(preferences)
    texts |= {name: "\n".join(getattr(preferences, name)) for name in LISTS}
    texts |= {f"more_{name}": "" for name in _BOXES}
    return WishForm(
        texts=texts,
        ticked={name: frozenset(getattr(kept, name)) for name in _BOXES},
        choices=choices,
        gone=tuple(one for name in _BOXES for one in getattr(preferences, name) if one not in getattr(kept, name)),
    )


def sent_again(form: Form, before: WishForm, problems: Mapping[str, str]) -> WishForm:
    """The form as somebody sent it, with what is wrong beside it."""
    texts = {name: form.text(name) if form.has(name) else text for name, text in before.texts.items()}
    return WishForm(
        texts=texts,
        ticked={name: frozenset(form.all(name)) for name in _BOXES},
        choices=before.choices,
        problems=problems,
    )


def read_wishes(
    form: Form, site: Site, *, base: Preferences, allowed: Collection[str] = FIELDS
) -> Preferences | dict[str, str]:
    """`base` with what the form asks for in the `allowed` fields, or what is wrong, by field."""
    try:
        read = site.reader.read(_fields(form, allowed), base=base)
    except PreferencesError as error:
        return {name: _said(name, text) for name, text in error.problems.items()}
    return _in_vain(form, site) or still_there(read, site)


def _in_vain(form: Form, site: Site) -> dict[str, str]:
    """What was typed, and is known, but not here: nothing would ever come of it."""
    problems = {}
    for name, offered in zip(_BOXES, (site.topics, site.categories), strict=True):
        for typed in re.split("[,;\n]", form.text(f"more_{name}")):
            meant = getattr(site.reader.read({name: typed}, base=Preferences()), name)
            if meant and not offered.keys() & set(meant):
                problems[name] = f"This digest doesn’t read {typed.strip()}: nothing would come of it."
    return problems


def _fields(form: Form, allowed: Collection[str]) -> dict[str, str]:
    """What the form says of each field; boxes that are ticked and names that are typed make one list."""
    fields = {name: form.text(name) for name in allowed if form.has(name) and name not in (*_BOXES, *SWITCHES)}
    for name in _BOXES:
        if name in allowed and form.has(f"more_{name}"):
            fields[name] = "\n".join((*form.all(name), form.text(f"more_{name}")))
    # A box that isn't ticked sends nothing: a hidden field beside it says that it was there.
    return fields | {name: form.text(name) for name in SWITCHES if name in allowed and form.has(name)}


def _said(name: str, text: str) -> str:
    """The problem in the form's words, which has names for its fields that people can read."""
    if text.startswith(f"{name} "):
        return _LABELS[name] + text.removeprefix(name)
    return text.replace("there is no", "There is no", 1) if text.startswith("there is no") else text
