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


def run_day(
    ingest: Ingest,
    publish: Publish,
    categories: Sequence[str],
    *,
    on: date | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> DailyReport:
    """arXiv's newest announcement, or that of `on`, ingested and published as an edition."""
    ingested = ingest.run(categories, on=on, told=told)
    published = publish.run(categories, on=ingested.announced_on, told=told)
    return DailyReport(ingested, published)
