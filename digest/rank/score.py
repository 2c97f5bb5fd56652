"""Makes readings comparable and adds them up to an explained score."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.model.paper import archive_of
from digest.model.signal import Contribution, Score
from digest.rank.percentiles import FEWEST, mid_rank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from digest.model.paper import Paper
    from digest.model.signal import Reading

_WHOLE_DAY = "all fields"


def score(
    papers: Sequence[Paper],
    readings: Iterable[Reading],
    weights: Mapping[str, float],
    *,
    wide: Mapping[str, Mapping[str, Sequence[float]]] = MappingProxyType({}),
) -> dict[str, Score]:
    """Each paper's score from 0 to 100, by id.

    A reading becomes its mid-rank percentile among the readings of the same signal in the paper's field that day. The
    signals named in `wide` are compared within the whole archive, and with that archive's earlier values given there,
    so that a score means the same on a strong day and on a weak one. A score is the weighted mean of those percentiles,
    times 100, over the signals that didn't abstain; a paper of which nothing is known gets 0 and no contribution.
    Signals without a weight above 0 are left out.
    """
    known = [one for one in readings if one.value is not None and weights.get(one.signal, 0) > 0]
    fields = _choose_fields(papers)
    by_place: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in known:
        for field in (*fields[one.paper_id], _WHOLE_DAY):
            by_place[one.signal, field].append(one.value or 0.0)
    for signal, archives in wide.items():
        for archive, values in archives.items():
            by_place[signal, archive] += values
    for values in by_place.values():
        values.sort()
    by_paper: dict[str, list[Reading]] = defaultdict(list)
    for one in known:
        by_paper[one.paper_id].append(one)
    return {
        paper.id: _add_up(paper.id, by_paper[paper.id], fields[paper.id], by_place, weights, wide) for paper in papers
    }


def _choose_fields(papers: Sequence[Paper]) -> dict[str, tuple[str, ...]]:
    """From narrow to wide: the primary category, its archive."""
    return {
        paper.id: tuple(dict.fromkeys((paper.primary_category, archive_of(paper.primary_category)))) for paper in papers
    }


def _add_up(  # noqa: PLR0913, PLR0917 -- one paper, and what it is compared with
    paper_id: str,
    readings: Sequence[Reading],
    fields: Sequence[str],
    by_place: Mapping[tuple[str, str], Sequence[float]],
    weights: Mapping[str, float],
    wide: Collection[str],
) -> Score:
    total_weight = sum(weights[one.signal] for one in readings)
    contributions = []
    for one in readings:
        among = fields[-1:] if one.signal in wide else fields
        field = next((name for name in among if len(by_place[one.signal, name]) >= FEWEST), _WHOLE_DAY)
        contributions.append(_contribute(one, field, by_place[one.signal, field], weights[one.signal], total_weight))
    contributions.sort(key=lambda one: (-one.points, one.signal))
    return Score(paper_id, round(sum(one.points for one in contributions), 4), tuple(contributions))


def _contribute(
    reading: Reading, field: str, values: Sequence[float], weight: float, total_weight: float
) -> Contribution:
    value = reading.value or 0.0
    percentile = mid_rank(value, values)
    return Contribution(
        signal=reading.signal,
        value=value,
        percentile=percentile,
        field=field,
        field_size=len(values),
        weight=weight,
        points=round(100 * weight / total_weight * percentile, 4),
        source=reading.source,
        observed_at=reading.observed_at,
        sample_size=reading.sample_size,
        note=reading.note,
    )
