"""How long one answer may take as a whole, whatever the clock is set to meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.sources.answers import SilenceError

if TYPE_CHECKING:
    from collections.abc import Callable

_NONE = timedelta()


@dataclass(kw_only=True)
class Patience:
    """Counts the time since a request began, look by look, up to `longest`.

    Between two looks no more than `longest_step` can pass, since a server that is silent for longer is given up: what
    the clock says beyond that, or backwards, is that it was set.
    """

    clock: Callable[[], datetime]
    longest: timedelta
    longest_step: timedelta
    _spent: timedelta = field(init=False, default=_NONE)
    _seen_at: datetime | None = field(init=False, default=None)

    def begin(self) -> None:
        """A request goes out."""
        self._spent, self._seen_at = _NONE, self.clock()

    def look(self) -> None:
        """Something came; SilenceError when all of it takes too long."""
        now = self.clock()
        step = now - self._seen_at if self._seen_at else _NONE
        self._spent += min(max(step, _NONE), self.longest_step)
        self._seen_at = now
        if self._spent > self.longest:
            raise SilenceError("sent its answer too slowly")
