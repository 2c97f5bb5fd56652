"""How good the forecast is on recorded days, next to simple orders that it has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.errors import InputError
from digest.forecast.compare import Compared, compare
from digest.forecast.history import BEFORE, SETTLED, make_history
from digest.forecast.numbers import Forecaster
from digest.forecast.score import measure_features
from digest.forecast.train import FEWEST_DAYS, train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from digest.forecast.history import History
    from digest.forecast.score import Features
    from digest.model.forecast import Announced, Pick

_FEWEST_PICKED = 100


@dataclass(frozen=True, slots=True)
class TrendReport:
    """How the methods did from `since` to `until`, both counted; `forecaster` is what made the forecast."""

    compared: Compared
    since: date
    until: date
    forecaster: Forecaster


def evaluate_trend(  # noqa: PLR0913 -- the files, the days, and how
    papers: Iterable[Announced],
    picks: Iterable[Pick],
    *,
    since: date,
    until: date,
    forecaster: Forecaster | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> TrendReport:
    """The report on the days from `since` to `until`, both counted.

    Without a `forecaster` one is trained on what was known at the beginning of `since`. Earlier papers and picks make
    the authors' track records, as known at the beginning of each day that is forecast. InputError where the files hold
    nothing to measure.
    """
    told("reading")
    picks = tuple(picks)
    history = make_history(papers, picks)
    if not history.count_picked(since.toordinal(), until.toordinal()):
        raise InputError(
            f"Evaluating {since} to {until}: no paper of those days was picked up, as far as the files say."
        )
    begins = _find_beginning(picks)
    if forecaster is None:
        forecaster, features = _train(history, since=since, begins=begins, told=told)
    else:
        features = measure_features(forecaster, history, begins=begins.toordinal(), since=since.toordinal(), told=told)
    told("comparing")
    compared = compare(history, features, forecaster, since=since, until=until, begins=begins)
    return TrendReport(compared, since, until, forecaster)


def _train(history: History, *, since: date, begins: date, told: Callable[[str], None]) -> tuple[Forecaster, Features]:
    known = history.count_picked(0, since.toordinal() - SETTLED)
    days = (since - begins).days
    if known < _FEWEST_PICKED or days < FEWEST_DAYS:
        raise InputError(
            f"Training before {since}: the files hold {known} papers that were picked up before then, over "
            f"{max(0, days)} days, and it takes {_FEWEST_PICKED} over {FEWEST_DAYS} to learn anything. Give more "
            "files, or a later --from."
        )
    trained = train(history, until=since.toordinal(), begins=begins.toordinal(), told=told)
    forecaster = Forecaster(trained.text, trained.stack, trained.platt, trained.text_platt, begins, since, {})
    return forecaster, trained.features


def _find_beginning(picks: Iterable[Pick]) -> date:
    """The first day of which all picks are known: those seen at the very beginning were picked before."""
    return min(pick.seen_at.date() for pick in picks) + timedelta(days=BEFORE + 1)
