"""Track records: how the earlier papers of a paper's authors were received, as known at the beginning of its day."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digest.forecast.known import USUALLY_KNOWN, share_known_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.forecast.history import History

# The share of papers that is picked up, for authors of whom nothing is known, and how many papers that counts for.
_PRIOR, _PRIOR_PAPERS = 0.08, 2.0
_TEAM_PRIOR_PAPERS = 0.05
_HALF_LIFE = 120.0
_NEVER_SEEN = 400.0
_SHARED = 2
_PRIOR_LOGIT = math.log(_PRIOR / (1 - _PRIOR))

NAMES = (
    "authors_picked",
    "authors_picked_share",
    "picks_most",
    "picks_total",
    "picks_last_author",
    "recent_most",
    "recent_total",
    "recent_mean",
    "rate_highest",
    "rate_mean",
    "rate_first_author",
    "rate_last_author",
    "odds_total",
    "odds_above",
    "odds_top_three",
    "odds_second",
    "surplus_highest",
    "surplus_mean",
    "surplus_total",
    "surplus_first_author",
    "surplus_last_author",
    "surplus_second",
    "surplus_lowest",
    "upvotes_most",
    "upvotes_total",
    "upvotes_last_author",
    "days_since_pick",
    "days_since_pick_second",
    "papers_most",
    "papers_mean",
    "papers_first_author",
    "papers_last_author",
    "authors_seen_share",
    "authors_seen",
    "close_papers",
    "close_rate",
    "close_surplus",
    "team_picks",
    "team_papers",
    "team_rate",
    "team_largest",
    "team_likeness",
    "partners_mean",
    "partners_most",
    "any_rate",
)


class Standing(NamedTuple):
    """One person on one day: papers, picks, picks and upvotes that count less with age, how far they surpass what the
    texts promised, days since the last pick, the share picked up shrunk towards everybody's, and partners."""

    papers: int
    picks: int
    recent: float
    upvotes: float
    surplus: float
    last: float
    rate: float
    partners: int


def measure_record(
    history: History,
    text_chances: np.ndarray,
    *,
    begins: int,
    days: Iterable[int] | None = None,
    known: np.ndarray = USUALLY_KNOWN,
) -> np.ndarray:
    """The features of each paper: papers × `NAMES`, float32; zeros on days other than `days`.

    `text_chances` are the chances by text alone, which a surplus is measured against; `begins` is the first day of
    which picks are known at all, and `known` the share of them known by age in days.
    """
    wanted = None if days is None else set(days)
    found = np.zeros((len(history.papers), len(NAMES)), dtype=np.float32)
    past = _Past(history, text_chances, begins, _people_of(history, wanted), known.tolist())
    for day, span in history:
        if wanted is None or day in wanted:
            found[span] = [past.measure(place, day) for place in range(span.start, span.stop)]
        past.add(span)
    return found


def _people_of(history: History, days: set[int] | None) -> set[int]:
    """Everybody with a paper on one of the days: nobody else's record is asked for."""
    spans = (span for day, span in history if days is None or day in days)
    return {person for span in spans for team in history.authors[span] for person in team}


