"""A service that wants nothing of us for a while, remembered across runs and processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from digest.errors import SourceError
from digest.model.fetch import Closure
from digest.sources.answers import LONGEST_CLOSURE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta


class ClosureMemory(Protocol):
    """What the services said about staying away."""

    def find_closure(self, service: str) -> Closure | None:
        """What the service said last about staying away, though it may be over."""

    def save_closure(self, service: str, closure: Closure) -> None:
        """Remembers it, for later runs and other processes too."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """One service's: open, or closed until a time. `hint` is what to try when it is closed."""

    service: str
    memory: ClosureMemory
    clock: Callable[[], datetime]
    hint: str

    def check(self, address: str) -> None:
        """SourceError while it is closed."""
        closure, now = self.memory.find_closure(self.service), self.clock()
        # One that is further ahead than any can be was written by a clock that was wrong.
        if closure and now < closure.until <= now + LONGEST_CLOSURE:
            raise self._come_back(address, closure)

    def close(self, address: str, problem: str, wait: timedelta) -> SourceError:
        """Remember that it is closed for `wait`; the error to raise."""
        closure = Closure(self.clock() + wait, f"it {problem}")
        self.memory.save_closure(self.service, closure)
        return self._come_back(address, closure)

    def _come_back(self, address: str, closure: Closure) -> SourceError:
        problem = f"the service {self.service} asks us to stay away until {closure.until:%Y-%m-%d %H:%M} UTC"
        return SourceError(address, f"{problem} ({closure.why})", hint=self.hint)
