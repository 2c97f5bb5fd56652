"""arXiv's listing page of a category, the one document that states its own date and counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

import lxml.html
from lxml import etree

from digest.errors import SourceError
from digest.model.announcement import AnnounceType, ListedPaper, Listing, Problem, StatedCounts
from digest.model.paper import ArxivId
from digest.sources.arxiv.aliases import is_same_list
from digest.sources.arxiv.documents import in_utf8
from digest.sources.arxiv.fields import squeezed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SECTIONS = {"new": AnnounceType.NEW, "cross": AnnounceType.CROSS, "replacement": AnnounceType.REPLACE}
# [0-9] all over, since \d means the digits of every script.
_DATE = re.compile(r"showing new listings for (?:\w+,\s*)?([0-9]{1,2}) (\w+) ([0-9]{4})", re.IGNORECASE)
_TOTAL = re.compile(r"total of ([0-9,]{1,9}) entries", re.IGNORECASE)
# `Cross submissions (continued, showing last 12 of 340 entries)`
_HEADING = re.compile(
    r"(?P<name>new|cross|replacement)\S*\s+(?:submissions|lists?)\b.*?"
    r"\bshowing[^0-9]*(?P<shown>[0-9,]{1,9})\s+of\s+(?P<all>[0-9,]{1,9})\s+entr",
    re.IGNORECASE,
)
# A real one has about 80 characters; to look for the counts takes the square of the length.
_LONGEST_HEADING = 300
_LONGEST_LINE = 10_000
# A real page goes down a dozen levels, and some more where a browser saved it with its formulas set.
_DEEPEST = 200
_EMPTY = "no updates"
_RECENT = re.compile(r"recent-([\w.-]+)")
_LIST = re.compile(r"/list/([\w.-]+)/(?:recent|new)\b")


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One page of a listing; its stated counts are those of the sections it shows, `total` is that of all pages."""

    listing: Listing
    total: int


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading, the ids below it (None where an entry names none), and how many it says it shows and has."""

    announce_type: AnnounceType
    shown: int
    stated: int
    ids: tuple[ArxivId | None, ...]

    def listed(self) -> tuple[ListedPaper, ...]:
        return tuple(ListedPaper(one.key, self.announce_type) for one in self.ids if one)


def parse_page(body: bytes, *, category: str | None = None, where: str) -> ListingPage:
    """The listing as far as one page of it goes, for `join_pages`.

    Entries that don't agree with the counts above them are a problem, not an error. Raises SourceError for any other
    page, for that of another category, and for one that names none when none is given.
    """
    root = _root(body, where)
    announced_on = _announced_on(root, where)
    listed = _category(root, category, where)
    sections = tuple(_sections(root))
    if not sections and not any(_EMPTY in _line(element).lower() for element in root.iter("p")):
        raise SourceError(where, "lists no papers and doesn't say that there are none", hint="Ask again later.")
    counts = {section.announce_type: section.stated for section in sections}
    stated = StatedCounts(*(counts.get(kind, 0) for kind in _SECTIONS.values()))
    papers = tuple(paper for section in sections for paper in section.listed())
    problems = tuple(Problem(where, what) for what in _remarks(sections))
    listing = Listing(listed, announced_on, stated, papers, problems)
    return ListingPage(listing, _total(root, stated))


def join_pages(pages: Sequence[ListingPage], *, where: str) -> Listing:
    """The whole listing from all its pages; SourceError when they are of two days, or don't add up to their total."""
    listings = [page.listing for page in pages]
    if len({(listing.category, listing.announced_on) for listing in listings}) > 1:
        raise SourceError(where, "changed while its pages were read", hint="Read it again.")
    stated = StatedCounts(
        *(max(getattr(listing.stated, kind.value) for listing in listings) for kind in _SECTIONS.values())
    )
    total = pages[0].total
    if stated.total != total:
        raise SourceError(
            where, f"is cut off: its sections have {stated.total} of {total} entries", hint="Read it again."
        )
    papers = tuple(
        {paper.paper_id: paper for listing in reversed(listings) for paper in reversed(listing.papers)}.values()
    )[::-1]
    problems = tuple(problem for listing in listings for problem in listing.problems)
    if len(papers) != total:
        problems += (Problem(where, f"shows {len(papers)} of {total} entries"),)
    return replace(listings[0], stated=stated, papers=papers, problems=problems)


