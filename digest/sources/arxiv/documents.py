"""XML from arXiv, made sound: refused when it can't be what was asked for, mended when one item spoils it."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING
from xml.parsers import expat

from lxml import etree

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
_BARE = "&amp;"
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STRAY_BYTE = re.compile("[\udc80-\udcff]")
# Possessive, or many comments would be tried in all their combinations.
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
_DECLARED = re.compile(rb"""\s*<\?xml\b[^>]*?\sencoding\s*=\s*["']([^"'>]*)["'][^>]*\?>""")
# Encodings of one byte a character. Others that Python has under such names warn, unpack, or read escapes.
_ONE_BYTE = re.compile(r"(?:us-)?ascii|latin-?1|cp125[0-8]|(?:iso-8859|windows|koi8)-\w{1,4}", re.IGNORECASE)
_UNICODE = re.compile(r"utf-?(?:8|8-sig|16|16-?le|16-?be)", re.IGNORECASE)
# arXiv's own go down seven levels. What nests without end, or one tag without end, costs parsers the square of it.
_DEEPEST = 100
_CHUNK = 2**20
_LONGEST_DECLARATION = 1000
# `<` in UTF-16 without its mark.
_UNMARKED = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
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
    """A well-formed document in UTF-8 without a document type, and what had to be mended for that."""

    body: bytes
    problems: tuple[Problem, ...] = ()


def sound_xml(body: bytes, *, where: str) -> SoundXml:
    """The document in UTF-8, as it came if it is well-formed, else mended; SourceError when that doesn't help.

    Mended are characters that XML forbids, entities that it doesn't define, and bytes that aren't UTF-8.
    """
    body = _decoded(body, where)
    _refuse_what_is_no_xml(body, where)
    if _flaw(body, where) is None:
        return SoundXml(body)
    mended, problems = _mend(body, where)
    flaw = _flaw(mended, where)
    if flaw is not None:
        raise SourceError(where, _broken(flaw), hint=AGAIN)
    return SoundXml(mended, problems)


def read_tree(body: bytes, where: str) -> etree._Element:
    """The root of a document that `sound_xml` let through; SourceError where it can't be read after all."""
    # huge_tree lifts the limit for one text (10 MB); there is no document type here for it to be dangerous with.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(where, f"can't be read as XML ({error})") from error


def all_text(element: etree._Element) -> str:
    """The text in the element and in those inside it."""
    return "".join(str(piece) for piece in element.itertext())


def in_utf8(body: bytes) -> bytes:
    """The document in UTF-8 when it has the mark of UTF-16, else as it came.

    PowerShell writes what it saves in UTF-16, though the document goes on to declare its own encoding.
    """
    if not body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return body
    return _undeclared(body.decode("utf-16", "replace"))


def _decoded(body: bytes, where: str) -> bytes:
    """The document in UTF-8 when it is in UTF-16, or declares an encoding of one byte a character."""
    body = in_utf8(body)
    if body[:2] in _UNMARKED:
        return _undeclared(body.decode(_UNMARKED[body[:2]], "replace"))
    found = _DECLARED.match(body[:_LONGEST_DECLARATION])
    name = found[1].decode("ascii", "replace") if found else "utf-8"
    if _UNICODE.fullmatch(name):
        return body
    try:
        return _undeclared(body.decode(name if _ONE_BYTE.fullmatch(name) else "", "surrogateescape"))
    except LookupError as error:
        raise SourceError(where, f"declares an encoding that can't be read ({name[:40]!r})") from error


def _undeclared(text: str) -> bytes:
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "surrogateescape")


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

    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    _measure_depth(parser, where)
    try:
        for start in range(0, len(body), _CHUNK):
            parser.Parse(body[start : start + _CHUNK])
            if start - parser.CurrentByteIndex > _CHUNK:
                raise SourceError(where, "has a tag or a comment of more than 1 MiB")
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError as error:
        return error
    return None


def _measure_depth(parser: expat.XMLParserType, where: str) -> None:
    """Has the parser refuse a document that nests deeper than any of arXiv's."""
    depth = 0

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise SourceError(where, f"nests elements more than {_DEEPEST} levels deep")

    def end(_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end


def _broken(flaw: expat.ExpatError) -> str:
    place = f"line {flaw.lineno}, column {flaw.offset + 1}"
    if flaw.code in _CUT_OFF:
        return f"is cut off at {place}"
    return f"is not well-formed at {place} ({expat.ErrorString(flaw.code)})"


def _mend(body: bytes, where: str) -> tuple[bytes, tuple[Problem, ...]]:
    text = _DECLARATION.sub("", body.decode("utf-8-sig", "surrogateescape"), count=1)
    problems: list[Problem] = []
    for pattern, by, fault in _MENDS:
        mended, count, first = _replace(text, pattern, by)
        if count:
            line = text.count("\n", 0, first) + 1
            problems.append(Problem(where, f"{count} {fault}, the first in line {line}"))
        text = mended
    return text.encode("utf-8", "replace"), tuple(problems)


def _replace(text: str, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> tuple[str, int, int]:
    """The text with what `by` makes of each match, how often that made a difference, and where first."""
    count = first = 0

    def note(found: re.Match[str]) -> str:
        nonlocal count, first
        new = by(found)
        if new != found[0]:
            first = first if count else found.start()
            count += 1
        return new

    return pattern.sub(note, text), count, first


def _as_windows_1252(found: re.Match[str]) -> str:
    return found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _as_defined(found: re.Match[str]) -> str:
    whole = found[0]
    if whole == "&":
        return _BARE  # always the same one, since there may be millions
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
