"""Forecast: how likely it is that people will take the paper up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.signal import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.forecast import Forecast
    from digest.model.paper import Paper
    from digest.signals.day import Day, Signal

# A lift in the logit below this is no reason; 0.7 doubles the odds.
_MATTERS = 0.7
_MOST_REASONS = 2
_WORTH_SAYING = 0.05
_REASONS = {
    "authors": "its authors' earlier papers",
    "words": "its words",
    "text": "the way it is written",
    "links": "what it links",
    "team": "its team",
    "venue": "its comments",
    "field": "its categories",
    "timing": "its place in the list",
}


class ForecastSignal:
    """The chance, from 0 to 1, of being picked up on Hugging Face's daily papers; abstains without a forecast."""

    name = "forecast"
    is_compared = False

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper; its sample size is the number of earlier picks that track records rest on, if any."""
        return [self._measure(paper, day.forecasts.get(paper.id), day) for paper in day.papers]

    def _measure(self, paper: Paper, forecast: Forecast | None, day: Day) -> Reading:
        return Reading(
            signal=self.name,
            paper_id=paper.id,
            value=forecast.chance if forecast else None,
            source=_say_source(forecast) if forecast else "no forecast",
            observed_at=day.measured_at,
            sample_size=forecast.picks or None if forecast else None,
            note=_say(forecast) if forecast else "",
        )


def _say_source(forecast: Forecast) -> str:
    known = "texts, and authors' track records in this store" if forecast.picks else "texts alone"
    return f"forecast by {known}, trained on the days before {forecast.trained_until}"


def _say(forecast: Forecast) -> str:
    """E.g. `34% likely to be picked up on Hugging Face, for its authors' earlier papers`."""
    if forecast.chance < _WORTH_SAYING:
        return ""
    lifts = sorted(forecast.lifts.items(), key=lambda pair: -pair[1])
    reasons = [_REASONS[group] for group, lift in lifts if lift >= _MATTERS and group in _REASONS]
    why = f", for {' and '.join(reasons[:_MOST_REASONS])}" if reasons else ""
    return f"{round(100 * forecast.chance)}% likely to be picked up on Hugging Face{why}"


SIGNAL: Signal = ForecastSignal()
