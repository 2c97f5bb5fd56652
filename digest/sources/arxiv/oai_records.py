"""What arXiv's two OAI-PMH formats tell of a paper.

`arXivRaw` has every version with its time, and the authors in one string; only the newest version's texts are told.
`arXiv` has each author's name in parts, but neither version numbers nor times: its `created` is a day, and that of the
current version. Neither tells when a paper was announced, nor when it was cross-listed.
Source: https://info.arxiv.org/help/oa/index.html
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from digest.model.announcement import Problem
from digest.model.history import PaperHistory
from digest.model.paper import ArxivId, Author, Paper
from digest.sources.arxiv.creators import author_name, parse_creators
from digest.sources.arxiv.documents import all_text
from digest.sources.arxiv.fields import arxiv_categories, readable
from digest.sources.arxiv.oai import Fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.sources.arxiv.oai import Record

_VERSION = re.compile(r"v?([1-9][0-9]{0,3})", re.ASCII)
Names = dict[str, tuple[Author, ...]]


def read_histories(records: Iterable[Record], *, where: str) -> tuple[list[PaperHistory], list[Problem]]:
    """The papers of `arXivRaw` records; one that can't be used is a problem."""
    histories: list[PaperHistory] = []
    problems: list[Problem] = []
    for record in records:
        found = _history(record)
        if isinstance(found, PaperHistory):
            histories.append(found)
        else:
            problems.append(Problem(f"{where}, record {record.number}", found))
    return histories, problems


def read_names(records: Iterable[Record]) -> Names:
    """The authors in `arXiv` records, by paper."""
    found = ((_identifier(record), tuple(_authors(record.metadata.inside("authors")))) for record in records)
    return {arxiv_id.key: authors for arxiv_id, authors in found if arxiv_id and authors}


def with_names(histories: Iterable[PaperHistory], names: Mapping[str, tuple[Author, ...]]) -> Iterator[PaperHistory]:
    """The papers with the authors that are told in parts, where they are.

    Affiliations stand in the one string, in parentheses; where both agree on how many authors there are, they stay.
    """
    for one in histories:
        parts = names.get(one.paper.id)
        yield replace(one, paper=replace(one.paper, authors=_merged(one.paper.authors, parts))) if parts else one


def _merged(whole: tuple[Author, ...], parts: tuple[Author, ...]) -> tuple[Author, ...]:
    if len(whole) != len(parts):
        return parts
    pairs = zip(whole, parts, strict=True)
    return tuple(Author(part.name, part.affiliations or known.affiliations) for known, part in pairs)


def _identifier(record: Record) -> ArxivId | None:
    return ArxivId.parse(record.metadata.text("id")) or ArxivId.parse(record.identifier)


def _history(record: Record) -> PaperHistory | str:
    """The paper with its versions, or why there is none."""
    arxiv_id, fields = _identifier(record), record.metadata
    if arxiv_id is None:
        return "names no arXiv id"
    versions = dict(_versions(fields))
    title, categories = readable(fields.text("title")), arxiv_categories(fields.text("categories").split())
    lacks = "title" if not title else "arXiv category" if not categories else "version" if not versions else ""
    if lacks:
        return f"{arxiv_id.key} has no {lacks}"
    newest = max(versions)
    paper = Paper(
        id=arxiv_id.key,
        version=newest,
        title=title,
        abstract=readable(fields.text("abstract")),
        authors=parse_creators(fields.text("authors")),
        categories=categories,
        comment=readable(fields.text("comments")) or None,
        doi=next(iter(fields.text("doi").split()), None),
        journal_ref=readable(fields.text("journal-ref")) or None,
        license=fields.text("license") or None,
        submitted_at=versions.get(1),
        updated_at=versions[newest],
    )
    return PaperHistory(paper, tuple((number, at) for number, at in sorted(versions.items()) if at))


def _versions(fields: Fields) -> Iterator[tuple[int, datetime | None]]:
    """Each version's number and when it came in, as `Wed, 25 Jun 2008 15:29:38 GMT`; None where that is no time."""
    for element in fields.all("version"):
        number = _VERSION.fullmatch((element.get("version") or "").strip())
        if number:
            yield int(number[1]), _moment(Fields(element).text("date"))


def _moment(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def _authors(authors: Fields) -> Iterator[Author]:
    for element in authors.all("author"):
        parts = Fields(element)
        name = author_name(" ".join(parts.text(part) for part in ("forenames", "keyname", "suffix")))
        places = (readable(all_text(place)) for place in parts.all("affiliation"))
        if name:
            yield Author(name, tuple(place for place in places if place))
