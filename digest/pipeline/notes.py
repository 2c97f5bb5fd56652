"""Editions of days without papers: a short note in place of silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.edition.freeze import freeze
from digest.model.edition import Edition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from digest.model.announcement import DayKind
    from digest.store.editions import EditionStore


@dataclass(frozen=True, slots=True)
class PublishNote:
    """Freezes an edition without entries, which says what kind of day it is."""

    editions: EditionStore
    clock: Callable[[], datetime]

    def run(self, on: date, kind: DayKind, categories: Sequence[str]) -> Edition:
        """The note of a day; the edition that it has already, if there is one."""
        note = Edition(
            announced_on=on,
            categories=tuple(categories),
            announced=0,
            replaced=0,
            missing=0,
            unproven=(),
            is_sample=False,
            topics=(),
            entries=(),
            manifest="",
            day_kind=kind,
        )
        return self.editions.save(freeze(note), now=self.clock())
