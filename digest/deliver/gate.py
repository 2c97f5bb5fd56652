"""Decides whether a run goes on: it ends when told to, when the relay stays away, or when it won't have our mail."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from digest.deliver.pace import Breaker, Pace
from digest.model.delivery import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.deliver.pace import Patience
    from digest.model.delivery import Result


class StoppedBy(StrEnum):
    """Why a run ended before all that was due had been handed over; `NOTHING` is false."""

    NOTHING = ""
    SIGNAL = "signal"
    RELAY = "relay"
    POLICY = "policy"


class Gate:
    """What every mail passes before it begins; it is told how each ended. Times are seconds."""

    def __init__(self, *, rate: float | None, stop: Callable[[], bool], patience: Patience) -> None:
        self._pace = Pace(rate) if rate is not None else None
        self._breaker = Breaker(patience)
        self._stop = stop
        self._patience = patience
        self._policy_refusals = 0
        self.stopped_by = StoppedBy.NOTHING
        self.answer = ""

    @property
    def is_shut(self) -> bool:
        """Whether no mail may begin any more; `stopped_by` says why, `answer` what was said last."""
        if not self.stopped_by and self._stop():
            self.stopped_by = StoppedBy.SIGNAL
        return bool(self.stopped_by)

    @property
    def is_resting(self) -> bool:
        """Whether the relay is being left alone."""
        return self._breaker.is_open

    def wait(self, now: float) -> float:
        """The seconds until a mail may begin, 0 when it may now; infinite until something has ended."""
        rest = self._breaker.wait(now)
        return rest if rest or self._pace is None else self._pace.wait(now)

    def begin(self) -> None:
        """Counts a mail that begins now."""
        self._breaker.begin()
        if self._pace is not None:
            self._pace.take()

    def note(self, result: Result | None, now: float) -> None:
        """Counts how a mail ended; None for one that wasn't wanted any more."""
        if result is None:
            self._breaker.abstain()
            return
        self._mind_relay(result, now)
        if result.outcome is Outcome.SENT:
            self._policy_refusals = 0
        if result.outcome is Outcome.POLICY:
            self._policy_refusals += 1
            if self._policy_refusals >= self._patience.policy_refusals:
                self._shut(StoppedBy.POLICY, result)

    def _mind_relay(self, result: Result, now: float) -> None:
        """An answer shows that the relay works; silence, also in the middle of a mail, that it doesn't."""
        if result.outcome in (Outcome.UNREACHABLE, Outcome.UNCERTAIN):
            self._fail(result, now)
        elif result.code is not None or result.outcome is Outcome.SENT:
            self._breaker.succeed()
        elif result.outcome is Outcome.DEFERRED:
            self._fail(result, now)
        else:
            self._breaker.abstain()

    def _fail(self, result: Result, now: float) -> None:
        self._breaker.fail(now)
        if self._breaker.has_given_up:
            self._shut(StoppedBy.RELAY, result)

    def _shut(self, why: StoppedBy, result: Result) -> None:
        if not self.stopped_by:
            self.stopped_by, self.answer = why, result.answer
