"""Takes a mail that came in apart: headers and parts of whatever bytes, in linear time and without errors.

Python's `email` package nests calls as deep as a hostile mail nests its parts and compares every line with every open
boundary, so mail from strangers is read here: its first megabyte, eight levels deep.
"""

from __future__ import annotations

import binascii
import codecs
import html
import quopri
import re
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header

_LONGEST_MAIL = 1_000_000
_LONGEST_HEADERS = 100_000
_LONGEST_VALUE = 4_000
_DEEPEST = 8
_MOST_PARTS = 100

_END_OF_HEADERS = re.compile(rb"\r?\n[ \t]*\r?\n")
_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)")
_PARAMETER = re.compile(r""";\s*([\w*-]{1,40})\s*=\s*(?:"([^"]{0,300})"|([^\s;"]{1,300}))""", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")
_LINE_TAG = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6])\b[^<>]*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(style|script|title)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
# An address in running text; what stands before the @ may hold quotes and stars, but doesn't begin with them.
ADDRESS = r"(?P<address>[\w.!#$%&+/=?^{}~-][\w.!#$%&'*+/=?^`{|}~-]{0,63}@[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){0,10})"
_ADDRESS_ALONE = re.compile(ADDRESS)
_BRACKETED = re.compile(r"<([^<>]{0,320})>")
# Left alone: slow on hostile input, or no encodings of text.
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})


@dataclass(frozen=True, slots=True)
class Part:
    """A mail or a part of one; `content_type` is in small letters, `parts` are those of a multipart."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """The values of every header of that name (small letters), unfolded."""
        return tuple(value for known, value in self.headers if known == name)

    def first(self, name: str) -> str:
        """The value of the first header of that name, encoded words decoded; empty when there is none."""
        return next((decoded_words(value) for known, value in self.headers if known == name), "")

    def leaves(self) -> tuple[Part, ...]:
        """This part, or what a multipart consists of, in order."""
        if not self.parts:
            return (self,)
        return tuple(leaf for part in self.parts for leaf in part.leaves())

    def text(self) -> str:
        """The body as text, line ends as \\n; an HTML part without its tags. Undecodable letters become U+FFFD."""
        text = _decoded(self._transferred(), self.parameters.get("charset", "")).replace("\r\n", "\n")
        return _without_tags(text) if self.content_type == "text/html" else text

    def _transferred(self) -> bytes:
        encoding = self.first("content-transfer-encoding").strip().lower()
        if encoding == "quoted-printable":
            return quopri.decodestring(self.body)
        if encoding == "base64":
            try:
                return binascii.a2b_base64(self.body)
            except binascii.Error:
                return _whole_groups(self.body)
        return self.body


def read_parts(content: bytes, *, depth: int = 0) -> Part:
    """The mail's headers and parts; of anything at all, a Part."""
    head, body = _split(_with_newlines(content[:_LONGEST_MAIL]))
    headers = _read_headers(head)
    given = next((value for name, value in headers if name == "content-type"), "")
    content_type = given.partition(";")[0].strip().lower() or "text/plain"
    parameters = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(given)}
    part = Part(headers, body, content_type, parameters)
    inner = _inner(part, depth)
    if not inner and content_type.startswith("multipart/"):
        return Part(headers, body, "text/plain", parameters)
    return Part(headers, body, content_type, parameters, inner)


def read_fields(text: str) -> tuple[tuple[str, str], ...]:
    """Header fields, or those of a report, as (name in small letters, unfolded value); other lines are passed over."""
    fields: list[tuple[str, list[str]]] = []
    for line in text[:_LONGEST_HEADERS].split("\n"):
        if line[:1] in (" ", "\t"):
            if fields:
                fields[-1][1].append(line.strip())
        elif found := _FIELD.match(line):
            fields.append((found[1].lower(), [found[2].strip()]))
    return tuple((name, " ".join(lines)[:_LONGEST_VALUE]) for name, lines in fields)


def decoded_words(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) as text; as it came when they are broken."""
    try:
        pieces = decode_header(value[:_LONGEST_VALUE])
    except (HeaderParseError, ValueError):
        return value
    return "".join(piece if isinstance(piece, str) else _decoded(piece, charset or "") for piece, charset in pieces)


def addresses_in(value: str) -> tuple[str, ...]:
    """The addresses in a header's value, in order: those in angle brackets, or else every one."""
    places = _BRACKETED.findall(value) or [value]
    return tuple(found for place in places for found in addresses_everywhere(place))


def addresses_everywhere(value: str) -> tuple[str, ...]:
    """Every address in a header's value, in order, in angle brackets or not."""
    return tuple(found["address"] for found in _ADDRESS_ALONE.finditer(value))


def _with_newlines(content: bytes) -> bytes:
    """Some programs save mails with the line ends of old Macs."""
    return content if b"\n" in content else content.replace(b"\r", b"\n")


def _split(content: bytes) -> tuple[bytes, bytes]:
    if content.startswith((b"\n", b"\r\n")):
        return b"", content.lstrip(b"\r\n")
    end = _END_OF_HEADERS.search(content)
    return (content[: end.start()], content[end.end() :]) if end else (content, b"")


def _read_headers(head: bytes) -> tuple[tuple[str, str], ...]:
    return read_fields(_decoded(head[:_LONGEST_HEADERS], "").replace("\r\n", "\n"))


def _inner(part: Part, depth: int) -> tuple[Part, ...]:
    boundary = part.parameters.get("boundary", "").rstrip()
    if depth >= _DEEPEST or not boundary or not part.content_type.startswith("multipart/"):
        return ()
    line = re.compile(rb"^--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    parts: list[Part] = []
    start = None
    for found in line.finditer(part.body):
        if start is not None:
            parts.append(read_parts(part.body[start : found.start()], depth=depth + 1))
        start = found.end() + 1
        if found[1] or len(parts) >= _MOST_PARTS:
            return tuple(parts)
    if start is not None:
        parts.append(read_parts(part.body[start:], depth=depth + 1))
    return tuple(parts)


def _decoded(raw: bytes, charset: str) -> str:
    """As `charset` says; without one as UTF-8, or else byte for byte."""
    try:
        name = codecs.lookup(charset.strip("'\" ")).name if charset else "utf-8"
        if name in _NO_CHARSETS:
            return raw.decode("latin-1")
        return raw.decode(name, "replace" if charset else "strict")
    except (LookupError, ValueError):
        return raw.decode("latin-1")


def _whole_groups(body: bytes) -> bytes:
    """What can be read of Base64 that was cut off."""
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


def _without_tags(text: str) -> str:
    lines = _LINE_TAG.sub("\n", _UNSEEN.sub("", text))
    return html.unescape(_TAG.sub("", lines)).replace("\xa0", " ")
