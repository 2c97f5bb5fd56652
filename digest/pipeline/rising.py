"""Which papers of the last days are rising, out of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.rank.rising import Earlier, find_rising
from digest.signals.attention import read_attention

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from digest.model.attention import Observation
    from digest.model.signal import Score
    from digest.store.announcements import AnnouncementStore
    from digest.store.attention import AttentionStore
    from digest.store.papers import PaperStore

_DAY = timedelta(days=1)
# A paper is compared with those of its age, so that older ones than can rise are looked at too.
_LOOK_BACK = timedelta(days=14)
_MOST_KEPT = 30


@dataclass(frozen=True, slots=True)
class Rising:
    """A paper of an earlier day with the score of its attention."""

    paper_id: str
    first_on: date
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRising:
    """Looks for papers of the last two weeks that get more attention than others of their age and field."""

    announcements: AnnouncementStore
    papers: PaperStore
    attention: AttentionStore

    def run(
        self, on: date, categories: Sequence[str], *, weight: float, without: Collection[str], now: datetime
    ) -> list[Rising]:
        """The thirty that rise most on a day, best first; those of `without` are in its edition anyway."""
        if weight <= 0:
            return []
        found = self.announcements.find_first_news(since=on - _LOOK_BACK, until=on - _DAY, categories=categories)
        first_on = {paper_id: day for paper_id, day in found.items() if paper_id not in without}
        asked = self.attention.find_asked(list(first_on))
        series = self.attention.find_observations(list(asked), before=now)
        primary = self.papers.find_primary_categories(list(asked))
        earlier = [
            Earlier(
                first_on[one], primary[one], read_attention(one, series.get(one, ()), first_on=first_on[one], now=now)
            )
            for one in sorted(asked)
        ]
        scores = find_rising(earlier, on=on, weight=weight)
        return [Rising(one.paper_id, first_on[one.paper_id], one) for one in scores[:_MOST_KEPT]]

    def observe(self, paper_ids: Sequence[str], *, now: datetime) -> Mapping[str, Sequence[Observation]]:
        """What was observed of these papers until now."""
        return self.attention.find_observations(paper_ids, before=now)
