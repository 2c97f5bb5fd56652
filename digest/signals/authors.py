"""Authors: how much the paper's authors have written before, as far as the store has seen."""

from __future__ import annotations

from math import log1p
from typing import TYPE_CHECKING

from digest.model.signal import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.paper import Paper
    from digest.signals.day import Day, Signal

# In a store younger than this, not having met an author says nothing about the author.
_FEWEST_EARLIER = 500


class Authors:
    """The mean over the authors of log(1 + earlier papers under that name); abstains in a young store."""

    name = "authors"
    is_compared = True

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper; its sample size is the number of papers in the store before that day."""
        return [self._measure(paper, day) for paper in day.papers]

    def _measure(self, paper: Paper, day: Day) -> Reading:
        counts = [day.earlier_by_author.get(author.name, 0) for author in paper.authors]
        known = bool(counts) and day.earlier_papers >= _FEWEST_EARLIER
        met = sum(count > 0 for count in counts)
        return Reading(
            signal=self.name,
            paper_id=paper.id,
            value=round(sum(map(log1p, counts)) / len(counts), 6) if known else None,
            source="authors' names on earlier papers in this store",
            observed_at=day.measured_at,
            sample_size=day.earlier_papers,
            note=f"{met} of {len(counts)} authors' names seen on earlier papers" if known and met else "",
        )


SIGNAL: Signal = Authors()
