"""Documents spoiled on purpose, in ways that an accident or an enemy might choose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from mangled_pieces import DECLARED, ENCODINGS, FRAGMENTS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

_ELEMENT = re.compile(rb"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>[^<]*</\1\s*>|<[A-Za-z][^<>]*/>")
_TAG = re.compile(rb"<[^<>]*>")
_TEXT = re.compile(rb"(?<=>)[^<>]+(?=<)")
_VALUE = re.compile(rb"""(?<==["'])[^"'<>]*(?=["'])""")


def _place(draw: DrawFn, pattern: re.Pattern[bytes], body: bytes) -> tuple[int, int]:
    """A match of the pattern, or any stretch where there is none."""
    found = [one.span() for one in pattern.finditer(body)]
    if found:
        return draw(st.sampled_from(found))
    start = draw(st.integers(0, len(body)))
    return start, min(len(body), start + draw(st.integers(0, 40)))


def _with_bytes(draw: DrawFn, body: bytes) -> bytes:
    start = draw(st.integers(0, len(body)))
    length = draw(st.sampled_from([0, 0, 1, 1, 2, 8, 200]))
    return body[:start] + draw(st.binary(max_size=8)) + body[start + length :]


def _cut(draw: DrawFn, body: bytes) -> bytes:
    return body[: draw(st.integers(0, len(body)))]


def _with_text(draw: DrawFn, body: bytes) -> bytes:
    start, end = _place(draw, draw(st.sampled_from([_TEXT, _VALUE])), body)
    text = draw(st.sampled_from(TEXTS) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")))
    return body[:start] + text + body[end:]


def _with_fragment(draw: DrawFn, body: bytes) -> bytes:
    place = _place(draw, _TAG, body)[draw(st.integers(0, 1))]
    return body[:place] + draw(st.sampled_from(FRAGMENTS)) + body[place:]


def _without_element(draw: DrawFn, body: bytes) -> bytes:
    start, end = _place(draw, draw(st.sampled_from([_ELEMENT, _TAG])), body)
    return body[:start] + body[end:]


def _with_copies(draw: DrawFn, body: bytes) -> bytes:
    start, end = _place(draw, draw(st.sampled_from([_ELEMENT, _TAG])), body)
    place = _place(draw, _TAG, body)[0]
    return body[:place] + body[start:end] * draw(st.sampled_from([1, 2, 300])) + body[place:]


def _renamed(draw: DrawFn, body: bytes) -> bytes:
    names = sorted(set(re.findall(rb"(?<=[</])[A-Za-z][\w:.-]*", body))) or [b"x"]
    old, new = draw(st.sampled_from(names)), draw(st.sampled_from([*names, b"x", b"svg", b"base"]))
    return re.sub(rb"(?<=[</])" + re.escape(old) + rb"\b", new, body)


def _with_attributes(draw: DrawFn, body: bytes) -> bytes:
    end = _place(draw, _TAG, body)[1] - 1
    many = draw(
        st.sampled_from([b" a='%s'" % (b"x" * 5000), b"".join(b" a%d='x'" % n for n in range(500)), b" a a='1'"])
    )
    return body[:end] + many + body[end:]


def _nested(draw: DrawFn, body: bytes) -> bytes:
    place = _place(draw, _TAG, body)[0]
    name = draw(st.sampled_from([b"b", b"item", b"title", b"entry", b"dt"]))
    deep = draw(st.sampled_from([30, 300, 3000]))
    closing = b"</%s>" % name * deep if draw(st.booleans()) else b""
    return body[:place] + b"<%s>" % name * deep + closing + body[place:]


def _recoded(draw: DrawFn, body: bytes) -> bytes:
    text = body.decode("utf-8", "replace")
    text = re.sub(r"encoding='[^']*'", f"encoding='{draw(st.sampled_from(DECLARED))}'", text, count=1)
    return text.encode(draw(st.sampled_from(["utf-8", *ENCODINGS])), "replace")


_STEPS: tuple[Callable[[DrawFn, bytes], bytes], ...] = (
    _with_bytes,
    _cut,
    _with_text,
    _with_text,
    _with_fragment,
    _with_fragment,
    _without_element,
    _with_copies,
    _renamed,
    _with_attributes,
    _nested,
    _recoded,
)


@st.composite
def _spoiled(draw: DrawFn, wholes: tuple[bytes, ...]) -> bytes:
    body = draw(st.sampled_from(wholes))
    for step in draw(st.lists(st.sampled_from(_STEPS), min_size=1, max_size=4)):
        body = step(draw, body)
    return body


def mangled(*wholes: bytes) -> SearchStrategy[bytes]:
    """One of the good documents with up to four things done to it."""
    return _spoiled(wholes)
