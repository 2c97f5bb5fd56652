"""Venue: whether the authors say that the paper was accepted somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.signal import Reading
from digest.text.mentions import find_venue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.paper import Paper
    from digest.signals.day import Day, Signal


class Venue:
    """1 when comments or journal reference name a venue, 0 when they don't; abstains while arXiv's details lack."""

    name = "venue"
    is_compared = False

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper."""
        return [self._measure(paper, day) for paper in day.papers]

    def _measure(self, paper: Paper, day: Day) -> Reading:
        venue = find_venue(paper.comment, paper.journal_ref)
        # Feeds carry no comments: without the query API's details their absence says nothing.
        unknown = paper.comment is None and paper.journal_ref is None and paper.submitted_at is None
        value = None if unknown else float(venue is not None)
        note = f"{venue[0].lower()}{venue[1:]}" if venue and venue.startswith(_PHRASES) else venue or ""
        return Reading(
            self.name, paper.id, value, "comments and journal reference on arXiv", day.measured_at, note=note
        )


_PHRASES = ("Accepted", "Published", "Presented", "To appear")


SIGNAL: Signal = Venue()
