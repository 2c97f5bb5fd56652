"""Novelty: how far a paper's words lie from those of the nearest earlier papers in its archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.paper import archive_of
from digest.model.signal import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from digest.signals.day import Day, Signal

_NEIGHBOURS = 3
# With fewer earlier papers than this in an archive, "far from all of them" says nothing.
_FEWEST_EARLIER = 10
_ROWS_AT_ONCE = 256


class Novelty:
    """1 minus the mean cosine similarity to the three nearest earlier papers: 0 is a copy, 1 shares no word.

    Nearest-neighbour distance as a measure of novelty: Markou and Singh, Novelty detection: a review, part 1,
    Signal Processing 83 (2003). Abstains in an archive with fewer than ten earlier papers.
    """

    name = "novelty"
    is_compared = True

    def measure(self, day: Day) -> Sequence[Reading]:
        """One reading a paper; its sample size is the number of earlier papers it was compared with."""
        readings: dict[str, Reading] = {}
        for archive, rows, earlier in _by_archive(day):
            for row, value in zip(rows, _distances(day, rows, earlier), strict=True):
                paper = day.papers[row]
                readings[paper.id] = Reading(
                    signal=self.name,
                    paper_id=paper.id,
                    value=value,
                    source=f"earlier {archive} papers in this store",
                    observed_at=day.measured_at,
                    sample_size=len(earlier),
                    note=f"unlike the {len(earlier):,} earlier {archive} papers" if value is not None else "",
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


def _distances(day: Day, rows: list[int], earlier: list[int]) -> list[float | None]:
    if len(earlier) < _FEWEST_EARLIER:
        return [None] * len(rows)
    known = day.earlier_vectors[earlier].T.tocsr()
    values: list[float | None] = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        similar = (day.vectors[rows[start : start + _ROWS_AT_ONCE]] @ known).toarray()
        values += [round(float(value), 6) for value in 1 - _mean_of_largest(similar)]
    return values


def _mean_of_largest(similar: np.ndarray) -> np.ndarray:
    import numpy as np  # noqa: PLC0415 - late, so that commands without ranking start quickly

    largest = np.partition(similar, -_NEIGHBOURS, axis=1)[:, -_NEIGHBOURS:]
    mean: np.ndarray = largest.mean(axis=1)
    return mean


SIGNAL: Signal = Novelty()
