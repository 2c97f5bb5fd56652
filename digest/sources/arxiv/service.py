"""arXiv itself: a category's feed and listing page of the day, and papers by id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.errors import SourceError
from digest.model.announcement import Feed, Listing, Problem
from digest.model.fetch import Fetched, PapersRead
from digest.model.paper import ArxivId
from digest.sources.arxiv.aliases import is_same_list
from digest.sources.arxiv.feed import parse_feed
from digest.sources.arxiv.listing import ListingPage, join_pages, parse_page
from digest.sources.arxiv.query import QueryPage, parse_papers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model.paper import Paper
    from digest.sources.http import PoliteClient

# arXiv answers 406 to clients that don't say what they accept.
ACCEPT_RSS = "application/rss+xml, application/xml;q=0.9, */*;q=0.8"
ACCEPT_ATOM = "application/atom+xml, application/xml;q=0.9, */*;q=0.8"
ACCEPT_HTML = "text/html, application/xhtml+xml;q=0.9, */*;q=0.8"
# A refused feed or query comes with status 400 and says in its body what was wrong.
EXPLAINED = frozenset({400})
PAGE = 2000
MOST_PAGES = 10
BATCH = 200
TRIES_OF_AN_EMPTY_PAGE = 3


@dataclass(frozen=True, kw_only=True)
class ArxivService:
    """Reads arXiv through one polite client; the four addresses are without a slash at the end."""

    client: PoliteClient
    rss_url: str
    atom_url: str
    listing_url: str
    query_url: str

    def read_feed(self, category: str) -> Fetched[Feed]:
        """The category's feed, or None as value when it is the same as last time.

        When the RSS feed can't be read the Atom feed is tried once; SourceError when that fails too.
        """
        try:
            return self._feed(self.rss_url, category, ACCEPT_RSS)
        except SourceError as first:
            return self._feed_instead(category, first)

    def read_listing(self, category: str) -> Listing:
        """The category's whole listing page, from as many pages as it has; SourceError when it can't be read."""
        address = f"{self.listing_url}/{quote(category)}/new"
        first = self._page(category, 0)
        starts = range(PAGE, min(first.total, PAGE * MOST_PAGES), PAGE)
        return join_pages((first, *(self._page(category, start) for start in starts)), where=address)

    def read_papers(self, ids: Iterable[str]) -> PapersRead:
        """The papers with these ids, in this order; ids that brought no paper stand in the problems.

        It raises nothing: a batch that fails is a problem that names its ids.
        """
        wanted = tuple(dict.fromkeys(ids))
        keys = tuple(text for text in wanted if ArxivId.parse(text))
        papers: dict[str, Paper] = {}
        problems = [Problem(self.query_url, f"'{text}' is no arXiv id") for text in wanted if text not in keys]
        for start in range(0, len(keys), BATCH):
            read = self._batch(keys[start : start + BATCH])
            papers.update((paper.id, paper) for paper in read.papers)
            problems.extend(read.problems)
        order = (parsed.key for text in keys if (parsed := ArxivId.parse(text)))
        return PapersRead(tuple(papers[key] for key in dict.fromkeys(order) if key in papers), tuple(problems))

    def _feed(self, base: str, category: str, accept: str) -> Fetched[Feed]:
        address = f"{base}/{quote(category)}"
        fetched = self.client.get(address, accept=accept, readable=EXPLAINED)
        if fetched.value is None:
            return Fetched(None, fetched.validators)
        feed = parse_feed(fetched.value, where=address)
        if not all(is_same_list(name, category) for name in feed.categories):
            raise SourceError(address, f"is the feed of {', '.join(feed.categories)}, not of {category}")
        return Fetched(replace(feed, categories=(category,)), fetched.validators)

    def _feed_instead(self, category: str, first: SourceError) -> Fetched[Feed]:
        try:
            fetched = self._feed(self.atom_url, category, ACCEPT_ATOM)
        except SourceError as second:
            if second.problem == first.problem:
                raise first from second
            problem = f"{first.problem}; and the Atom feed {second.problem}"
            raise SourceError(first.where, problem, hint=first.hint or second.hint) from second
        if fetched.value is None:
            return fetched
        instead = Problem(first.where, f"{first.problem}; the Atom feed was read in its place")
        feed = replace(fetched.value, problems=(instead, *fetched.value.problems))
        return Fetched(feed, fetched.validators)

    def _page(self, category: str, start: int) -> ListingPage:
        address = f"{self.listing_url}/{quote(category)}/new?skip={start}&show={PAGE}"
        return parse_page(self._body(address, ACCEPT_HTML), category=category, where=address)

    def _batch(self, ids: tuple[str, ...]) -> PapersRead:
        try:
            page = self._query(ids)
        except SourceError as error:
            return PapersRead((), (self._without(ids, error.problem),))
        read = {paper.id for paper in page.papers}
        missing = tuple(text for text in ids if (one := ArxivId.parse(text)) and one.key not in read)
        problems = (self._without(missing, "answered without them"),) if missing else ()
        return PapersRead(page.papers, page.problems + problems)

    def _query(self, ids: tuple[str, ...]) -> QueryPage:
        address = f"{self.query_url}?id_list={quote(','.join(ids), safe=',/')}&start=0&max_results={len(ids)}"
        for _ in range(TRIES_OF_AN_EMPTY_PAGE):
            page = parse_papers(self._body(address, ACCEPT_ATOM), where=self.query_url)
            if not page.is_unexpectedly_empty:
                return page
        raise SourceError(self.query_url, f"counts {page.total} papers but shows none")

    def _body(self, address: str, accept: str) -> bytes:
        body = self.client.get(address, accept=accept, readable=EXPLAINED).value
        if body is None:
            raise SourceError(address, "says that nothing changed, which was not asked")
        return body

    def _without(self, ids: tuple[str, ...], why: str) -> Problem:
        return Problem(self.query_url, f"{why}; no paper came for {', '.join(ids)}")
