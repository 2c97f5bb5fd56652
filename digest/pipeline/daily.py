"""The whole day, in order: read this first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from digest.pipeline.ingest import Ingest, IngestReport
    from digest.pipeline.observe import ObserveReport
    from digest.pipeline.publish import Publish, PublishReport
    from digest.pipeline.send import SendReport


@dataclass(frozen=True, slots=True)
class DailyReport:
    """What came of each stage; `observed` and `sent` are None where that was left out."""

    ingested: IngestReport
    published: PublishReport
    observed: ObserveReport | None = None
    sent: SendReport | None = None


@dataclass(frozen=True, slots=True)
class Daily:
    """Every stage, one after the other.

    `observe` is left out where something else observes, or nothing outside may be asked; `send` where something else
    sends, or nobody subscribes.
    """

    ingest: Ingest
    publish: Publish
    observe: Callable[[], ObserveReport] | None = None
    send: Callable[[], SendReport] | None = None

    def run(
        self,
        categories: Sequence[str],
        *,
        on: date | None = None,
        as_is: bool = False,
        told: Callable[[str], None] = lambda _: None,
    ) -> DailyReport:
        """arXiv's newest announcement, or that of `on`: ingested, observed, published, and sent to whom it is due.

        `as_is` publishes also when much of the day is missing; the errors are those of the two stages.
        """
        ingested = self.ingest.run(categories, on=on, told=told)
        observed = self.observe() if self.observe else None
        published = self.publish.run(categories, on=ingested.announced_on, as_is=as_is, told=told)
        return DailyReport(ingested, published, observed, self.send() if self.send else None)
