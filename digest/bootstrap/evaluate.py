"""Recorded files in, the report on how good the ranking is out."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from digest.assets import folder
from digest.errors import InputError
from digest.files import write_whole
from digest.forecast.compare import FORECAST
from digest.forecast.numbers import read_numbers, write_numbers
from digest.pipeline.evaluate import TRAINED_EVERY, TrendReport, evaluate_trend
from digest.sources.recorded import read_papers, read_picks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from digest.forecast.numbers import Forecaster


def evaluate_recorded(  # noqa: PLR0913 -- the files, the days, and how
    papers: Sequence[Path],
    picks: Sequence[Path],
    *,
    since: date,
    until: date,
    train: bool,
    every: int = TRAINED_EVERY,
    with_latest: bool = False,
    told: Callable[[str], None],
) -> TrendReport:
    """The report on recorded days, by forecasts trained on what was known before, or by the shipped one."""
    forecaster = None if train else _shipped()
    return evaluate_trend(
        chain.from_iterable(map(read_papers, papers)),
        chain.from_iterable(map(read_picks, picks)),
        since=since,
        until=until,
        forecaster=forecaster,
        every=every,
        with_latest=with_latest,
        told=told,
    )


def _shipped() -> Forecaster:
    file = folder("config") / "forecast.json"
    try:
        return read_numbers(file.read_text(encoding="utf-8"), where=str(file))
    except OSError as error:
        raise InputError(f"Reading the forecast {file}: {error.strerror}.") from error


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
