"""A hand-written archive of records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from digest.errors import SourceError
from digest.model.history import HistoryPage, Window


@dataclass
class FakeArchive:
    """Pages by window's first day and place; a window that begins on one of `errors` can't be read."""

    pages: dict[tuple[date, str], HistoryPage] = field(default_factory=dict)
    errors: list[date] = field(default_factory=list)
    asked: list[tuple[date, str, bool]] = field(default_factory=list)

    def read_page(self, window: Window, place: str, *, to_present: bool) -> HistoryPage:
        self.asked.append((window.first_on, place, to_present))
        if window.first_on in self.errors:
            raise SourceError("oai", "answered 503")
        return self.pages.get((window.first_on, place), HistoryPage(()))

    def read_earliest(self) -> date:
        return date(2005, 9, 16)
