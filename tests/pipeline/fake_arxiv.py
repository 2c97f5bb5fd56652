"""A hand-written arXiv: documents by category, papers by id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.model.announcement import Feed, Listing, Problem
from digest.model.fetch import Fetched, PapersRead, Validators

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model.paper import Paper


@dataclass
class FakeArxiv:
    listings: dict[str, Listing] = field(default_factory=dict)
    feeds: dict[str, Feed | None] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def read_listing(self, category: str) -> Listing:
        if category not in self.listings:
            raise SourceError(f"https://list.example.org/{category}", "answers 503")
        return self.listings[category]

    def read_feed(self, category: str) -> Fetched[Feed]:
        if category not in self.feeds:
            raise SourceError(f"https://rss.example.org/{category}", "is cut off")
        return Fetched(self.feeds[category], Validators(f"https://rss.example.org/{category}", "abc"))

    def read_papers(self, ids: Iterable[str]) -> PapersRead:
        wanted = list(ids)
        self.asked += wanted
        missing = [paper_id for paper_id in wanted if paper_id not in self.papers]
        problems = (Problem("query", f"no paper came for {', '.join(missing)}"),) if missing else ()
        return PapersRead(tuple(self.papers[one] for one in wanted if one in self.papers), problems)
