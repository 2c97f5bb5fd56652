"""Saved arXiv documents as sources: the bundled sample, and folders that people name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.assets import folder

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from digest.sources.arxiv.saved import SavedArxiv


def sample_days() -> tuple[SavedArxiv, ...]:
    """The bundled sample days, oldest first; the last one is the day to show."""
    from digest.sources.arxiv.saved import SavedArxiv  # noqa: PLC0415

    places = sorted(place for place in (folder("config") / "sample").iterdir() if place.is_dir())
    return tuple(SavedArxiv(place) for place in places)


def saved_arxiv(place: Path, on: date | None) -> SavedArxiv:
    """arXiv documents saved in a folder, of that day or the newest."""
    from digest.sources.arxiv.saved import SavedArxiv  # noqa: PLC0415

    return SavedArxiv(place, on)
