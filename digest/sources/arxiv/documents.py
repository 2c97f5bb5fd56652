"""XML from arXiv, made sound: refused when it can't be what was asked for, mended when one item spoils it."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING
from xml.parsers import expat

from digest.errors import SourceError
from digest.model.announcement import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

AGAIN = "Ask again later."
# Text, character data sections apart: in those an ampersand stands for itself. One without an end goes to the last
# character, so that the many of a hostile document aren't each searched through.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#x(?P<hex>[0-9a-f]+);|#(?P<number>[0-9]+);|(?P<name>\w+);)?",
    re.DOTALL | re.IGNORECASE,
)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STRAY_BYTE = re.compile("[\udc80-\udcff]")
# Possessive, or many comments would be tried in all their combinations.
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_CUT_OFF = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    }
)


@dataclass(frozen=True, slots=True)
class SoundXml:
    """A well-formed document without a document type, and what had to be mended for that."""

    body: bytes
    problems: tuple[Problem, ...] = ()


def sound_xml(body: bytes, *, where: str) -> SoundXml:
    """The document as it came if it is well-formed, else mended; SourceError when that doesn't help.

    Mended are characters that XML forbids, entities that it doesn't define, and bytes that aren't UTF-8.
    """
    body = in_utf8(body)
    _refuse_what_is_no_xml(body, where)
    if _flaw(body, where) is None:
        return SoundXml(body)
    mended, problems = _mend(body, where)
    flaw = _flaw(mended, where)
    if flaw is not None:
        raise SourceError(where, _broken(flaw), hint=AGAIN)
    return SoundXml(mended, problems)


def in_utf8(body: bytes) -> bytes:
    """The document in UTF-8 when it has the mark of UTF-16, else as it came.

    PowerShell writes what it saves in UTF-16, though the document goes on to declare its own encoding.
    """
    if not body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return body
    return _DECLARATION.sub("", body.decode("utf-16", "replace"), count=1).encode()


def is_html(body: bytes) -> bool:
    """Whether the document begins as a web page does."""
    return _HTML.match(body[:4096]) is not None


def _refuse_what_is_no_xml(body: bytes, where: str) -> None:
    start = body[:200].strip()
    if not start:
        raise SourceError(where, "is empty", hint=AGAIN)
    if start.lower().startswith(b"rate exceeded"):
        raise SourceError(where, "holds 'Rate exceeded.' in place of papers", hint=AGAIN)
    if is_html(body):
        raise SourceError(where, "is a web page, not XML", hint="Look at it in a browser, and ask again later.")


def _flaw(body: bytes, where: str) -> expat.ExpatError | None:
    """The first place where `body` is not well-formed, None if it is; SourceError at a document type.

    arXiv's documents have none, and with one a few bytes can unfold into gigabytes or name other files.
    """

    def refuse(*_: object) -> None:
        raise SourceError(where, "declares a document type, which arXiv's documents never do")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError as error:
        return error
    except (LookupError, ValueError) as error:  # an encoding that Python doesn't know, or of several bytes
        raise SourceError(where, f"declares an encoding that can't be read ({error})") from error
    return None


def _broken(flaw: expat.ExpatError) -> str:
    place = f"line {flaw.lineno}, column {flaw.offset + 1}"
    if flaw.code in _CUT_OFF:
        return f"is cut off at {place}"
    return f"is not well-formed at {place} ({expat.ErrorString(flaw.code)})"


def _mend(body: bytes, where: str) -> tuple[bytes, tuple[Problem, ...]]:
    text = _DECLARATION.sub("", body.decode("utf-8-sig", "surrogateescape"), count=1)
    problems: list[Problem] = []
    for pattern, by, fault in _MENDS:
        mended, places = _replace(text, pattern, by)
        if places:
            line = text.count("\n", 0, places[0]) + 1
            problems.append(Problem(where, f"{len(places)} {fault}, the first in line {line}"))
        text = mended
    return text.encode("utf-8", "replace"), tuple(problems)


def _replace(text: str, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> tuple[str, list[int]]:
    """The text with what `by` makes of each match, and where that made a difference."""
    places: list[int] = []

    def note(found: re.Match[str]) -> str:
        new = by(found)
        if new != found[0]:
            places.append(found.start())
        return new

    return pattern.sub(note, text), places


def _as_windows_1252(found: re.Match[str]) -> str:
    return found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _as_defined(found: re.Match[str]) -> str:
    whole = found[0]
    if whole.startswith("<!") or found["name"] in _XML_ENTITIES:
        return whole
    if found["hex"] or found["number"]:
        return whole if _is_allowed(found) else ""
    meant = html5.get(f"{found['name']};") if found["name"] else None
    return meant if meant and meant not in "<&" else f"&amp;{whole[1:]}"


def _is_allowed(reference: re.Match[str]) -> bool:
    digits = reference["hex"] or reference["number"]
    code = int(digits, 16 if reference["hex"] else 10) if len(digits) <= 7 else 0x110000
    return code <= 0x10FFFF and _FORBIDDEN.match(chr(code)) is None


# In this order: a stray byte becomes a character before characters are judged.
_MENDS = (
    (_STRAY_BYTE, _as_windows_1252, "bytes that aren't UTF-8 read as Windows-1252"),
    (_FORBIDDEN, lambda _: "", "control characters left out"),
    (_AMPERSAND, _as_defined, "undefined entities or bare ampersands mended"),
)
