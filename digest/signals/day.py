"""What a signal may look at: the day's papers, and what the store had seen before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from scipy.sparse import csr_matrix

    from digest.model.attention import Observation
    from digest.model.forecast import Forecast
    from digest.model.paper import Paper
    from digest.model.signal import Reading


@dataclass(frozen=True, slots=True)
class Day:
    """One day's candidates with everything loaded beforehand, so that signals do no input or output.

    `vectors` are TF-IDF rows of unit length, one a paper in the order of `papers`; `earlier_vectors` the same of the
    papers known before that day, whose primary categories are `earlier_categories`. `earlier_by_author` counts each
    author name's earlier papers, of `earlier_papers` in all. `forecasts` and `observations`, oldest
    first, are by paper.
    """

    announced_on: date
    measured_at: datetime
    papers: tuple[Paper, ...]
    vectors: csr_matrix
    earlier_vectors: csr_matrix
    earlier_categories: tuple[str, ...]
    earlier_by_author: Mapping[str, int]
    earlier_papers: int
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    observations: Mapping[str, Sequence[Observation]] = field(default_factory=dict)


class Signal(Protocol):
    """One named measurement; it `is_compared` when its note says little without the percentile beside it."""

    name: str
    is_compared: bool

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper; a value of None where there is nothing to go by."""
