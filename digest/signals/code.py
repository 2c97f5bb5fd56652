"""Code: whether the paper links its code, or a project page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.signal import Reading
from digest.text.mentions import find_code_url, find_project_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.paper import Paper
    from digest.signals.day import Day, Signal


class Code:
    """2 for a link to code in abstract or comment, 1 for a project page only, 0 for neither."""

    name = "code"
    is_compared = False

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper."""
        return [self._measure(paper, day) for paper in day.papers]

    def _measure(self, paper: Paper, day: Day) -> Reading:
        value, note = _look(paper)
        return Reading(self.name, paper.id, value, "abstract and comments on arXiv", day.measured_at, note=note)


def _look(paper: Paper) -> tuple[float, str]:
    if find_code_url(paper.abstract, paper.comment):
        return 2.0, "its code is linked"
    if find_project_url(paper.abstract, paper.comment):
        return 1.0, "it has a project page"
    return 0.0, ""


SIGNAL: Signal = Code()
