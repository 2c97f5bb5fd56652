"""Attention: how much a paper is talked about, new talk counting more than old."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from math import log1p
from typing import TYPE_CHECKING

from digest.model.signal import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model.attention import Observation
    from digest.signals.day import Day, Signal

NAME = "attention"
_HALF_LIFE = timedelta(days=3)
# How much each metric counts, and what one is called. What two services say of the same thing counts once.
_METRICS = {
    ("huggingface", "upvotes"): (1.0, "upvote", "on Hugging Face"),
    ("huggingface", "comments"): (0.5, "comment", "on Hugging Face"),
    ("hackernews", "points"): (1.0, "point", "on Hacker News"),
    ("hackernews", "comments"): (0.5, "comment", "on Hacker News"),
    ("github", "stars"): (0.5, "star", "on GitHub"),
    ("semantic_scholar", "citations"): (1.0, "citation", "in Semantic Scholar"),
}
# A repository may have had its stars before the paper came.
_FROM_BEFORE = frozenset({"stars"})
_MOST_SAID = 2


class Attention:
    """Talk about the day's papers that was heard of before the edition was made.

    A paper that nobody talks about has a reading of 0 as soon as anybody talks about another; until then all abstain.
    """

    name = NAME
    is_compared = True

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper."""
        readings = [
            read_attention(paper.id, day.observations.get(paper.id, ()), first_on=day.announced_on, now=day.measured_at)
            for paper in day.papers
        ]
        if any(one.value for one in readings):
            return readings
        return [Reading(NAME, paper.id, None, "no talk heard of yet", day.measured_at) for paper in day.papers]


def read_attention(paper_id: str, series: Sequence[Observation], *, first_on: date, now: datetime) -> Reading:
    """The attention of a paper announced on `first_on`, from its observations, oldest first.

    Of each metric, what it gained counts, halved for every three days since; the value is the weighted sum of the
    logarithms, 0 where nothing was gained. The note says what is known now.
    """
    gained: dict[tuple[str, str], float] = {}
    last: dict[tuple[str, str], float] = {}
    by_metric: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for one in series:
        by_metric[one.source, one.metric].append(one)
    for key in _METRICS.keys() & by_metric.keys():
        gained[key] = _sum_gains(by_metric[key], datetime.combine(first_on, time(), UTC), now)
        last[key] = by_metric[key][-1].value
    weighed = {key: _METRICS[key][0] * log1p(gain) for key, gain in gained.items()}
    strongest = sorted((key for key in weighed if weighed[key] and last[key]), key=lambda key: (-weighed[key], key))
    return Reading(
        signal=NAME,
        paper_id=paper_id,
        value=round(sum(weighed.values()), 6),
        source=", ".join(sorted({source for source, _ in gained})) or "no mention found",
        observed_at=max((one.observed_at for one in series), default=now),
        sample_size=len(series),
        note=", ".join(_say(key, last[key]) for key in strongest[:_MOST_SAID]),
    )


def _sum_gains(series: Sequence[Observation], first_at: datetime, now: datetime) -> float:
    """What a metric gained, each gain counting less with its age; it came about halfway between two looks."""
    before, looked_at = 0.0, first_at
    gains = 0.0
    for place, one in enumerate(series):
        is_old = place == 0 and one.metric in _FROM_BEFORE
        gain = 0.0 if is_old else max(0.0, one.value - before)
        came_at = min(looked_at, one.observed_at) + abs(one.observed_at - looked_at) / 2
        gains += gain * 0.5 ** (max(now - came_at, timedelta(0)) / _HALF_LIFE)
        before, looked_at = max(before, one.value), one.observed_at
    return gains


def _say(key: tuple[str, str], value: float) -> str:
    _, noun, where = _METRICS[key]
    return f"{value:,.0f} {noun}{'s' * (round(value) != 1)} {where}"


SIGNAL: Signal = Attention()
