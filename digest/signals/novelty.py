"""Novelty: how much of what a paper says the earlier papers nearest to it don't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.paper import archive_of
from digest.model.signal import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from scipy.sparse import csr_matrix

    from digest.signals.day import Day, Signal

_NEIGHBOURS = 20
# With fewer earlier papers than this in an archive, "in none of them" says nothing.
_FEWEST_EARLIER = 10
_ROWS_AT_ONCE = 256


class Novelty:
    """The share of what a paper says that its 20 most similar earlier papers together don't: from 0 to 1.

    What it says are its words, each with its squared TF-IDF weight; 0 means that all are in one or another of those
    papers, 1 that none is. On recorded papers that say in their titles that they are surveys, replications or reports
    on shared tasks it is low, which a mean distance is not (`benchmarks/novelty.py`). Abstains in an archive with fewer
    than ten earlier papers.
    """

    name = "novelty"
    is_compared = True

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper; its sample size is the number of earlier papers it was compared with."""
        readings: dict[str, Reading] = {}
        for archive, rows, earlier in _by_archive(day):
            for row, value in zip(rows, _measure_shares(day, rows, earlier), strict=True):
                paper = day.papers[row]
                readings[paper.id] = Reading(
                    signal=self.name,
                    paper_id=paper.id,
                    value=value,
                    source=f"earlier {archive} papers in this store",
                    observed_at=day.measured_at,
                    sample_size=len(earlier),
                    note=_say(value, len(earlier), archive) if value is not None else "",
                )
        return [readings[paper.id] for paper in day.papers]


def _by_archive(day: Day) -> Iterator[tuple[str, list[int], list[int]]]:
    archives = [archive_of(paper.primary_category) for paper in day.papers]
    earlier = [archive_of(category) for category in day.earlier_categories]
    for archive in sorted(set(archives)):
        yield (
            archive,
            [row for row, name in enumerate(archives) if name == archive],
            [row for row, name in enumerate(earlier) if name == archive],
        )


def _say(value: float, earlier: int, archive: str) -> str:
    share, nearest = round(100 * value), min(_NEIGHBOURS, earlier)
    return f"{share}% of its wording is in none of the {nearest} nearest of {earlier:,} earlier {archive} papers"


def _measure_shares(day: Day, rows: list[int], earlier: list[int]) -> list[float | None]:
    if len(earlier) < _FEWEST_EARLIER:
        return [None] * len(rows)
    known = day.earlier_vectors[earlier]
    others = known.T.tocsr()
    values: list[float | None] = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        own = day.vectors[rows[start : start + _ROWS_AT_ONCE]]
        nearest = _find_nearest((own @ others).toarray())
        values += [_share_beyond(own[place], known[near]) for place, near in enumerate(nearest)]
    return values


def _find_nearest(similar: np.ndarray) -> np.ndarray:
    import numpy as np  # noqa: PLC0415 - late, so that commands without ranking start quickly

    count = min(_NEIGHBOURS, similar.shape[1])
    return np.argpartition(similar, -count, axis=1)[:, -count:]


def _share_beyond(own: csr_matrix, near: csr_matrix) -> float:
    """Of one row of unit length, the squared weight at places where none of the others has any."""
    import numpy as np  # noqa: PLC0415

    beyond = ~np.isin(own.indices, near.indices)
    return round(float((own.data[beyond] ** 2).sum()), 6)


SIGNAL: Signal = Novelty()
