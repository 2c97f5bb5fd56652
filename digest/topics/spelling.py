"""A phrase written for a heading, as the day's abstracts write its words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OFTEN_SMALL = 0.25
"""From which share on a word's small spelling is taken; abbreviations spelled out give capitals to all the others."""
_OFTEN_MANY, _OFTEN_MANY_DOINGS = 0.12, 0.5
"""From which share on a heading ends in the plural; words for doings ("generation") rarely do."""
_ENDINGS_OF_DOINGS = ("ion", "ment", "ing", "ance", "ence", "ity", "ism")
_BETWEEN_WORDS = re.compile(r"([ \-‐‑–])")
_TITLE_SHAPED = re.compile(r"[A-Z][^\W\d_A-Z]+")


@dataclass(frozen=True, slots=True)
class Usage:
    """How a day's abstracts write words: their spellings by the word in small letters, and what ends a phrase."""

    spellings: dict[str, Counter[str]] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)

    def learn(self, phrases: Iterable[str]) -> None:
        """Adds the words of these phrases."""
        for phrase in phrases:
            words = _BETWEEN_WORDS.split(phrase)
            self.ends[words[-1].lower()] += 1
            for word in words[::2]:
                self.spellings.setdefault(word.lower(), Counter())[word] += 1


def write_heading(spellings: Sequence[str], usage: Usage) -> str:
    """The phrase, of which `spellings` are all places in some papers, in sentence case and its usual number."""
    usual = min(Counter(spellings).items(), key=lambda it: (-it[1], it[0]))[0]
    words = [_write(word, usage) for word in _BETWEEN_WORDS.split(usual)]
    words[-1] = _in_usual_number(words[-1], usage.ends)
    if words[0] == words[0].lower():
        words[0] = words[0][0].upper() + words[0][1:]
    return "".join(words)


def _write(word: str, usage: Usage) -> str:
    """The word small, unless it is a name or an abbreviation, as which the abstracts mostly write it."""
    forms = usage.spellings.get(word.lower(), Counter[str]())
    most = min(forms, key=lambda form: (-forms[form], form), default=word)
    if not _TITLE_SHAPED.fullmatch(most):
        return most
    is_name = forms and not most.endswith(_ENDINGS_OF_DOINGS) and forms[word.lower()] < _OFTEN_SMALL * forms.total()
    return most if is_name else word.lower()


def _in_usual_number(word: str, ends: Counter[str]) -> str:
    one = word.removesuffix("s")
    singular, plural = ends[one.lower()], ends[f"{one.lower()}s"]
    if not singular or not plural:
        return word
    often = _OFTEN_MANY_DOINGS if one.endswith(_ENDINGS_OF_DOINGS) else _OFTEN_MANY
    return f"{one}s" if plural >= often * (singular + plural) else one
