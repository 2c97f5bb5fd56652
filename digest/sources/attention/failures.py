"""Requests that fail alone, and those that fail because their service does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.errors import SourceError

MOST_IN_A_ROW = 3


class Failures:
    """Bears single failures, so that one bad paper doesn't stop the others; the third in a row ends it."""

    def __init__(self) -> None:
        self._first: SourceError | None = None
        self._in_a_row = 0

    def note(self, error: SourceError) -> None:
        """Keeps the error for the end, or raises it if it is one too many."""
        self._first = self._first or error
        self._in_a_row += 1
        if self._in_a_row >= MOST_IN_A_ROW:
            raise error

    def note_success(self) -> None:
        """An answer came that could be read."""
        self._in_a_row = 0

    def tell(self) -> None:
        """At the end: raises the first error that was borne, so that somebody hears of it."""
        if self._first:
            raise self._first
