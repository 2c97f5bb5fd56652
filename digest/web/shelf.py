"""The editions as pages show them, each made once: an edition never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from digest.errors import NothingToShowError
from digest.model.announcement import DayKind
from digest.model.edition import Edition
from digest.render.cards import CardView, card_view
from digest.web.site import Site

_KEPT = 8


@dataclass(frozen=True, slots=True)
class ShownEdition:
    """An edition, its cards as a finished piece of a page, and all its new papers, the highest score first."""

    edition: Edition
    cards: str
    papers: tuple[CardView, ...]


class Shelf:
    """Finds editions, and keeps those asked for last."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._read = lru_cache(maxsize=_KEPT)(self._find)
        self._show = lru_cache(maxsize=_KEPT)(self._make)

    def days(self) -> tuple[date, ...]:
        """The days that have an edition, newest first."""
        return self._site.editions.find_days()

    def notes(self) -> Mapping[date, DayKind]:
        """Those of the days on which arXiv announced nothing, with why."""
        return self._site.editions.find_notes()

    def newest(self) -> ShownEdition | None:
        """The last edition."""
        days = self.days()
        return self._show(days[0]) if days else None

    def is_sample(self) -> bool:
        """Whether the last edition is a sample; no page needs it to be shown for that."""
        days = self.days()
        return bool(days) and self._read(days[0]).is_sample

    def find(self, on: date) -> ShownEdition | None:
        """That day's edition."""
        return self._show(on) if on in self.days() else None

    def _find(self, on: date) -> Edition:
        edition = self._site.editions.find(on)
        if edition is None:
            raise NothingToShowError(f"There is no edition of {on} any more.")
        return edition

    def _make(self, on: date) -> ShownEdition:
        edition = self._read(on)
        by_score = sorted(edition.news, key=lambda entry: entry.strength, reverse=True)
        return ShownEdition(edition, self._site.show_edition(edition), tuple(map(card_view, by_score)))
