"""Decides what follows for a delivery from how handing it over ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from digest.model.delivery import DeliveryState, Outcome, Settled

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model.delivery import Claimed, Result

MOST_ATTEMPTS = 20
# How long mail waits after the server refused mail like ours.
AFTER_POLICY = timedelta(hours=1)
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=2)


def decide_end(claimed: Claimed, result: Result, now: datetime, *, resend: bool) -> Settled:
    """The state that follows from an answer: see Outcome; what may pass is tried again after growing pauses."""
    attempts = claimed.attempts + 1
    pause = min(_FIRST_RETRY * 2 ** (attempts - 1), _LONGEST_RETRY) if attempts < MOST_ATTEMPTS else None
    match result.outcome:
        case Outcome.SENT:
            state, pause = DeliveryState.SENT, None
        case Outcome.REFUSED:
            state = DeliveryState.BOUNCED if result.concerns_recipient else DeliveryState.FAILED
            pause = None
        case Outcome.UNCERTAIN:
            pause = pause if resend else None
            state = DeliveryState.PENDING if pause else DeliveryState.UNCERTAIN
        case Outcome.POLICY:
            state, pause = DeliveryState.DEFERRED, AFTER_POLICY
        case _:
            state = DeliveryState.DEFERRED if pause else DeliveryState.FAILED
    retry_at = now + pause if pause else None
    return Settled(claimed.delivery_id, state, result.answer, retry_at, in_doubt=result.outcome is Outcome.UNCERTAIN)
