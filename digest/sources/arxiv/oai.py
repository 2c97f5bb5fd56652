"""The envelope of an OAI-PMH answer: its records, the token of the next page, or the reason why there are none.

Source: https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.sources.arxiv.documents import all_text, read_tree, sound_xml
from digest.sources.arxiv.fields import squeezed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from digest.model.announcement import Problem

_NOTHING_MATCHES = "noRecordsMatch"
_EXPIRED = "badResumptionToken"


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its identifier as `oai:arXiv.org:…`, its place in the answer from 1, and what it holds."""

    identifier: str
    number: int
    metadata: Fields


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer taken apart. `token` asks for the next page; without `lists`, arXiv said that nothing matches.

    `refusal` is what arXiv says against the question itself, so that asking again is of no use.
    """

    records: tuple[Record, ...] = ()
    token: str = ""
    deleted: int = 0
    lists: bool = False
    is_expired: bool = False
    refusal: str = ""
    problems: tuple[Problem, ...] = ()


class Fields:
    """The children of an element by their names, whatever namespace they are in."""

    def __init__(self, element: etree._Element | None) -> None:
        self._children: dict[str, list[etree._Element]] = {}
        for child in () if element is None else element:
            self._children.setdefault(local_name(child), []).append(child)

    def all(self, name: str) -> list[etree._Element]:
        """Every child of that name."""
        return self._children.get(name, [])

    def inside(self, name: str) -> Fields:
        """The children of the first child of that name; none if it isn't there."""
        return Fields(next(iter(self.all(name)), None))

    def text(self, name: str) -> str:
        """The text of the first child of that name in one line, or nothing."""
        return next((squeezed(all_text(child)) for child in self.all(name)), "")


def open_envelope(body: bytes, *, where: str) -> Envelope:
    """The answer's records, or why there are none; SourceError for what is no such answer."""
    sound = sound_xml(body, where=where)
    root = read_tree(sound.body, where)
    answer = Fields(root)
    if local_name(root) != "OAI-PMH":
        raise SourceError(where, "is not an OAI-PMH answer", hint="Check arxiv.oai_url in the settings.")
    for error in answer.all("error"):
        code = squeezed(error.get("code") or "")
        if code in (_NOTHING_MATCHES, _EXPIRED):
            return Envelope(is_expired=code == _EXPIRED)
        said = squeezed(all_text(error))[:300].rstrip(".")
        return Envelope(refusal=f"is an error message of arXiv: {code} ({said})")
    if not answer.all("ListRecords"):
        raise SourceError(where, "holds neither records nor a reason why", hint="Try again later.")
    listed = answer.inside("ListRecords")
    records, deleted = _records(listed)
    return Envelope(records, listed.text("resumptionToken"), deleted, lists=True, problems=sound.problems)


def open_earliest(body: bytes, *, where: str) -> str:
    """The day of the earliest record, as an answer to Identify writes it."""
    return Fields(read_tree(sound_xml(body, where=where).body, where)).inside("Identify").text("earliestDatestamp")


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _records(listed: Fields) -> tuple[tuple[Record, ...], int]:
    records = tuple(_read_records(listed))
    kept = tuple(one for one in records if one is not None)
    return kept, len(records) - len(kept)


def _read_records(listed: Fields) -> Iterator[Record | None]:
    """Each record, None for a deleted one, which has a header alone."""
    for number, element in enumerate(listed.all("record"), start=1):
        record = Fields(element)
        if any(header.get("status") == "deleted" for header in record.all("header")):
            yield None
            continue
        metadata = next(iter(record.all("metadata")), None)
        first = next(iter(metadata), None) if metadata is not None else None
        yield Record(record.inside("header").text("identifier"), number, Fields(first))
