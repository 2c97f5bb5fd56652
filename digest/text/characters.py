"""Which characters may stand in a text that people read, and which would hide or turn what is around them."""

from __future__ import annotations

import unicodedata

# Marks that turn the direction of what follows reach past the text they came in (Unicode TR 9, section 2).
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Controls, halves of pairs, and code points without a character, among them those that will never have one.
_UNWRITABLE = frozenset({"Cc", "Cs", "Cn"})


def is_readable(character: str) -> bool:
    """Whether it is a character for readers: no control, surrogate or unassigned code point, no mark that turns."""
    return character not in TURNS and unicodedata.category(character) not in _UNWRITABLE