def _root(body: bytes, where: str) -> lxml.html.HtmlElement:
    # Without huge_tree a text of more than 10 MB ends the page silently.
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml.html.document_fromstring(in_utf8(body), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(where, "holds no listing page", hint="Ask again later.") from error
    _refuse_depth(root, where)
    return root


def _refuse_depth(root: lxml.html.HtmlElement, where: str) -> None:
    """SourceError where headings could stand inside headings without end: the same text would be read for each."""
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            raise SourceError(
                where, f"nests elements more than {_DEEPEST} levels deep", hint="Look at it in a browser."
            )


def _announced_on(root: lxml.html.HtmlElement, where: str) -> date:
    found = next(filter(None, (_DATE.search(_line(element)) for element in root.iter("h3"))), None)
    if found is None:
        raise SourceError(where, "is not a listing page with a date", hint="Look at it in a browser.")
    try:
        return date(int(found[3]), _MONTHS.index(found[2].lower()[:3]) + 1, int(found[1]))
    except ValueError as error:
        raise SourceError(where, f"states the impossible date '{found[0]}'") from error


def _category(root: lxml.html.HtmlElement, asked: str | None, where: str) -> str:
    """The category asked for, unless the page names another; without one, that which it names."""
    named = _named_category(root)
    if asked and named and not is_same_list(asked, named):
        raise SourceError(where, f"lists {named}, not {asked}", hint="Ask again later.")
    found = asked or named
    if not found:
        raise SourceError(where, "doesn't say which category it lists")
    return found


def _named_category(root: lxml.html.HtmlElement) -> str | None:
    """The category that the page's link to its recent papers names; without its mark, the first link to a list."""
    links = tuple(root.iter("a"))
    marks = (_RECENT.fullmatch(link.get("id") or "") for link in links)
    targets = (_LIST.search(link.get("href") or "") for link in links)
    found = next(filter(None, chain(marks, targets)), None)
    return found[1] if found else None


def _sections(root: lxml.html.HtmlElement) -> Iterator[_Section]:
    heading: re.Match[str] | None = None
    ids: list[ArxivId | None] = []
    for element in root.iter("h3", "dt"):
        if element.tag == "dt":
            ids.append(_arxiv_id(element))
        elif found := _HEADING.match(_line(element)[:_LONGEST_HEADING]):
            if heading:
                yield _section(heading, ids)
            heading, ids = found, []
    if heading:
        yield _section(heading, ids)


def _section(heading: re.Match[str], ids: list[ArxivId | None]) -> _Section:
    kind = _SECTIONS[heading["name"].lower()]
    return _Section(kind, _number(heading["shown"]), _number(heading["all"]), tuple(ids))


def _arxiv_id(term: lxml.html.HtmlElement) -> ArxivId | None:
    """The id in an entry's head; the text below it may name other papers."""
    named = (link.get("href", "").rpartition("/abs/")[2] for link in term.iter("a") if "/abs/" in link.get("href", ""))
    return next(filter(None, map(ArxivId.parse, named)), None)


def _remarks(sections: Sequence[_Section]) -> Iterator[str]:
    for section in sections:
        if section.shown != len(section.listed()):
            yield f"states {section.shown} {section.announce_type} entries and shows {len(section.listed())}"


def _total(root: lxml.html.HtmlElement, stated: StatedCounts) -> int:
    lines = (_line(element) for element in root.iter("div") if element.get("class") == "paging")
    found = next(filter(None, map(_TOTAL.search, lines)), None)
    return _number(found[1]) if found else stated.total


def _line(element: lxml.html.HtmlElement) -> str:
    """The beginning of its text, in one line; what is looked for in it stands there."""
    return squeezed(element.text_content()[:_LONGEST_LINE])


def _number(digits: str) -> int:
    return int(digits.replace(",", "") or 0)
