"""Reads the recipients out of notices in words, as servers wrote them before RFC 3464 and as many still do."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from digest.deliver.parts import ADDRESS, addresses_in
from digest.deliver.reports.phrases import LISTS, SENTENCES
from digest.deliver.reports.status import find_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.deliver.parts import Part
    from digest.deliver.reports.phrases import Lead

_MOST_LINES_BEFORE = 8
_MOST_LINES = 2_000
_LONGEST_LINE = 1_000
_MOST_LISTS = 5
_MOST_NAMED = 1_000
# qmail's format (QSBMF, https://cr.yp.to/proto/qsbmf.txt), and Postfix's: `<address>:` begins a paragraph.
_PARAGRAPH = re.compile(rf"^<{ADDRESS}>(?:[ \t]\([^\n()]{{0,300}}\))?:", re.MULTILINE)
_LINE = re.compile(
    r"(?P<indent>[\s>*•|-]*)(?:c=[^\n]{0,200};dda:SMTP=|[^\n<>@]{1,80}<mailto:)?"
    rf"""(?:"[^"\n]{{0,80}}"[ ]?|'[^'\n]{{0,80}}'[ ]?)?[<"'(\[]*{ADDRESS}(?=[>"')\]:;,.<(\s]|$)""",
    re.IGNORECASE,
)
_NAME = re.compile(r"\s+(?P<name>[A-Za-z0-9][\w.+-]{0,63})(?=\s|$)")
# An alias: the address before it isn't the one that we wrote to.
_ALIAS = re.compile(rf"\s*\((?:expanded|generated) from:?\s+<?{ADDRESS}>?\)", re.IGNORECASE)
_END_OF_LIST = re.compile(r"\s*(?:-{3,}|={3,}|_{3,})")
_TEMPLATE = re.compile(r"\bemailing\s{1,4}NAME@([\w-]+(?:\.[\w-]+)+)")


class Found(NamedTuple):
    """An address in a notice, with the code that the server gave for it."""

    address: str
    status: str | None


class _Place(NamedTuple):
    address: str
    start: int


def find_recipients(mail: Part, text: str) -> tuple[Found, ...]:
    """Whom the notice speaks of, in order: by Exim's header, qmail's paragraphs, a known sentence or a list."""
    named = [found for value in mail.all("x-failed-recipients") for found in addresses_in(value)]
    places = [_Place(address, max(text.find(address), 0)) for address in named[:_MOST_NAMED]]
    places = places or list(_paragraphs(text)) or list(_sentences(mail, text)) or list(_lists(mail, text))
    return tuple(_with_status(list({place.address.lower(): place for place in reversed(places)}.values())[::-1], text))


def _paragraphs(text: str) -> Iterator[_Place]:
    return (_Place(found["address"], found.start()) for found in _PARAGRAPH.finditer(text))


def _sentences(mail: Part, text: str) -> Iterator[_Place]:
    with_subject = f"{text}\n{mail.first('subject')}\n"
    for sentence in SENTENCES:
        for found in sentence.words.finditer(with_subject):
            yield _Place(_trimmed(found["address"]), found.start())


def _lists(mail: Part, text: str) -> Iterator[_Place]:
    for lead in LISTS:
        leads = islice(lead.words.finditer(text), _MOST_LISTS)
        places = [place for found in leads for place in _listed(mail, text, found.end(), lead)]
        if places:
            return iter(places)
    return iter(())


def _listed(mail: Part, text: str, start: int, lead: Lead) -> Iterator[_Place]:
    """The addresses below the lead: each begins a line, as far to the right as the first."""
    indent = None
    skipped = 0
    for place, line in _lines_from(text, start):
        found = _LINE.match(line)
        if found and (indent is None or len(found["indent"]) == indent):
            indent = len(found["indent"])
            alias = _ALIAS.match(text, place + found.end()) or _ALIAS.match(text, place + len(line))
            yield _Place(_trimmed(alias["address"] if alias else found["address"]), place)
        elif line.strip() and indent is None:
            if alias := _ALIAS.match(text, place + len(line)):
                yield _Place(_trimmed(alias["address"]), place)
                return
            if lead.local and (name := _NAME.match(line)):
                yield _Place(f"{name['name']}@{_domain(mail, text)}", place)
                return
            skipped += 1
        if skipped > _MOST_LINES_BEFORE or (skipped + (indent is not None) and _END_OF_LIST.match(line)):
            return


def _lines_from(text: str, start: int) -> Iterator[tuple[int, str]]:
    """The rest of the line, if anything is on it, and the lines below: (place, line)."""
    for _ in range(_MOST_LINES):
        end = text.find("\n", start)
        yield start, text[start : len(text) if end < 0 else end][:_LONGEST_LINE]
        if end < 0:
            return
        start = end + 1


def _domain(mail: Part, text: str) -> str:
    """What belongs behind a bare name: as the notice spells addresses out, or else the server's own domain."""
    if template := _TEMPLATE.search(text):
        return template[1]
    sender = addresses_in(mail.first("from"))
    return sender[0].rpartition("@")[2].lower() if sender else "localhost"


def _trimmed(address: str) -> str:
    return address.rstrip(".-_'")


def _with_status(places: list[_Place], text: str) -> Iterator[Found]:
    """Each address with the code of its own paragraph; a lone address with the first code anywhere."""
    if len(places) == 1:
        yield Found(places[0].address, find_status(text))
        return
    starts = sorted({place.start for place in places})
    following = dict(pairwise([*starts, len(text)]))
    for place in places:
        paragraph = text[place.start : following[place.start]]
        yield Found(place.address, find_status(paragraph))
