"""Which hosts don't answer at all, so that nobody waits for the same silence again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_IN_A_ROW = 3
PAUSE = timedelta(minutes=1)
# Where the requests to all hosts are counted together: a network that is down is down for each of them.
_ANYWHERE = ""


@dataclass(frozen=True, slots=True)
class Outage:
    """How many requests in a row had no answer; which was the last, what became of it, and when."""

    requests: int
    address: str
    problem: str
    at: datetime

    def forbids_asking(self, now: datetime) -> bool:
        """Whether it has lasted for too many requests, and the pause after the last one isn't over."""
        return self.requests >= MOST_IN_A_ROW and now < self.at + PAUSE


class Outages:
    """What one client knows of the hosts it asks."""

    def __init__(self) -> None:
        self._by_host: dict[str, Outage] = {}

    def find(self, address: str) -> Outage | None:
        """The longer one of two: that of the address's host, and that of all hosts together."""
        found = [self._by_host[host] for host in _places(address) if host in self._by_host]
        return max(found, key=lambda outage: outage.requests, default=None)

    def note_silence(self, address: str, problem: str, *, at: datetime) -> None:
        """A request to `address` ended without any answer."""
        for host in _places(address):
            before = self._by_host.get(host)
            self._by_host[host] = Outage(before.requests + 1 if before else 1, address, problem, at)

    def note_answer(self, address: str) -> None:
        """Somebody answered there, whatever it was."""
        for host in _places(address):
            self._by_host.pop(host, None)


def _places(address: str) -> tuple[str, str]:
    return address.partition("//")[2].partition("/")[0], _ANYWHERE
