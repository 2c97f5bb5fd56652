"""Hands over all that is due through many connections at once; read `deliver` first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from digest.deliver.desk import Desk, Ticket, Turn, Work
from digest.deliver.gate import Gate, StoppedBy
from digest.deliver.pace import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.model.delivery import Outcome, Result
    from digest.model.mail import Message

__all__ = ["Carrier", "Delivered", "Patience", "Sender", "StoppedBy", "Work", "deliver"]

# Deliveries are claimed for the next moments only: a claim that waits long is one that others can't have.
_CLAIMED_A_CONNECTION = 2
_CLAIMED_SECONDS = 2
_PATIENCE = Patience()


class Sender(Protocol):
    """One connection to whatever takes mails over; nothing but a cancellation is ever raised."""

    @property
    def is_connected(self) -> bool:
        """Whether a mail can be sent without connecting first."""

    async def connect(self) -> Result | None:
        """None when mails can be sent, else the `unreachable` that says why not."""

    async def send(self, message: Message) -> Result:
        """How handing `message` over ended."""

    async def close(self) -> None:
        """Takes leave."""

    def cut(self) -> None:
        """Hangs up at once; it is nothing to one that is closed."""


class Carrier(Protocol):
    """Gives connections."""

    def open(self) -> Sender:
        """A sender that isn't connected yet."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many mails ended how, why the run ended early if it did, and what was said last when it did."""

    outcomes: Mapping[Outcome, int]
    stopped_by: StoppedBy = StoppedBy.NOTHING
    answer: str = ""


def deliver(  # noqa: PLR0913 -- what to do, by what, and the four limits to it
    work: Work[Ticket],
    carrier: Carrier,
    *,
    connections: int,
    rate_per_second: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    patience: Patience = _PATIENCE,
) -> Delivered:
    """Hands over what `work` gives until nothing is due, `stop` is true, or patience ends; not inside an event loop.

    Each connection has one mail in flight, recorded as attempted before it begins, and begins its next one when the
    end of the last is recorded: a crash leaves at most one mail a connection of which nobody knows. Told to stop, it
    begins nothing new, finishes what is in flight and gives back the rest. Mails that met no server are given back
    without being settled. What `work` raises ends everything at once and comes out of here.
    """
    return asyncio.run(
        _run(work, carrier, connections, rate_per_second, Gate(rate=rate_per_second, stop=stop, patience=patience))
    )


async def _run(work: Work[Ticket], carrier: Carrier, connections: int, rate: float | None, gate: Gate) -> Delivered:
    portion = connections * _CLAIMED_A_CONNECTION
    if rate is not None:
        portion = max(1, min(portion, int(rate * _CLAIMED_SECONDS)))
    desk = Desk(work, gate, connections=connections, portion=portion)
    await _side_by_side(desk, [carrier.open() for _ in range(connections)])
    return Delivered(dict(desk.outcomes), gate.stopped_by, gate.answer)


async def _side_by_side(desk: Desk[Ticket], senders: list[Sender]) -> None:
    """Ends when all senders have gone home, or with the first error of the desk or of one of them."""
    serving = asyncio.ensure_future(desk.run())
    sending = asyncio.gather(*(_send_all(desk, sender) for sender in senders))
    try:
        await asyncio.wait((serving, sending), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        await sending
    finally:
        desk.close()
        serving.cancel()
        sending.cancel()
        await asyncio.gather(serving, sending, return_exceptions=True)
        for sender in senders:
            sender.cut()


async def _send_all(desk: Desk[Ticket], sender: Sender) -> None:
    turn = await desk.next(is_connected=False)
    while turn is not None:
        turn = await _take_turn(desk, sender, turn)
    await sender.close()


async def _take_turn(desk: Desk[Ticket], sender: Sender, turn: Turn[Ticket]) -> Turn[Ticket] | None:
    """Connects before an attempt is recorded: a relay that isn't there leaves no doubt about a mail."""
    if turn.message is not None:
        result = await sender.send(turn.message)
        return await desk.next((turn.ticket, result), is_connected=sender.is_connected)
    unreachable = await sender.connect()
    if unreachable is not None:
        return await desk.next((turn.ticket, unreachable), is_connected=False)
    return await desk.begin(turn.ticket)
