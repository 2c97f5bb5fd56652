"""People's names, taken apart and spelt so that equal ones meet."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_MARKS = re.compile("[\u0300-\u036f]")
_APART = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n"}
)
# Umlauts are also written out: Müller is Mueller, and both have one key.
_WRITTEN_OUT = re.compile("(?<=[aou])e")
_HYPHENS = re.compile("[-\u2010-\u2015]+")
_BETWEEN = re.compile(r"[^\w-]+|_+")
_APOSTROPHES = re.compile("['’ʼʻ‘`´]")
_SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv"}
_TITLES = frozenset({"dr", "prof", "professor", "phd", "md", "msc", "mr", "mrs", "ms"})
_PARTICLES = frozenset(
    (
        *("van", "von", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "el"),
        *("al", "bin", "ibn", "ben", "ter", "ten", "zu", "zur", "af", "av", "st", "y", "e"),
    )
)
_GROUP = re.compile(
    r"\b(?:collaborations?|consortium|consortia|team|group|network|initiative|committee|community|project|"
    r"working group|task force|survey|observatory|for the)\b|\bet al\b",
    re.IGNORECASE,
)
# `MH` and `JY` are initials; `AL` and `WU` may be names.
_INITIALS = re.compile("[A-Z][B-DF-HJ-NP-TV-Z]{1,2}|J[AEIOUY]")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name taken apart; all parts are folded: lower case, without accents.

    `given` are the given names and initials in order, a hyphenated one in one piece; `family` is the last word, without
    particles such as `van der`; one who has a single name has no `given`. `suffix` is `jr`, `sr`, `ii`, `iii`, `iv` or
    empty.
    """

    given: tuple[str, ...]
    family: str
    suffix: str = ""

    @property
    def first(self) -> str:
        """The first given name or initial, or nothing."""
        return self.given[0] if self.given else ""

    @property
    def is_full(self) -> bool:
        """Whether its first given name is more than an initial."""
        return len(self.first) > 1 or (bool(self.first) and not self.first.isascii())

    @property
    def swapped(self) -> PersonName | None:
        """The same with its first part as the family name; None for single names and those with initials."""
        if not self.is_full or any(len(one) == 1 and one.isascii() for one in (*self.given, self.family)):
            return None
        return PersonName((*self.given[1:], self.family), self.given[0], self.suffix)


def fold(text: str) -> str:
    """The text in lower case without accents; letters that have no base, such as ø, become what people type for them.

    The marks of Indic scripts and of kana stay, because they make other letters.
    """
    spread = unicodedata.normalize("NFKD", text.casefold().translate(_APART))
    return unicodedata.normalize("NFC", _MARKS.sub("", spread)).translate(_APART)


def is_group(name: str) -> bool:
    """Whether an author is a collaboration or the like, and no person."""
    return bool(_GROUP.search(name)) or not any(one.isalpha() for one in name)


def read_name(name: str) -> PersonName | None:
    """The person's name, given names first or as `Family, Given`; None for what names no person."""
    if is_group(name):
        return None
    ahead, comma, behind = name.partition(",")
    words = _words(name)
    if comma and _words(behind) and not set(map(fold, _words(behind))) <= {*_SUFFIXES, *_TITLES}:
        words = _words(behind) + _words(ahead)
    suffix = next((_SUFFIXES[fold(one)] for one in words if fold(one) in _SUFFIXES), "") if len(words) > 1 else ""
    parts = [one for one in words if fold(one) not in _TITLES and fold(one) not in _SUFFIXES] or words
    given = [
        token for place, word in enumerate(parts[:-1]) if not (place and _is_particle(word)) for token in _tokens(word)
    ]
    tokens = [*given, *map(fold, parts[-1:])]
    return PersonName(tuple(tokens[:-1]), tokens[-1], suffix) if tokens and tokens[-1] else None


def family_key(family: str) -> str:
    """The key under which a name is found: with and without a hyphen, with umlauts and written out, it is the same."""
    return _WRITTEN_OUT.sub("", family.replace("-", ""))


def _words(text: str) -> list[str]:
    hyphenated = _HYPHENS.sub("-", _APOSTROPHES.sub("", text))
    return [word.strip("-") for word in _BETWEEN.split(hyphenated) if word.strip("-")]


def _tokens(word: str) -> list[str]:
    """A given name, or the initials of one such as `MH`."""
    return list(fold(word)) if _INITIALS.fullmatch(word) else [fold(word)]


def _is_particle(word: str) -> bool:
    return fold(word) in _PARTICLES and (len(word) > 1 or word.islower())
