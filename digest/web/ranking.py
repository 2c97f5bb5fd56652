"""How good the ranking was on this service's own days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from digest.forecast.own_days import RANDOM, SCORE, OwnDays, is_change, summarise
from digest.model.ranking import MeasuredDay
from digest.web.visit import Here

router = APIRouter()
_SHOW = ["GET", "HEAD"]
_MOST_DAYS = 90
_WIDTH, _HEIGHT, _MARGIN = 640, 200, 8
_MEASURE = "ndcg_at_20"


@dataclass(frozen=True, slots=True)
class Plot:
    """One measure over days as an SVG drawing of 640 by 200: a line for the score and one for chance.

    `dots` are the score's points; `changes` where something else was ranked by.
    """

    score: str
    random: str
    dots: tuple[tuple[float, float], ...]
    changes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RankingPage:
    """The newest measured days, newest first, what they come to, and a plot where two days or more have a pick."""

    days: tuple[MeasuredDay, ...]
    whole: OwnDays
    plot: Plot | None


@router.api_route("/ranking", methods=_SHOW)
def ranking(visit: Here) -> Response:
    """What the order of past editions was worth."""
    days = visit.web.site.measured_days.find_all()[-_MOST_DAYS:]
    return visit.page("ranking", RankingPage(days[::-1], summarise(days), _plot(days)))


def _plot(days: Sequence[MeasuredDay]) -> Plot | None:
    told = [one for one in days if one.figures]
    if len(told) < 2:
        return None
    step = (_WIDTH - 2 * _MARGIN) / (len(told) - 1)
    across = [round(_MARGIN + place * step, 1) for place in range(len(told))]
    lines = {
        method: [(x, _up(one.figures[method][_MEASURE])) for x, one in zip(across, told, strict=True)]
        for method in (SCORE, RANDOM)
    }
    changed = (
        x
        for x, before, one in zip(across[1:], told, told[1:], strict=False)
        if is_change(before.ranked_by, one.ranked_by)
    )
    return Plot(_points(lines[SCORE]), _points(lines[RANDOM]), tuple(lines[SCORE]), tuple(changed))


def _up(value: float) -> float:
    return round(_HEIGHT - _MARGIN - value * (_HEIGHT - 2 * _MARGIN), 1)


def _points(line: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in line)
