"""The feed's one string of authors, taken apart: names, affiliations in parentheses, collaborations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from digest.model.paper import Author
from digest.sources.arxiv.fields import readable, squeezed

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING, _CLOSING = "({", ")}"
_MARK = r"(?:[0-9]{1,3}|[a-z]|[*†‡§¶])"
_MARKS = re.compile(rf"{_MARK}(?:\s*(?:,|;|&|and)\s*{_MARK})*")
_LEGEND = re.compile(rf"\(\s*({_MARK})\s*\)\s*")
_BEHALF = re.compile(r"^(?:on behalf of|for|representing)\s+(?:the\s+)?(?=\S)", re.IGNORECASE)
_BEHALF_INSIDE = re.compile(r"\s(?:on behalf of|for|representing)\s(?:the\s)?", re.IGNORECASE)
_GROUP = re.compile(r"\b(?:collaboration|consortium|group|team)s?\b", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?")
_SEPARATOR = re.compile(r"[,;]|\s&\s|\sand\s(?!\s*\))")
_AND_OTHERS = re.compile(r"(?:^|\s+)(?:et\.?\s+al\.?|and others|and)$", re.IGNORECASE)
_AND_LAST = re.compile(r"^(?:and\s+|[\s:;,]+)")


class _Piece(NamedTuple):
    """What stands between two separators: the text outside parentheses, and what stands in each pair of them."""

    text: str
    groups: tuple[str, ...]


def parse_creators(creators: str) -> tuple[Author, ...]:
    """The authors in `A. Author (University, City), B. Author`, in order, names readable.

    Numbered affiliations (`A (1), B (1,2) ((1) Here, (2) There)`) are put to the authors who bear the number.
    """
    text, legend = _without_legend(_balanced(squeezed(creators)))
    authors: list[Author] = []
    for piece in _pieces(text):
        if authors and _SUFFIX.fullmatch(piece.text):
            authors[-1] = Author(f"{authors[-1].name} {piece.text}", authors[-1].affiliations)
        else:
            authors.extend(_authors(piece, legend))
    return tuple(authors)


def author_name(written: str) -> str:
    """One author's name, readable, without the `and`, `et al.` or colon that authors leave beside it; or nothing.

    The colon after a collaboration comes as an author of its own.
    """
    return readable(_AND_LAST.sub("", _AND_OTHERS.sub("", squeezed(written))))


def _authors(piece: _Piece, legend: dict[str, str]) -> Iterator[Author]:
    groups = [group for group in piece.groups if not _BEHALF.match(group)]
    behalf = [_BEHALF.sub("", group) for group in piece.groups if _BEHALF.match(group)]
    affiliations = tuple(dict.fromkeys(place for group in groups for place in _places(group, legend)))
    names = _split_at_behalf(f" {piece.text}") if piece.text else []
    named = [part for name in names for part in name.split(":")]
    for number, name in enumerate((*named, *behalf)):
        clean = author_name(_BEHALF.sub("", name.strip()))
        if clean:
            yield Author(clean, affiliations if number == 0 else ())


def _split_at_behalf(text: str) -> list[str]:
    """The people and the groups that they write for; a `for` with no group named after it is part of a name.

    The last group is looked for once: to look ahead from each `for` would take the square of the text's length.
    """
    last = max((found.start() for found in _GROUP.finditer(text)), default=-1)
    names: list[str] = []
    start = 0
    for behalf in _BEHALF_INSIDE.finditer(text):
        if behalf.end() <= last:
            names.append(text[start : behalf.start()])
            start = behalf.end()
    return [*names, text[start:]]


def _places(group: str, legend: dict[str, str]) -> tuple[str, ...]:
    if legend and _MARKS.fullmatch(group):
        return tuple(legend[mark] for mark in re.findall(_MARK, group.replace("and", ",")) if mark in legend)
    if re.fullmatch(r"[0-9\s,;&]*", group):
        return ()
    place = readable(group)
    return (place,) if place else ()


def _without_legend(text: str) -> tuple[str, dict[str, str]]:
    """The text before the list of numbered affiliations at its end, and that list by number."""
    start = _legend_start(text)
    if start is None:
        return text, {}
    marks = list(_LEGEND.finditer(text, start))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    legend = {
        mark[1]: readable(_balanced(text[mark.end() : end]).strip(" ,;")) for mark, end in zip(marks, ends, strict=True)
    }
    return text[:start].rstrip(" ,;("), {mark: place for mark, place in legend.items() if place}


def _legend_start(text: str) -> int | None:
    """Where `((1) Here` begins, or, at the same level as the authors, `, (1) Here`."""
    found = re.search(rf"\(\s*\(\s*{_MARK}\s*\)\s*\w|[,;)]\s*\(\s*{_MARK}\s*\)\s*\w", text)
    return None if found is None else text.index("(", found.start() + 1)


def _pieces(text: str) -> Iterator[_Piece]:
    depth = start = 0
    position = 0
    while position < len(text):
        character = text[position]
        depth += (character in _OPENING) - (character in _CLOSING)
        separator = _SEPARATOR.match(text, position) if depth == 0 and character in ",; " else None
        if separator:
            yield _piece(text[start:position])
            start = position = separator.end()
        else:
            position += 1
    yield _piece(text[start:])


def _piece(text: str) -> _Piece:
    outside: list[str] = []
    groups: list[str] = []
    depth = start = 0
    for position, character in enumerate(text):
        if character == "(":
            if depth == 0:
                outside.append(text[start:position])
                start = position + 1
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                groups.append(squeezed(text[start:position]))
                start = position + 1
    outside.append(text[start:])
    return _Piece(squeezed(" ".join(outside)), tuple(group for group in groups if group))


def _balanced(text: str) -> str:
    """The text with every parenthesis and brace that has no partner taken out, so that it hides no author."""
    partners = dict(zip(_CLOSING, _OPENING, strict=True))
    unmatched: set[int] = set()
    stack: list[int] = []
    for position, character in enumerate(text):
        if character in _OPENING:
            stack.append(position)
        elif character in _CLOSING:
            if stack and text[stack[-1]] == partners[character]:
                stack.pop()
            else:
                unmatched.add(position)
    unmatched.update(stack)
    return "".join(" " if position in unmatched else character for position, character in enumerate(text))
