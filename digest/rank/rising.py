"""Finds the papers of the last weeks that get more attention than others of their age and field."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.paper import archive_of
from digest.model.signal import Contribution, Score
from digest.rank.percentiles import FEWEST, mid_rank

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from digest.model.signal import Reading

# The last day, in days since the announcement, of each age that papers are compared within.
_AGES = (1, 3, 7, 14, 30)
_RISES_FROM = 0.9
# As much as four upvotes a few days ago: one friend's vote makes nothing rise.
_LEAST = 1.0


@dataclass(frozen=True, slots=True)
class Earlier:
    """A paper of an earlier day with its attention now."""

    first_on: date
    category: str
    reading: Reading


def find_rising(papers: Iterable[Earlier], *, on: date, weight: float) -> list[Score]:
    """The rising ones, best first, each with a score from 0 to 100.

    The score is the paper's mid-rank percentile among those of the same primary category and of a similar age, so that
    neither age nor field decides; with fewer than 15 peers among its archive, then among all. One rises from the 90th
    percentile on.
    """
    known = [(one, one.reading.value) for one in papers if one.reading.value is not None]
    peers: dict[tuple[int, str], list[float]] = defaultdict(list)
    for one, value in known:
        for field in _fields(one.category):
            peers[_age(one, on), field].append(value)
    for values in peers.values():
        values.sort()
    found: list[tuple[float, Score]] = []
    for one, value in known:
        fields = _fields(one.category)
        age = _age(one, on)
        field = next((name for name in fields if len(peers[age, name]) >= FEWEST), fields[-1])
        percentile = mid_rank(value, peers[age, field])
        if value >= _LEAST and percentile >= _RISES_FROM:
            found.append((value, _score(one, percentile, field, len(peers[age, field]), weight)))
    found.sort(key=lambda pair: (-pair[1].total, -pair[0], pair[1].paper_id))
    return [score for _, score in found]


def _fields(category: str) -> tuple[str, str, str]:
    return category, archive_of(category), "all"


def _age(one: Earlier, on: date) -> int:
    days = (on - one.first_on).days
    return next((place for place, last in enumerate(_AGES) if days <= last), len(_AGES))


def _score(one: Earlier, percentile: float, field: str, peers: int, weight: float) -> Score:
    reading = one.reading
    contribution = Contribution(
        signal=reading.signal,
        value=reading.value or 0.0,
        percentile=percentile,
        field=f"{field} papers of its age",
        field_size=peers,
        weight=weight,
        points=round(100 * percentile, 4),
        source=reading.source,
        observed_at=reading.observed_at,
        sample_size=reading.sample_size,
        note=reading.note,
    )
    return Score(reading.paper_id, contribution.points, (contribution,))
