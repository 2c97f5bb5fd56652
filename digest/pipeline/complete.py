"""Fills in what feeds don't tell, and the papers that they lacked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from digest.model.announcement import Provenance
from digest.pipeline.late import HEALS_FOR
from digest.pipeline.reconcile import settle_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from digest.model.announcement import Batch, Problem
    from digest.model.fetch import PapersRead
    from digest.model.paper import Paper
    from digest.store.announcements import AnnouncementStore


class PaperSource(Protocol):
    """Where papers are had by id."""

    def read_papers(self, ids: Iterable[str]) -> PapersRead:
        """The papers with these ids."""


@dataclass(frozen=True, slots=True)
class Complete:
    """Asks first the store, then the query API, for what a day and the week before it lack."""

    source: PaperSource
    store: AnnouncementStore
    clock: Callable[[], datetime]

    def run(self, on: date) -> list[Problem]:
        """What was wrong with single papers; what could not be had stays missing."""
        since = on - HEALS_FOR
        for batch in self.store.find_batches(on, since=since):
            self._settle([batch], self._find_known(batch), Provenance.STORE)
        batches = self.store.find_batches(on, since=since)
        missing = {one.paper_id for batch in batches for one in batch.missing}
        wanted = sorted({*missing, *self.store.find_undetailed(on, since=since)})
        if not wanted:
            return []
        read = self.source.read_papers(wanted)
        found = {paper.id: paper for paper in read.papers if paper.id in missing}
        self._settle(batches, found, Provenance.QUERY, read.papers)
        return list(read.problems)

    def _find_known(self, batch: Batch) -> dict[str, Paper]:
        """Those of a batch's missing papers that another category told of.

        A replacement counts only when it was announced elsewhere the same day: else its new version isn't known.
        """
        wanted = {one.paper_id: one.announce_type for one in batch.missing}
        if not wanted:
            return {}
        versions = {one.paper_id: one.version for one in self.store.find_announcements(batch.announced_on)}
        papers = self.store.find_papers(tuple(wanted))
        return {
            key: replace(paper, version=versions.get(key, paper.version))
            for key, paper in papers.items()
            if key in versions or wanted[key].is_news
        }

    def _settle(
        self,
        batches: Iterable[Batch],
        found: Mapping[str, Paper],
        source: Provenance,
        details: Sequence[Paper] = (),
    ) -> None:
        announcements = settle_missing(batches, found)
        if announcements or details:
            self.store.save_details(details, announcements, source=source, now=self.clock())
