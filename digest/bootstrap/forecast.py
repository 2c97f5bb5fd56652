"""Settings in, the forecast out."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from digest.assets import folder
from digest.errors import SettingsError
from digest.forecast.numbers import read_numbers
from digest.pipeline.foretell import Foretell
from digest.pipeline.measure import MeasureDays
from digest.store.forecasts import ForecastStore
from digest.store.measured_days import MeasuredDayStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.forecast.numbers import Forecaster
    from digest.settings.tables import Settings
    from digest.store.database import Database
    from digest.store.papers import PaperStore

_NAME_LENGTH = 16


def foretelling(
    settings: Settings, database: Database, papers: PaperStore, *, clock: Callable[[], datetime]
) -> Foretell:
    """Making forecasts, by the operator's numbers or the shipped ones."""
    return Foretell(load=partial(load_forecaster, settings), store=ForecastStore(database), papers=papers, clock=clock)


def measuring(database: Database, *, clock: Callable[[], datetime]) -> MeasureDays:
    """Measuring how good the ranking of one's own days was."""
    return MeasureDays(store=MeasuredDayStore(database), forecasts=ForecastStore(database), clock=clock)


def load_forecaster(settings: Settings) -> tuple[str, Forecaster]:
    """The trained numbers in force with a name of their own, which changes as soon as one of them does."""
    file = Path(settings.forecast_file) if settings.forecast_file else shipped_forecast()
    return read_forecaster(file)


def shipped_forecast() -> Path:
    """The file of the numbers that come with the program."""
    return folder("config") / "forecast.json"


def read_forecaster(file: Path) -> tuple[str, Forecaster]:
    """The numbers in a file with their name; SettingsError when it can't be read, InputError when it holds none."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(f"Reading {file}: {why}. Name a file that is there in forecast_file.") from error
    return sha256(text.encode()).hexdigest()[:_NAME_LENGTH], read_numbers(text, where=str(file))