@dataclass
class _Past:
    """The days before, by person, of those whose record will be asked for."""

    history: History
    text_chances: np.ndarray
    begins: int
    people: set[int]
    known: list[float]
    _papers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _partners: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _standings: dict[int, Standing] = field(default_factory=dict)
    _today: int = -1

    def __post_init__(self) -> None:
        # Plain lists: single elements are read by the million.
        self._days: list[int] = self.history.days.tolist()
        self._known_on: list[int] = self.history.known_on.tolist()
        self._upvotes: list[float] = np.log1p(self.history.upvotes).tolist()
        self._chances: list[float] = self.text_chances.tolist()

    def add(self, span: slice) -> None:
        for place in range(span.start, span.stop):
            team = self.history.authors[place]
            for person in self.people.intersection(team):
                self._papers[person].append(place)
                self._partners[person].update(team)

    def measure(self, place: int, day: int) -> list[float]:
        if day != self._today:
            self._standings.clear()
            self._today = day
        team = self.history.authors[place]
        return [*_summarise([self._stand(person) for person in team]), *self._together(team)]

    def _stand(self, person: int) -> Standing:
        known = self._standings.get(person)
        if known is None:
            known = self._standings[person] = self._judge(person)
        return known

    def _judge(self, person: int) -> Standing:
        picks, recent, trusted, upvotes, surplus, last = 0, 0.0, 0.0, 0.0, 0.0, _NEVER_SEEN
        earlier = self._papers.get(person, [])
        for place in earlier:
            age, came = self._today - self._days[place], self._known_on[place] <= self._today
            trust = 1.0 if came else share_known_of(age, self._days[place], begins=self.begins, known=self.known)
            weight = 2 ** (-age / _HALF_LIFE)
            trusted += weight * trust
            surplus += weight * (came - trust * self._chances[place])
            if came:
                picks += 1
                recent += weight
                upvotes += self._upvotes[place]
                last = min(last, float(self._today - self._known_on[place] + 1))
        return Standing(
            papers=len(earlier),
            picks=picks,
            recent=recent,
            upvotes=upvotes,
            surplus=surplus / (trusted + _PRIOR_PAPERS),
            last=last,
            rate=(recent + _PRIOR_PAPERS * _PRIOR) / (trusted + _PRIOR_PAPERS),
            partners=len(self._partners.get(person, ())),
        )

    def _together(self, team: Sequence[int]) -> list[float]:
        """What the earlier papers that share authors with this one say, close ones and those by much of the team."""
        shared: dict[int, tuple[int, float]] = {}
        for person in team:
            earlier = self._papers.get(person, [])
            rarity = 1 / math.sqrt(1 + len(earlier))  # a common name says less
            for place in earlier:
                number, weight = shared.get(place, (0, rarity))
                shared[place] = (number + 1, weight)
        close = close_picks = close_surplus = team_papers = team_picks = likeness = 0.0
        largest = 0
        for place, (number, rarity) in shared.items():
            age, came = self._today - self._days[place], self._known_on[place] <= self._today
            trust = 1.0 if came else share_known_of(age, self._days[place], begins=self.begins, known=self.known)
            size = len(self.history.authors[place])
            weight = 2 ** (-age / _HALF_LIFE) * rarity / math.sqrt(size)
            close += weight * trust
            close_picks += weight * came
            close_surplus += weight * (came - trust * self._chances[place])
            if number >= _SHARED:
                team_papers += trust
                team_picks += came
                if came:
                    largest = max(largest, number)
                    likeness = max(likeness, number / math.sqrt(size * len(team)))
        standings = [self._stand(person) for person in team]
        return [
            close,
            (close_picks + _TEAM_PRIOR_PAPERS * _PRIOR) / (close + _TEAM_PRIOR_PAPERS),
            close_surplus / (close + _TEAM_PRIOR_PAPERS),
            team_picks,
            team_papers,
            (team_picks + _PRIOR) / (team_papers + 1),
            largest,
            likeness,
            sum(one.partners for one in standings) / len(standings),
            max(one.partners for one in standings),
            1 - math.prod(1 - max(one.rate - _PRIOR, 0) for one in standings),
        ]


def _summarise(team: Sequence[Standing]) -> list[float]:
    """The team's standings as numbers: extremes, means, and the first and the last author by themselves."""
    size = len(team)
    odds = sorted((math.log(one.rate / (1 - one.rate)) - _PRIOR_LOGIT for one in team), reverse=True)
    surplus = sorted((one.surplus for one in team), reverse=True)
    last = sorted(one.last for one in team)
    picked, seen = sum(one.picks > 0 for one in team), sum(one.papers > 0 for one in team)
    alone = size == 1
    return [
        picked,
        picked / size,
        max(one.picks for one in team),
        sum(one.picks for one in team),
        team[-1].picks,
        max(one.recent for one in team),
        sum(one.recent for one in team),
        sum(one.recent for one in team) / size,
        max(one.rate for one in team),
        sum(one.rate for one in team) / size,
        team[0].rate,
        team[-1].rate,
        sum(odds),
        sum(max(one, 0) for one in odds),
        sum(odds[:3]) / len(odds[:3]),
        -1 if alone else odds[1],
        surplus[0],
        sum(surplus) / size,
        sum(surplus),
        team[0].surplus,
        team[-1].surplus,
        0 if alone else surplus[1],
        surplus[-1],
        max(one.upvotes for one in team),
        sum(one.upvotes for one in team),
        team[-1].upvotes,
        last[0],
        _NEVER_SEEN if alone else last[1],
        max(one.papers for one in team),
        sum(one.papers for one in team) / size,
        team[0].papers,
        team[-1].papers,
        seen / size,
        seen,
    ]
