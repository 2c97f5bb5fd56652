"""A form about preferences: what stands in it, what is wrong with it, and the preferences it asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from digest.errors import InputError
from digest.model.subscriber import Preferences
from digest.preferences import FIELDS, LISTS, SWITCHES, PreferenceReader, write_preferences
from digest.web.choices import Choice, Choices, Group
from digest.web.forms import Form
from digest.web.site import Site

# What somebody may ask for whose address isn't confirmed yet. Nothing of it is typed freely, so that nobody can have
# words of theirs written into a mail to somebody else.
BEFORE_CONFIRMING = ("topics", "categories", "frequency", "weekday", "hour", "zone")
_BOXES = ("topics", "categories")
_SAYING = "Reading preferences: "


@dataclass(frozen=True, slots=True)
class WishForm:
    """The form as it is shown: `texts` by field, the boxes that are ticked, and problems by field.

    `gone` are topics and categories that there were when they were chosen.
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
    """The preferences without topics and categories that there are no more."""
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
    form: Form, reader: PreferenceReader, *, base: Preferences, allowed: Collection[str] = FIELDS
) -> Preferences | dict[str, str]:
    """`base` with what the form asks for in the `allowed` fields, or what is wrong, by field."""
    fields = _fields(form, allowed)
    problems = {}
    for name, text in fields.items():
        try:
            reader.read({name: text}, base=base)
        except InputError as error:
            problems[name] = _said(error)
    return problems or reader.read(fields, base=base)


def _fields(form: Form, allowed: Collection[str]) -> dict[str, str]:
    """What the form says of each field; boxes that are ticked and names that are typed make one list."""
    fields = {name: form.text(name) for name in allowed if form.has(name) and name not in (*_BOXES, *SWITCHES)}
    for name in _BOXES:
        if name in allowed and form.has(f"more_{name}"):
            fields[name] = "\n".join((*form.all(name), form.text(f"more_{name}")))
    # A box that isn't ticked sends nothing: a hidden field beside it says that it was there.
    return fields | {name: form.text(name) for name in SWITCHES if name in allowed and form.has(name)}


def _said(error: InputError) -> str:
    text = str(error).removeprefix(_SAYING)
    return text[:1].upper() + text[1:]
