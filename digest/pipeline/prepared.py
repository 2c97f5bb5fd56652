"""Editions made ready for many mails: joined, indexed, and with their cards finished, once each."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
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
    """An edition, or several joined, with all that its mails have in common.

    `since` is the first day of several. `sharing` are the days of its own editions, and of others in which a paper is
    that isn't a newer version here: who had something of these may have had it. `repeating` are the other days on which
    a newer version of here was shown before.
    """

    edition: Edition
    since: date | None
    index: WantedIndex
    cards: CardFragments
    sharing: frozenset[date]
    repeating: frozenset[date]


@dataclass
class _Place:
    """Where an edition is made ready by whoever comes first, while others wait for it."""

    lock: Lock = field(default_factory=Lock)
    edition: PreparedEdition | None = None


@dataclass(frozen=True)
class PreparedEditions:
    """Prepares what is asked for, by any thread, and keeps what was asked for last: a service runs for months."""

    editions: EditionStore
    papers: PaperStore
    renderer: MailRenderer
    _kept: dict[tuple[date, date], _Place] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, first_on: date, last_on: date) -> PreparedEdition:
        """The editions from one day to another, made ready; NothingToShowError when there is none."""
        place = self._place(first_on, last_on)
        with place.lock:
            place.edition = place.edition or self._prepare(first_on, last_on)
            return place.edition

    def _place(self, first_on: date, last_on: date) -> _Place:
        with self._lock:
            place = self._kept.pop((first_on, last_on), None) or _Place()
            self._kept[first_on, last_on] = place
            if len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return place

    def _prepare(self, first_on: date, last_on: date) -> PreparedEdition:
        days = tuple(day for day in self.editions.find_days() if first_on <= day <= last_on)
        found = [edition for day in days if (edition := self.editions.find(day))]
        if not found:
            raise NothingToShowError(f"There is no edition from {first_on} to {last_on}.")
        edition = join(found)
        ids = [entry.card.paper_id for entry in edition.entries]
        fresh = [entry.card.paper_id for entry in edition.entries if not entry.is_replacement]
        newer = {entry.card.paper_id: entry.card.version for entry in edition.entries if entry.is_replacement}
        return PreparedEdition(
            edition=edition,
            since=min(days) if len(days) > 1 else None,
            index=WantedIndex(edition.entries, self.papers.find_texts(ids)),
            cards=self.renderer.cards(edition.entries),
            sharing=self.editions.find_sharing(fresh) | set(days),
            repeating=self.editions.find_repeating(newer) - set(days),
        )
