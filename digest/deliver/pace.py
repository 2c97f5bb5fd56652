"""Decides when the next mail may begin: so many a second, and not while the relay rests. Times are seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

# What may be caught up after a hold-up, as a part of a second's worth.
_CATCH_UP = 0.25


class Pace:
    """Lets `rate` mails a second begin, over any length of time, and catches up at most a quarter second's worth."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate * _CATCH_UP)
        self._saved = 1.0
        self._at: float | None = None

    def wait(self, now: float) -> float:
        """The seconds until the next mail may begin, 0 when it may now."""
        passed = now - self._at if self._at is not None else 0.0
        self._at = now
        self._saved = min(self._most, self._saved + passed * self._rate)
        return max(0.0, (1 - self._saved) / self._rate)

    def take(self) -> None:
        """Counts a mail that begins now."""
        self._saved -= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much goes wrong before a run rests, and before it ends.

    After `failures` in a row it rests `first_pause`, then twice as long after each further failure up to
    `longest_pause`; it ends rather than rest to more than `give_up_after` from the first failure, or after
    `policy_refusals` without a mail taken between them.
    """

    failures: int = 3
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(minutes=5)
    give_up_after: timedelta = timedelta(minutes=30)
    policy_refusals: int = 5


class Breaker:
    """Leaves a relay alone that fails: one try after each pause, until it works again or patience ends."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._failures = 0
        self._failing_since = 0.0
        self._pause = 0.0
        self._rests_until = 0.0
        self._is_probing = False
        self.has_given_up = False

    @property
    def is_open(self) -> bool:
        """Whether the relay is being left alone, but for one try at a time."""
        return self._pause > 0

    def wait(self, now: float) -> float:
        """The seconds until a try may begin: 0 when it may now, infinite while one is under way that will tell."""
        if not self.is_open:
            return 0.0
        return math.inf if self._is_probing else max(0.0, self._rests_until - now)

    def begin(self) -> None:
        """Counts a try that begins now."""
        self._is_probing = self.is_open

    def succeed(self) -> None:
        """The relay has answered."""
        self._failures, self._pause, self._is_probing = 0, 0.0, False

    def abstain(self) -> None:
        """A try ended that says nothing of the relay."""
        self._is_probing = False

    def fail(self, now: float) -> None:
        """The relay has failed; while it rests, the ends of what had begun before don't count."""
        if self.is_open and not self._is_probing:
            return
        if self._failures == 0:
            self._failing_since = now
        self._failures += 1
        self._is_probing = False
        if self._failures >= self._patience.failures:
            self._rest(now)

    def _rest(self, now: float) -> None:
        patience = self._patience
        first, longest = patience.first_pause.total_seconds(), patience.longest_pause.total_seconds()
        self._pause = min(self._pause * 2 or first, longest)
        self._rests_until = now + self._pause
        self.has_given_up = self._rests_until - self._failing_since > patience.give_up_after.total_seconds()
