"""Writes header fields: encoded words where ASCII isn't enough, and lines that are folded between words."""

from __future__ import annotations

import re
from email.header import Header
from email.utils import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# RFC 5322 wishes for 78, RFC 2047 asks for 76 where a line holds an encoded word.
_LONGEST_LINE = 76
_LONGEST_WORD = 60
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def header_block(fields: Mapping[str, str]) -> bytes:
    """The fields in their order, folded, each with CRLF at its end; only an international address isn't ASCII.

    Written here because EmailMessage turns a link that is longer than a line into an encoded word, which breaks it,
    and folds differently between Python's releases (https://github.com/python/cpython/issues/85725).
    """
    return "".join(f"{_folded(name, value)}\r\n" for name, value in fields.items()).encode()


def unstructured(text: str, *, name: str) -> str:
    """`text` for a field like Subject: as it is where that is safe, else in encoded words (RFC 2047)."""
    return text if _survives_as_it_is(text) else _encoded_words(text, name=name)


def named(phrase: str, bracketed: str, *, name: str) -> str:
    """`phrase <bracketed>` for a field like From or List-Id, the phrase quoted or encoded where it must be."""
    if not _survives_as_it_is(phrase):
        phrase = _encoded_words(phrase, name=name)
    elif not _ATOMS.fullmatch(phrase):
        phrase = f'"{quote(phrase)}"'
    return f"{phrase} <{bracketed}>".lstrip()


def _survives_as_it_is(text: str) -> bool:
    """Whether folding and unfolding keeps it, and nobody takes a part of it for an encoded word."""
    words = text.split(" ")
    tidy = text == "" or all(words)
    return text.isascii() and text.isprintable() and tidy and "=?" not in text and max(map(len, words)) < _LONGEST_WORD


def _encoded_words(text: str, *, name: str) -> str:
    encoded = Header(text, "utf-8", header_name=name, maxlinelen=_LONGEST_LINE).encode()
    return " ".join(encoded.split())


def _folded(name: str, value: str) -> str:
    """The field with its first word on the first line: some servers take an empty first line for an empty field."""
    first, *rest = value.split(" ")
    lines = [f"{name}: {first}"]
    for word in rest:
        if len(lines[-1]) + 1 + len(word) <= _LONGEST_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines)
