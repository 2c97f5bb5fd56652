"""How good the forecast is on recorded days, next to simple orders that it has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from digest.errors import InputError
from digest.forecast.compare import Compared, compare
from digest.forecast.history import BEFORE, SETTLED, make_history
from digest.forecast.numbers import Forecaster
from digest.forecast.rolling import Scores, forecast_days
from digest.forecast.score import measure_features
from digest.forecast.train import FEWEST_DAYS, train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.forecast.history import History
    from digest.forecast.train import Trained
    from digest.model.forecast import Announced, Pick

_FEWEST_PICKED = 100
# An instance trains again after so many days.
TRAINED_EVERY = 28


@dataclass(frozen=True, slots=True)
class TrendReport:
    """How the methods did from `since` to `until`, both counted.

    `forecaster` is what made the forecast of the first day, and `trained_on` the days at whose beginnings those in
    force were trained. `latest` is trained on everything there is before the day after `until`, if that was asked for.
    """

    compared: Compared
    since: date
    until: date
    forecaster: Forecaster
    trained_on: tuple[date, ...]
    latest: Forecaster | None = None


def evaluate_trend(  # noqa: PLR0913 -- the files, the days, and how
    papers: Iterable[Announced],
    picks: Iterable[Pick],
    *,
    since: date,
    until: date,
    forecaster: Forecaster | None = None,
    every: int = TRAINED_EVERY,
    with_latest: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> TrendReport:
    """The report on the days from `since` to `until`, both counted.

    Without a `forecaster` one is trained on what was known at the beginning of `since`, and again `every` so many days,
    as an instance does. Earlier papers and picks make the authors' track records, as known at the beginning of each day
    that is forecast. InputError where the files hold nothing to measure.
    """
    told("reading")
    picks = tuple(picks)
    history = make_history(papers, picks)
    until = min(until, date.fromordinal(int(history.days[-1]))) if len(history.days) else until
    if not history.count_picked(since.toordinal(), until.toordinal()):
        raise InputError(
            f"Evaluating {since} to {until}: no paper of those days was picked up, as far as the files say."
        )
    begins = _find_beginning(picks)
    if forecaster is None:
        scores, forecaster, trained_on = _train(history, since, until, begins, every=every, told=told)
    else:
        features = measure_features(forecaster, history, begins=begins.toordinal(), since=since.toordinal(), told=told)
        scores = Scores.by(forecaster.stack, forecaster.platt, forecaster.text_platt, features)
        trained_on = (forecaster.until,)
    told("comparing")
    compared = compare(history, scores, since=since, until=until, begins=begins)
    latest = _train_latest(history, until, begins, told) if with_latest else None
    return TrendReport(compared, since, until, forecaster, trained_on, latest)


def _train(  # noqa: PLR0913 -- the days, and how
    history: History, since: date, until: date, begins: date, *, every: int, told: Callable[[str], None]
) -> tuple[Scores, Forecaster, tuple[date, ...]]:
    known = history.count_picked(0, since.toordinal() - SETTLED)
    days = (since - begins).days
    if known < _FEWEST_PICKED or days < FEWEST_DAYS:
        raise InputError(
            f"Training before {since}: the files hold {known} papers that were picked up before then, over "
            f"{max(0, days)} days, and it takes {_FEWEST_PICKED} over {FEWEST_DAYS} to learn anything. Give more "
            "files, or a later --from."
        )
    rolled = forecast_days(
        history,
        since=since.toordinal(),
        until=until.toordinal(),
        begins=begins.toordinal(),
        every=every,
        told=told,
    )
    return rolled.scores, _keep(rolled.first, begins), tuple(map(date.fromordinal, rolled.trained_on))


def _train_latest(history: History, until: date, begins: date, told: Callable[[str], None]) -> Forecaster:
    """A forecast trained at the beginning of the day after `until`."""
    return _keep(train(history, until=until.toordinal() + 1, begins=begins.toordinal(), told=told), begins)


def _keep(trained: Trained, begins: date) -> Forecaster:
    """What of it is worth keeping."""
    return Forecaster(
        text=trained.text,
        stack=trained.stack,
        platt=trained.platt,
        text_platt=trained.text_platt,
        begins=begins,
        until=date.fromordinal(trained.until),
        figures={},
        known=trained.known,
    )


def _find_beginning(picks: Iterable[Pick]) -> date:
    """The first day of which all picks are known: those seen at the very beginning were picked before."""
    return min(pick.seen_at.date() for pick in picks) + timedelta(days=BEFORE + 1)
