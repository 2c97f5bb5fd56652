"""Editions made ready for many mails: joined, indexed, and with their cards finished, once each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.edition.join import join
from digest.edition.wanted import WantedIndex
from digest.errors import NothingToShowError

if TYPE_CHECKING:
    from datetime import date

    from digest.model.edition import Edition
    from digest.render.fragments import CardFragments
    from digest.render.mail import MailRenderer
    from digest.store.editions import EditionStore
    from digest.store.papers import PaperStore


_MOST_KEPT = 16


@dataclass(frozen=True, slots=True)
class PreparedEdition:
    """An edition, or several joined, with all that its mails have in common; `since` is the first day of several."""

    edition: Edition
    days: tuple[date, ...]
    since: date | None
    index: WantedIndex
    cards: CardFragments
    repeats: bool


@dataclass(frozen=True)
class PreparedEditions:
    """Prepares what is asked for, and keeps what was asked for last: a service runs for months."""

    editions: EditionStore
    papers: PaperStore
    renderer: MailRenderer
    _kept: dict[tuple[date, date], PreparedEdition] = field(default_factory=dict)

    def find(self, first_on: date, last_on: date) -> PreparedEdition:
        """The editions from one day to another, made ready; NothingToShowError when there is none."""
        found = self._kept.pop((first_on, last_on), None) or self._prepare(first_on, last_on)
        self._kept[first_on, last_on] = found
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return found

    def _prepare(self, first_on: date, last_on: date) -> PreparedEdition:
        days = tuple(day for day in self.editions.find_days() if first_on <= day <= last_on)
        found = [edition for day in days if (edition := self.editions.find(day))]
        if not found:
            raise NothingToShowError(f"There is no edition from {first_on} to {last_on}.")
        edition = join(found)
        ids = [entry.card.paper_id for entry in edition.entries]
        return PreparedEdition(
            edition=edition,
            days=days,
            since=min(days) if len(days) > 1 else None,
            index=WantedIndex(edition.entries, self.papers.find_texts(ids)),
            cards=self.renderer.cards(edition.entries),
            repeats=self.editions.repeats(days),
        )
