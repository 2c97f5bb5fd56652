"""Breadth: in how many categories the paper is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.signal import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.signals.day import Day, Signal


class Breadth:
    """The number of the paper's categories, the primary one included."""

    name = "breadth"
    is_compared = True

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper."""
        return [
            Reading(
                signal=self.name,
                paper_id=paper.id,
                value=float(len(paper.categories)),
                source="categories on arXiv",
                observed_at=day.measured_at,
                note=f"listed in {len(paper.categories)} categories" if paper.cross_lists else "",
            )
            for paper in day.papers
        ]


SIGNAL: Signal = Breadth()
