"""The editions: today's, those before, and one day's with all its papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fastapi import APIRouter, Response

from digest.web.forms import Action
from digest.web.shelf import ShownEdition
from digest.web.visit import Here, PageError

router = APIRouter()
_SHOW = ["GET", "HEAD"]
_FOR_FIVE_MINUTES = {"cache-control": "public, max-age=300"}


@dataclass(frozen=True, slots=True)
class EditionPage:
    """One edition, or none yet; `is_front` for today's, `earlier` and `later` are the days beside it."""

    shown: ShownEdition | None
    subscribe: Action
    is_front: bool
    earlier: date | None = None
    later: date | None = None


@dataclass(frozen=True, slots=True)
class EditionsPage:
    """The days that have an edition, month by month, newest first."""

    months: tuple[tuple[date, ...], ...]


@router.api_route("/", methods=_SHOW)
def front(visit: Here) -> Response:
    """Today's edition and the way to subscribe."""
    days = visit.web.shelf.days()
    shown = visit.web.shelf.newest()
    view = EditionPage(shown, visit.action("/subscribe"), is_front=True, earlier=days[1] if len(days) > 1 else None)
    return _kept(visit.page("edition", view))


@router.api_route("/editions", methods=_SHOW)
def editions(visit: Here) -> Response:
    """The editions by date."""
    months = groupby(visit.web.shelf.days(), key=lambda day: (day.year, day.month))
    return _kept(visit.page("editions", EditionsPage(tuple(tuple(days) for _, days in months))))


@router.api_route("/editions/{on}", methods=_SHOW)
def edition(visit: Here, on: str) -> Response:
    """The edition of a day."""
    day = _read_day(on)
    shown = visit.web.shelf.find(day) if day else None
    if day is None or shown is None:
        raise PageError(404, "There is no edition of that day", "arXiv announces nothing at weekends and on holidays.")
    days = visit.web.shelf.days()
    at = days.index(day)
    view = EditionPage(
        shown,
        visit.action("/subscribe"),
        is_front=False,
        earlier=days[at + 1] if at + 1 < len(days) else None,
        later=days[at - 1] if at else None,
    )
    return _kept(visit.page("edition", view))


def _read_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _kept(response: Response) -> Response:
    response.headers.update(_FOR_FIVE_MINUTES)
    return response
