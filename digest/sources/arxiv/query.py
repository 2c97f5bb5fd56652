"""Answers of arXiv's query API: papers with structured authors, comments and submission times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.model.announcement import Problem
from digest.model.paper import ArxivId, Author, Paper
from digest.sources.arxiv.creators import author_name
from digest.sources.arxiv.documents import all_text, read_tree, sound_xml
from digest.sources.arxiv.fields import LONGEST_TEXT, TOO_LONG, arxiv_categories, moment, readable, squeezed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}


@dataclass(frozen=True, slots=True)
class QueryPage:
    """One answer of the query API; `total` is how many papers it says the whole query has."""

    papers: tuple[Paper, ...]
    total: int
    problems: tuple[Problem, ...] = ()

    @property
    def is_unexpectedly_empty(self) -> bool:
        """Whether it shows nothing of what it counts, as the service does now and then; asking again helps."""
        return self.total > 0 and not self.papers and not self.problems


def parse_papers(body: bytes, *, where: str) -> QueryPage:
    """The papers in an answer of the query API, in its order.

    Raises SourceError for an error message of arXiv and for what isn't such an answer.
    """
    sound = sound_xml(body, where=where)
    feed = read_tree(sound.body, where)
    total = _text(feed, "opensearch:totalResults")
    if feed.tag != f"{{{_NAMES['atom']}}}feed" or not (total.isascii() and total.isdigit()):
        raise SourceError(where, "is not an answer of arXiv's query API", hint="Check the address in the settings.")
    papers, problems = _papers(feed, where)
    return QueryPage(papers, int(total[:9]), (*sound.problems, *problems))


def _papers(feed: etree._Element, where: str) -> tuple[tuple[Paper, ...], list[Problem]]:
    papers: list[Paper] = []
    problems: list[Problem] = []
    for number, entry in enumerate(feed.iterfind("atom:entry", _NAMES), start=1):
        _refuse_error(entry, where)
        paper = _paper(entry)
        if isinstance(paper, Paper):
            papers.append(paper)
            if len(_text(entry, "atom:summary")) > LONGEST_TEXT:
                problems.append(Problem(where, f"{paper.id} has an abstract {TOO_LONG}"))
        else:
            problems.append(Problem(f"{where}, entry {number}", paper))
    return tuple(papers), problems


def _refuse_error(entry: etree._Element, where: str) -> None:
    if _text(entry, "atom:title") == "Error" and "/api/errors" in _text(entry, "atom:id"):
        said = _text(entry, "atom:summary").rstrip(".")
        raise SourceError(where, f"is an error message of arXiv: {said}", hint="Check what was asked for.")


def _paper(entry: etree._Element) -> Paper | str:
    """The paper, or why there is none."""
    arxiv_id = ArxivId.parse(_text(entry, "atom:id"))
    if arxiv_id is None:
        return "names no arXiv id"
    title = readable(_text(entry, "atom:title"))
    categories = arxiv_categories(_categories(entry))
    if not title or not categories:
        return f"{arxiv_id.key} has no {'arXiv category' if title else 'title'}"
    return Paper(
        id=arxiv_id.key,
        version=arxiv_id.version or 1,
        title=title,
        abstract=readable(_text(entry, "atom:summary")),
        authors=tuple(_authors(entry)),
        categories=categories,
        comment=readable(_text(entry, "arxiv:comment")) or None,
        doi=_text(entry, "arxiv:doi") or None,
        journal_ref=readable(_text(entry, "arxiv:journal_ref")) or None,
        submitted_at=moment(_text(entry, "atom:published")),
        updated_at=moment(_text(entry, "atom:updated")),
    )


def _categories(entry: etree._Element) -> Iterator[str]:
    """The primary one first, whatever the order of the others."""
    for path in ("arxiv:primary_category", "atom:category"):
        yield from (element.get("term") or "" for element in entry.iterfind(path, _NAMES))


def _authors(entry: etree._Element) -> Iterator[Author]:
    for element in entry.iterfind("atom:author", _NAMES):
        name = author_name(_text(element, "atom:name"))
        places = (readable(all_text(place)) for place in element.iterfind("arxiv:affiliation", _NAMES))
        if name:
            yield Author(name, tuple(place for place in places if place))


def _text(element: etree._Element, path: str) -> str:
    found = element.find(path, _NAMES)
    return "" if found is None else squeezed(all_text(found))
