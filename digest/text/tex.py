"""Makes readable Unicode of the TeX in arXiv's titles, abstracts, author names and comments."""

from __future__ import annotations

import re

from digest.text.tex_reader import Reader

# pylatexenc has the symbols (tex_forms.py), but its converter won't do: made for documents, not for what people type
# into a form, it raised on 215 of 10,405 recorded texts with TeX in them and lost words of 284.
_TEX = re.compile(r"[\\${}^~`_]|''|--")
_INTERNAL = re.compile(r"[\ufdd0-\ufdef]")  # never characters of a text (Unicode, section 23.7); the reader uses some
_QUOTED = re.compile(r"(?<![\w`])`(?=\w)([^`'‘’]{1,80})'(?!\w)")
_DEGREES = re.compile(r"(?<=\d) °(?!\s?[CFK]\b)")


def to_unicode(text: str) -> str:
    """The text as a reader expects it: `$x\\in\\mathbb{R}^d$` is `x ∈ ℝᵈ`, `Erd\\H{o}s` is `Erdős`.

    Whitespace is squeezed. Words are never lost: what isn't TeX after all (a price, a lone `$` or brace, a command
    nobody knows) keeps its letters. Never raises, and takes time linear in the text's length.
    """
    text = _INTERNAL.sub("", text)
    if _TEX.search(text):
        text = _DEGREES.sub("°", _QUOTED.sub(r"‘\1’", Reader(text).read()))
    return " ".join(text.split())
