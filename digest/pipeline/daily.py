"""The whole day, in order: read this first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from digest.model.ledger import LedgerDay
    from digest.pipeline.advance import Advance, Advanced
    from digest.pipeline.ingest import Ingest, IngestReport
    from digest.pipeline.observe import ObserveReport
    from digest.pipeline.send import SendReport


@dataclass(frozen=True, slots=True)
class DailyReport:
    """What came of each stage.

    `ingested` is None where nothing was to be asked or nothing could be read, `problem` says which of both; `observed`
    and `sent` are None where that was left out.
    """

    ingested: IngestReport | None
    problem: SourceError | None
    advanced: Advanced
    observed: ObserveReport | None = None
    sent: SendReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Every stage, one after the other.

    `observe` is left out where something else observes, or nothing outside may be asked; `send` where something else
    sends, or nobody subscribes.
    """

    ingest: Ingest
    advance: Advance
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    observe: Callable[[], ObserveReport] | None = None
    send: Callable[[], SendReport] | None = None

    def run(
        self,
        categories: Sequence[str],
        *,
        on: date | None = None,
        as_is: bool = False,
        wait: bool = False,
        told: Callable[[str], None] = lambda _: None,
    ) -> DailyReport:
        """Every day since the last edition, or `on` alone: ingested, observed, published, and sent to whom it is due.

        With `wait`, a day that isn't proven to be here is asked for again and again until its deadline.
        """
        ingested, problem = self._bring(categories if on else self.ingest.find_unproven(categories), on, told)
        observed = self.observe() if self.observe else None
        advanced = self.advance.run(categories, on=on, as_is=as_is, told=told)
        while wait and advanced.waiting:
            self._sleep(advanced.waiting, told)
            read, problem = self._bring(self.ingest.find_due(categories), on, told)
            ingested = read or ingested
            advanced = advanced.then(self.advance.run(categories, on=on, as_is=as_is, told=told))
        return DailyReport(ingested, problem, advanced, observed, self.send() if self.send else None)

    def run_due(self, categories: Sequence[str]) -> DailyReport:
        """The same for what is due just now, for those who come again in a few minutes."""
        ingested, problem = self._bring(self.ingest.find_due(categories), None, lambda _: None)
        return DailyReport(ingested, problem, self.advance.run(categories))

    def _bring(
        self, categories: Sequence[str], on: date | None, told: Callable[[str], None]
    ) -> tuple[IngestReport | None, SourceError | None]:
        try:
            if not categories:
                self.ingest.heal()
                return None, None
            return self.ingest.run(categories, on=on, told=told), None
        except SourceError as error:
            return None, error

    def _sleep(self, waiting: LedgerDay, told: Callable[[str], None]) -> None:
        until = self.advance.wake_at(waiting)
        told(f"waiting for arXiv until {until:%H:%M} UTC")
        self.sleep(max(0.0, (until - self.clock()).total_seconds()))
