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
        is_sample: bool = False,
        told: Callable[[str], None] = lambda _: None,
    ) -> DailyReport:
        """arXiv's newest announcement, or that of `on`, ingested and published as an edition."""
        ingested = self.ingest.run(categories, on=on, told=told)
        published = self.publish.run(categories, on=ingested.announced_on, is_sample=is_sample, told=told)
        return DailyReport(ingested, published)
