"""Reads TeX as authors really write it, and writes Unicode.

pylatexenc supplies the symbols. Its own converter is not used: it takes `%` for a comment and `$5` for a formula,
drops commands that it doesn't know together with their words, and raises on what authors leave unbalanced.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.text.tex_forms import ACCENTS, FORMS, FUNCTIONS, LETTERS, SILENT, accented, script, symbols
from digest.text.tex_pieces import FORMULA_CLOSER, formula_ends, is_formula, matching_braces, split
from digest.text.tex_spacing import GAP, spaced, spaced_symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEEPEST = 40
_LONGEST_OPTION = 60  # pieces between [ and ]
_QUOTATION_MARKS = ("'", '"', "`")
_ESCAPED = re.compile(r"\\([_%#&~$])")


class Reader:
    """Reads one text from beginning to end."""

    def __init__(self, text: str) -> None:
        self._pieces: list[str] = split(text)
        self._closing = matching_braces(self._pieces)
        self._closers = set(self._closing.values())
        self._formula_ends = formula_ends(self._pieces)
        self._has_quotes = "``" in text
        self._formula = False
        self._at = 0
        self._end = len(self._pieces)
        self._depth = 0

    def read(self) -> str:
        """All of it, in Unicode; white space as it comes."""
        return self._read_until(self._end, formula=False)

    def _read_until(self, end: int, *, formula: bool) -> str:
        outer = self._formula, self._end
        self._formula, self._end = formula, end
        self._depth += 1
        out: list[str] = []
        while self._at < end:
            piece = self._pieces[self._at]
            self._at += 1
            out.append(self._read_piece(piece, out))
        self._depth -= 1
        self._formula, self._end = outer
        return spaced("".join(out)) if formula else "".join(out)

    def _read_piece(self, piece: str, out: list[str]) -> str:
        if piece in FORMULA_CLOSER and not self._formula:
            return self._read_formula(piece)
        if piece[0] == "\\":
            return self._read_command(piece[1:])
        if piece == "{":
            return self._read_group()
        if piece == "}":
            return "" if self._at - 1 in self._closers else piece
        if piece in ("^", "_"):
            return self._read_script(piece, out)
        return _in_formula(piece) if self._formula else self._in_text(piece, out)

    def _next(self) -> str:
        return self._pieces[self._at] if self._at < self._end else ""

    def _read_group(self) -> str:
        closing = self._closing.get(self._at - 1)
        if closing is None or closing >= self._end:
            return "{"
        if self._depth >= _DEEPEST:
            return ""
        if self._is_set(closing):
            return "{" + self._read_to(closing, formula=False) + "}"
        return self._read_to(closing, formula=self._formula)

    def _read_to(self, closing: int, *, formula: bool) -> str:
        text = self._read_until(closing, formula=formula)
        self._at = closing + 1
        return text

    def _is_set(self, closing: int) -> bool:
        """Whether the braces are meant to be seen: a list in running text, as in "{0, 1}"."""
        before = self._pieces[self._at - 2] if self._at > 1 else " "
        return not self._formula and before.isspace() and "," in self._pieces[self._at : min(closing, self._at + 40)]

    def _read_formula(self, opener: str) -> str:
        end = self._formula_ends.get(self._at - 1)
        if end is None or end >= self._end:
            return opener.lstrip("\\")
        after = self._pieces[end + 1] if end + 1 < len(self._pieces) else ""
        if opener == "$" and not is_formula("".join(self._pieces[self._at : end]), after):
            return opener
        return self._read_to(end, formula=True)

    def _read_script(self, mark: str, out: list[str]) -> str:
        if not self._formula and not self._is_script(mark, out):
            return mark
        gap = bool(out) and out[-1].endswith(GAP)
        if out and self._formula:
            out[-1] = out[-1].rstrip(" \n" + GAP)
        content = self._read_number() if not self._formula else ""
        content = content or self._read_argument(formula=True).strip()
        written = script(mark, content) if content else mark
        return written + GAP if gap else written

    def _read_number(self) -> str:
        """In running text `10^-5` and `x^12` mean what they look like."""
        number = ""
        if self._next() in ("+", "-"):
            number, self._at = self._next(), self._at + 1
        if self._next().isdigit():
            number, self._at = number + self._next(), self._at + 1
        return number

    def _is_script(self, mark: str, out: list[str]) -> bool:
        """Whether `^` or `_` in running text is a script: not in `file_name`, `top_5` or `:^)`."""
        following = self._next()
        base = out[-1] if out else ""
        if following == "{":
            return self._at in self._closing and not base.isspace()
        if mark == "_":
            return following.isdigit() and base.isalpha() and (len(base) <= 2 or base == "log")
        after = self._pieces[self._at + 1] if self._at + 1 < self._end else ""
        return (following.isdigit() or (following in ("+", "-") and after.isdigit())) or (
            following in ("\\circ", "\\prime", "\\dagger", "\\ast", "\\star")
        )

    def _read_argument(self, *, formula: bool) -> str:
        """The group, command or single character that a command or script applies to; empty where there is none."""
        while self._next().isspace():
            self._at += 1
        piece = self._next()
        if not piece or piece in ("}", "^", "_", "$", "$$") or self._depth >= _DEEPEST:
            return ""
        if piece == "{":
            closing = self._closing.get(self._at, self._end)
            if closing >= self._end:
                return ""
            self._at += 1
            return self._read_to(closing, formula=formula)
        self._at += 1
        if piece[0] == "\\":
            return self._read_nested(piece[1:], formula=formula)
        if len(piece) > 1:  # the rest of the word is still to be read
            self._at -= 1
            self._pieces[self._at] = piece[1:]
        return piece[0]

    def _read_nested(self, name: str, *, formula: bool) -> str:
        outer, self._formula = self._formula, formula
        self._depth += 1
        text = self._read_command(name)
        self._depth -= 1
        self._formula = outer
        return spaced(text) if formula else text

    def _read_option(self) -> str:
        if self._next() != "[":
            return ""
        try:
            closing = self._pieces.index("]", self._at, min(self._end, self._at + _LONGEST_OPTION))
        except ValueError:
            return ""
        self._at += 1
        return self._read_to(closing, formula=self._formula)

    def _read_as_written(self) -> str:
        closing = self._closing.get(self._at) if self._next() == "{" else None
        if closing is None or closing >= self._end:
            return ""
        text = "".join(self._pieces[self._at + 1 : closing])
        self._at = closing + 1
        return _ESCAPED.sub(r"\1", text)

    def _read_command(self, name: str) -> str:
        if self._next() == "{" and self._is_broken_greek(name):
            self._at += 1
            name += self._read_group()
        if name in ACCENTS:
            return self._read_accented(name)
        if name in FORMS:
            return self._read_form(name)
        if name in SILENT:
            return self._read_silent(name)
        if name in LETTERS:
            self._skip_space()
            return LETTERS[name]
        if name in FUNCTIONS:
            return f"{GAP}{name}{GAP}" if self._formula else name
        return self._read_symbol(name)

    def _is_broken_greek(self, name: str) -> bool:
        """Whether it is `\\r{ho}`, as some forms write an author's `\\rho`; `\\d{h}` is a letter with its accent."""
        group = "".join(self._pieces[self._at + 1 : self._at + 2])
        is_accent = name in ACCENTS and len(group) == 1
        return len(name) == 1 and name.isalpha() and not is_accent and name + group in symbols()

    def _read_accented(self, name: str) -> str:
        if name == "'" and self._is_genitive():
            return "'"
        letters = self._read_argument(formula=self._formula)
        if name in _QUOTATION_MARKS and letters and not _is_one_character(accented(name, letters[0])):
            return name + letters  # an escaped quotation mark
        return accented(name, letters) if letters else name

    def _is_genitive(self) -> bool:
        """Whether it is the apostrophe of a needlessly escaped `Bell\\'s`, and not `Bellś`."""
        before, after = self._pieces[max(self._at - 2, 0)], self._pieces[self._at + 1 : self._at + 2]
        return self._next() == "s" and before.isalpha() and (not after or after[0].isspace())

    def _read_form(self, name: str) -> str:
        form = FORMS[name]
        formula = self._formula if form.formula is None else form.formula
        readers = {"[": self._read_option, "<": self._read_as_written}
        texts = [
            readers[kind]() if kind in readers else self._read_argument(formula=formula) for kind in form.arguments
        ]
        return form.write(*texts) if any(texts) or not form.arguments else ""

    def _read_silent(self, name: str) -> str:
        self._skip_space()
        if name in ("left", "right") and self._next() == ".":
            self._at += 1
        return ""

    def _read_symbol(self, name: str) -> str:
        symbol = symbols().get(name)
        if symbol is None:
            return self._read_unknown(name)
        if self._formula:
            if symbol.isalpha():
                self._skip_space()
            return spaced_symbol(symbol)
        return symbol

    def _read_unknown(self, name: str) -> str:
        """An author's own command: its words if it has any, its name if it has none."""
        has_words = self._next() == "{" and self._closing.get(self._at, 0) > self._at + 1
        return "" if has_words else name

    def _skip_space(self) -> None:
        if self._next().isspace():
            self._at += 1

    def _in_text(self, piece: str, out: Sequence[str]) -> str:
        if piece == "~":
            return self._tilde(out[-1][-1:] if out else "")
        if piece == "``":
            return "“"
        if piece == "''":
            return "”" if self._has_quotes else piece
        if piece == "---":
            return "—"
        if piece == "--":  # but not the `--help` of a command line
            return piece if (not out or out[-1].isspace()) and self._next().isalpha() else "–"
        return piece

    def _tilde(self, before: str) -> str:
        """TeX's tie is a space; before a number it means "about", between two "to"; in an address it is itself."""
        if before.isdigit() and self._next()[:1].isdigit():
            return "~"
        is_tie = bool(before) and not before.isspace() and before not in "([/"
        is_kept = (
            before == "/" or self._next().isspace() or self._next()[:1].isdigit() or self._next() in ("$", "\\$", ".")
        )
        return "~" if is_kept and not is_tie else " "


def _in_formula(piece: str) -> str:
    return {"'": "′", "''": "″", "~": " ", "$": "", "$$": ""}.get(piece, piece)


def _is_one_character(letter: str) -> bool:
    return len(letter) == 1
