"""Cuts TeX into pieces, and finds which braces and dollars belong together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PIECE = re.compile(
    r"""\\[A-Za-z]+ | \\. | \\     # a command
    | \$\$ | [${}^_~\[\]]
    | \s+
    | https?://[^\s{}\\$]+
    | `` | '' | (?<!-)---?(?!-)
    | [^\W\d_]+ | \d+
    | .""",
    re.VERBOSE | re.DOTALL,
)
FORMULA_CLOSER = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}

_NOT_WORDS = re.compile(r"\\[A-Za-z]+(?:\s*\{[^{}]*\})?|\{[^{}]*\}")
_WORD = re.compile(r"[A-Za-z]{4,}")
_FORMULA_SIGN = re.compile(r"[\\^_=<>]")
_PRICE = re.compile(r"[\d.,]+\s*[-–]+$|[\d.,]+.*\s[A-Za-z]{2,}\b.*\s$", re.DOTALL)


def split(text: str) -> list[str]:
    """Commands, braces, dollars, scripts, spaces, addresses, words, numbers and single characters, nothing left out."""
    return _PIECE.findall(text)


def matching_braces(pieces: Sequence[str]) -> dict[int, int]:
    """Where each group ends; braces without a partner are not in it."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for at, piece in enumerate(pieces):
        if piece == "{":
            opened.append(at)
        elif piece == "}" and opened:
            closing[opened.pop()] = at
    return closing


def formula_ends(pieces: Sequence[str]) -> dict[int, int]:
    """Where a formula would end that begins at each `$`, `$$`, `\\(` and `\\[`."""
    ends: dict[int, int] = {}
    last: dict[str, int] = {}
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if FORMULA_CLOSER.get(piece) in last:
            ends[at] = last[FORMULA_CLOSER[piece]]
        last[piece] = at
    return ends


def is_formula(content: str, after: str) -> bool:
    """Whether what stands between two `$` is a formula, and not text between two prices."""
    if not content.strip() or (content[0].isdigit() and after[:1].isdigit()) or _PRICE.match(content):
        return False
    words = len(_WORD.findall(_NOT_WORDS.sub(" ", content)))
    return words < 2 or (words < 5 and _FORMULA_SIGN.search(content) is not None)
