"""A forecast of many days as an instance makes them: trained, and now and then trained again as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digest.forecast.train import Trained, train, train_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.forecast.history import History
    from digest.forecast.model import Platt, Stack


@dataclass(frozen=True, slots=True)
class Scores:
    """For every paper of a history the forecast's logit and chance, and those by the text alone."""

    logits: np.ndarray
    chances: np.ndarray
    text_logits: np.ndarray
    text_chances: np.ndarray

    @classmethod
    def by(cls, stack: Stack, platt: Platt, text_platt: Platt, features: np.ndarray) -> Scores:
        """The scores of papers with these features, in the order of `digest.forecast.model.NAMES`."""
        logits, text_logits = stack.logits(features), features[:, 0].astype(float)
        return cls(logits, platt.chances(logits), text_logits, text_platt.chances(text_logits))

    def at(self, places: np.ndarray) -> Scores:
        """Those of some of the papers."""
        return Scores(self.logits[places], self.chances[places], self.text_logits[places], self.text_chances[places])


@dataclass(frozen=True, slots=True)
class Rolled:
    """The scores of papers, zeros before the first day, and the days of training with what was trained first."""

    scores: Scores
    trained_on: tuple[int, ...]
    first: Trained


def forecast_days(  # noqa: PLR0913 -- the days, and how
    history: History,
    *,
    since: int,
    until: int,
    begins: int,
    every: int,
    told: Callable[[str], None] = lambda _: None,
) -> Rolled:
    """The scores of the days from `since` to `until`, both counted: trained at the beginning of `since`, and again
    every so many days, on what was known at those beginnings."""
    first = trained = train(history, until=since, begins=begins, told=told)
    scores = np.zeros((4, len(history.papers)))
    days = tuple(range(since, until + 1, every))
    for day in days:
        if day > since:
            told("training again")
            trained = train_again(history, trained, until=day, begins=begins)
        here = (history.days >= day) & (history.days < day + every)
        found = Scores.by(trained.stack, trained.platt, trained.text_platt, trained.features[here])
        scores[:, here] = (found.logits, found.chances, found.text_logits, found.text_chances)
    return Rolled(Scores(*scores), days, first)
