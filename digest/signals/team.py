"""Team: how many people wrote the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.signal import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.signals.day import Day, Signal


class Team:
    """The number of authors; abstains when arXiv names none."""

    name = "team"
    is_compared = True

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper."""
        return [
            Reading(
                signal=self.name,
                paper_id=paper.id,
                value=float(len(paper.authors)) if paper.authors else None,
                source="authors on arXiv",
                observed_at=day.measured_at,
                note=f"{len(paper.authors)} authors" if len(paper.authors) > 1 else "",
            )
            for paper in day.papers
        ]


SIGNAL: Signal = Team()
