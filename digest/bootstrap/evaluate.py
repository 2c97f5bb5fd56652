"""Days of one's own, or recorded files, in, the report on how good the ranking is out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from digest.bootstrap.forecast import measuring, read_forecaster, shipped_forecast
from digest.bootstrap.service import open_service, read_settings
from digest.errors import InputError
from digest.files import write_whole
from digest.forecast.compare import FORECAST
from digest.forecast.history import SETTLED
from digest.forecast.numbers import write_numbers
from digest.pipeline.evaluate import TrendReport, evaluate_trend
from digest.pipeline.foretell import read_announced
from digest.sources.recorded import read_papers, read_picks
from digest.store.forecasts import ForecastStore
from digest.store.measured_days import MeasuredDayStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from digest.bootstrap.days import Days
    from digest.model.forecast import Announced, Pick
    from digest.model.ranking import MeasuredDay


def evaluate_recorded(
    papers: Sequence[Path], picks: Sequence[Path], days: Days, *, told: Callable[[str], None]
) -> TrendReport:
    """The report on recorded days, by forecasts trained on what was known before, or by the shipped one."""
    recorded = chain.from_iterable(map(read_papers, papers))
    return _evaluate(recorded, chain.from_iterable(map(read_picks, picks)), days, told)


def evaluate_own(settings_file: Path | None, days: Days, *, told: Callable[[str], None]) -> TrendReport:
    """The report on days of the operator's own store, by forecasts trained on what was known before them."""
    with open_service(read_settings(settings_file)) as service:
        store = ForecastStore(service.database)
        now = service.clock()
        settled = now.date() - timedelta(days=SETTLED)
        days = replace(days, until=min(days.until, settled))
        papers = read_announced(store, service.papers, before=days.until + timedelta(days=1))
        picks = store.find_picks(before=now)
        if not picks:
            raise InputError(
                "Measuring days of your own: nobody has been seen to pick up a paper yet. digest observe, or digest "
                "serve, looks for that every day; or give recorded days with --papers and --picks."
            )
        if days.until < days.since:
            raise InputError(f"Measuring days from {days.since}: what becomes of papers is known until {settled} only.")
        return _evaluate(papers, picks, days, told)


def measure_own_days(settings_file: Path | None) -> tuple[MeasuredDay, ...]:
    """Every day of the operator's own that can be measured by now, oldest first."""
    with open_service(read_settings(settings_file)) as service:
        measuring(service.database, clock=service.clock).run()
        return MeasuredDayStore(service.database).find_all()


def _evaluate(
    papers: Iterable[Announced],
    picks: Iterable[Pick],
    days: Days,
    told: Callable[[str], None],
) -> TrendReport:
    return evaluate_trend(
        papers,
        picks,
        since=days.since,
        until=days.until,
        forecaster=None if days.train else read_forecaster(shipped_forecast())[1],
        every=days.every,
        with_latest=days.with_latest,
        told=told,
    )


def save_forecaster(report: TrendReport, file: Path) -> None:
    """Writes what was trained last, with how forecasts trained in the same way did."""
    method = report.compared.methods[FORECAST]
    figures = {name: round(measured.mean, 4) for name, measured in method.measures.items()}
    if method.calibration:
        figures["calibration_error"] = round(method.calibration.error, 4)
    kept = replace(report.latest or report.forecaster, figures=figures, measured=(report.since, report.until))
    try:
        write_whole(file, write_numbers(kept).encode())
    except OSError as error:
        raise InputError(f"Writing the forecast {file}: {error.strerror}. Choose another place with --out.") from error
