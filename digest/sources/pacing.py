"""When the next request to a service may begin, and when there are to be no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from digest.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable


class SlotMemory(Protocol):
    """The diary of all services, which all processes share."""

    def reserve_slot(self, service: str, *, now: datetime, spacing: timedelta, latest: datetime) -> datetime:
        """Book the next free moment for one request, across all processes; never two closer than `spacing`.

        A moment after `latest` is told but not booked.
        """

    def keep_off(self, service: str, *, until: datetime) -> None:
        """Sees to it that nobody is given a moment before `until`."""


@dataclass(kw_only=True)
class Pace:
    """The requests of one client: each in its booked slot, at most `budget` of them, none after `latest`."""

    service: str
    spacing: timedelta
    memory: SlotMemory
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    longest_wait: timedelta
    budget: int | None = None
    latest: datetime | None = None
    made: int = 0

    def begin(self, address: str) -> None:
        """Wait for a slot and count the request that follows; SourceError, and nothing counted, when it may not be."""
        self._refuse(address, self.forbids(timedelta()))
        self._wait_for_slot(address)
        self._refuse(address, self.forbids(timedelta()))
        self.made += 1

    def end(self) -> None:
        """Let the pause begin: from an answer's end, since a slow hand-shake would else bring the next one close."""
        self.memory.keep_off(self.service, until=self.clock() + self.spacing)

    def forbids(self, wait: timedelta) -> str:
        """Why no request may begin `wait` from now, or nothing if one may."""
        if self.budget is not None and self.made >= self.budget:
            return f"all {self.budget} requests that this run may make to {self.service} are made"
        if self.latest is not None and self.clock() + wait > self.latest:
            return f"the time that this run has for {self.service} is over"
        return ""

    def _refuse(self, address: str, why: str) -> None:
        if why:
            raise SourceError(address, f"was not asked, because {why}", hint="The rest has its turn in the next run.")

    def _wait_for_slot(self, address: str) -> None:
        now = self.clock()
        patience = now + self.longest_wait
        latest = min(patience, self.latest or patience)
        slot = self.memory.reserve_slot(self.service, now=now, spacing=self.spacing, latest=latest)
        if slot > patience:
            raise SourceError(
                address,
                f"the next free moment to ask {self.service} is {slot - now} away",
                hint="Check this machine's clock, or wait until other runs are done.",
            )
        self._refuse(address, self.forbids(slot - now))
        if slot > now:
            self.sleep((slot - now).total_seconds())
