"""The whole day, in order: read this first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from digest.pipeline.ingest import Ingest, IngestReport
    from digest.pipeline.publish import Publish, PublishReport


@dataclass(frozen=True, slots=True)
class DailyReport:
    """What came of each stage."""

    ingested: IngestReport
    published: PublishReport


@dataclass(frozen=True, slots=True)
class Daily:
    """Every stage, one after the other."""

    ingest: Ingest
    publish: Publish

    def run(
        self,
        categories: Sequence[str],
        *,
        on: date | None = None,
        as_is: bool = False,
        told: Callable[[str], None] = lambda _: None,
    ) -> DailyReport:
        """arXiv's newest announcement, or that of `on`, ingested and published as an edition.

        `as_is` publishes also when much of the day is missing; the errors are those of the two stages.
        """
        ingested = self.ingest.run(categories, on=on, told=told)
        published = self.publish.run(categories, on=ingested.announced_on, as_is=as_is, told=told)
        return DailyReport(ingested, published)
