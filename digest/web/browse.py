"""The editions: today's, those before, and one day's with all its papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fastapi import APIRouter, Response

from digest.model.announcement import DayKind
from digest.web.forms import Action
from digest.web.shelf import ShownEdition
from digest.web.visit import Here, PageError, Visit

router = APIRouter()
_SHOW = ["GET", "HEAD"]
_FOR_FIVE_MINUTES = {"cache-control": "public, max-age=300"}


@dataclass(frozen=True, slots=True)
class EditionPage:
    """One edition, or none yet; `is_front` for today's, `earlier` and `later` are the days beside it.

    `last_papers` is the last day before it on which arXiv announced something, where it has no papers itself.
    """

    shown: ShownEdition | None
    subscribe: Action
    is_front: bool
    earlier: date | None = None
    later: date | None = None
    last_papers: date | None = None


@dataclass(frozen=True, slots=True)
class EditionsPage:
    """The days that have an edition, month by month, newest first; of `notes`, arXiv announced nothing, and why."""

    months: tuple[tuple[date, ...], ...]
    notes: Mapping[date, DayKind]


@router.api_route("/", methods=_SHOW)
def front(visit: Here) -> Response:
    """Today's edition and the way to subscribe."""
    return _kept(visit.page("edition", _page(visit, visit.web.shelf.newest(), is_front=True)))


@router.api_route("/editions", methods=_SHOW)
def editions(visit: Here) -> Response:
    """The editions by date."""
    shelf = visit.web.shelf
    months = groupby(shelf.days(), key=lambda day: (day.year, day.month))
    return _kept(visit.page("editions", EditionsPage(tuple(tuple(days) for _, days in months), shelf.notes())))


@router.api_route("/editions/{on}", methods=_SHOW)
def edition(visit: Here, on: str) -> Response:
    """The edition of a day."""
    day = _read_day(on)
    shown = visit.web.shelf.find(day) if day else None
    if shown is None:
        raise PageError(404, "There is no edition of that day", "arXiv announces nothing at weekends and on holidays.")
    return _kept(visit.page("edition", _page(visit, shown, is_front=False)))


def _page(visit: Visit, shown: ShownEdition | None, *, is_front: bool) -> EditionPage:
    subscribe = visit.action("/subscribe")
    if shown is None:
        return EditionPage(None, subscribe, is_front)
    days, on = visit.web.shelf.days(), shown.edition.announced_on
    before, after = [day for day in days if day < on], [day for day in days if day > on]
    notes = {} if shown.papers else visit.web.shelf.notes()
    return EditionPage(
        shown,
        subscribe,
        is_front,
        earlier=before[0] if before else None,
        later=after[-1] if after and not is_front else None,
        last_papers=None if shown.papers else next((day for day in before if day not in notes), None),
    )


def _read_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _kept(response: Response) -> Response:
    response.headers.update(_FOR_FIVE_MINUTES)
    return response
