"""How good the ranking of one's own days was, measured as soon as it is known what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from digest.forecast.history import AFTER, BEFORE, SETTLED
from digest.forecast.own_days import measure_ranking
from digest.model.ranking import MeasuredDay

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from digest.store.forecasts import ForecastStore
    from digest.store.measured_days import MeasuredDayStore

_PICKED_BY = "huggingface"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDays:
    """Measures each edition once, nine days after its day, if the lists of picks were watched for all that time."""

    store: MeasuredDayStore
    forecasts: ForecastStore
    clock: Callable[[], datetime]

    def run(self) -> tuple[MeasuredDay, ...]:
        """The days that were measured now, oldest first."""
        watched = self.store.find_watched(_PICKED_BY)
        if watched is None:
            return ()
        first, last = (moment.date() for moment in watched)
        settled = self.clock().date() - timedelta(days=SETTLED - 1)
        due = [
            day
            for day in self.store.find_unmeasured(before=settled)
            if first <= day - timedelta(days=BEFORE) and last >= day + timedelta(days=AFTER)
        ]
        measured = tuple(map(self._measure, due))
        for one in measured:
            self.store.save(one)
        return measured

    def _measure(self, on: date) -> MeasuredDay:
        ranked = self.store.find_ranked(on, picked=self._find_picked(on))
        return MeasuredDay(
            announced_on=on,
            papers=len(ranked),
            picked=sum(one.is_picked for one in ranked),
            figures=measure_ranking(ranked),
            ranked_by=self.store.find_ranked_by(on),
            measured_at=self.clock(),
        )

    def _find_picked(self, on: date) -> frozenset[str]:
        """Who was picked up from two days before that day to seven days after it."""
        first, last = on - timedelta(days=BEFORE), on + timedelta(days=AFTER)
        until = datetime.combine(last + timedelta(days=1), time(), UTC)
        found = self.forecasts.find_picks(before=max(until, self.clock()))
        return frozenset(one.paper_id for one in found if first <= one.seen_at.date() <= last)
