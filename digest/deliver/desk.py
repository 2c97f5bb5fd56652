"""Where connections get their next mail and hand in how the last one ended, many in one transaction."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from digest.model.delivery import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.deliver.gate import Gate
    from digest.model.delivery import Result
    from digest.model.mail import Message

Ticket = TypeVar("Ticket")
# How soon a wish to stop is noticed while nothing else happens.
_GLANCE = 0.1


class Work(Protocol[Ticket]):
    """What there is to deliver and where its ends are recorded; called from the thread of `deliver`, and quick."""

    def claim(self, count: int) -> Sequence[Ticket]:
        """At most `count` due deliveries that nobody else gets meanwhile, [] when none is due now."""

    def attempt(self, tickets: Sequence[Ticket]) -> Sequence[Message | None]:
        """The mails of all of them, recorded as being attempted; None for one that is no longer wanted."""

    def settle(self, results: Sequence[tuple[Ticket, Result]]) -> None:
        """Records how attempts ended."""

    def release(self, tickets: Sequence[Ticket]) -> None:
        """Gives back what was claimed, perhaps attempted, and of which no server has heard."""


class Turn(NamedTuple, Generic[Ticket]):
    """A delivery for one connection: with its mail when its attempt is recorded, without when it has to connect."""

    ticket: Ticket
    message: Message | None


class _Ask(NamedTuple, Generic[Ticket]):
    future: asyncio.Future[Turn[Ticket] | None]
    is_connected: bool


class Desk(Generic[Ticket]):
    """Serves `connections` tasks; whatever several of them wait for at the same moment is recorded at once.

    What `work` raises comes out of `run`, and nothing more is asked of it.
    """

    def __init__(self, work: Work[Ticket], gate: Gate, *, connections: int, portion: int) -> None:
        self._work = work
        self._gate = gate
        self._connections = connections
        self._portion = portion
        self._loop = asyncio.get_running_loop()
        self._called = asyncio.Event()
        self._stock: deque[Ticket] = deque()
        self._may_have_more = True
        self._ends: list[tuple[Ticket, Result]] = []
        self._waiting: deque[_Ask[Ticket]] = deque()
        self._attempts: list[tuple[Ticket, _Ask[Ticket]]] = []
        self._is_closed = False
        self.outcomes: Counter[Outcome] = Counter()

    async def next(self, ended: tuple[Ticket, Result] | None = None, *, is_connected: bool) -> Turn[Ticket] | None:
        """The next turn, once the end of the last one is recorded; None when the connection isn't needed any more.

        A mail that met no server is given back rather than settled.
        """
        self._check_open()
        if ended is not None:
            self._ends.append(ended)
        ask = _Ask[Ticket](self._loop.create_future(), is_connected)
        self._waiting.append(ask)
        self._called.set()
        return await ask.future

    async def begin(self, ticket: Ticket) -> Turn[Ticket] | None:
        """Its turn again, now that the connection stands, or another's where that mail isn't wanted any more."""
        self._check_open()
        ask = _Ask[Ticket](self._loop.create_future(), is_connected=True)
        self._attempts.append((ticket, ask))
        self._called.set()
        return await ask.future

    def close(self) -> None:
        """Serves nobody any more: who comes now is cancelled.

        A task can miss that it was cancelled, when what it waited for came at the same moment: until Python 3.12
        asyncio.wait_for returns the answer then, https://github.com/python/cpython/issues/86296.
        """
        self._is_closed = True

    def _check_open(self) -> None:
        if self._is_closed:
            raise asyncio.CancelledError

    async def run(self) -> None:
        """Serves until it is cancelled."""
        seconds = _GLANCE
        while True:
            timer = self._loop.call_later(seconds, self._called.set)
            await self._called.wait()
            timer.cancel()
            self._called.clear()
            self._record_ends()
            seconds = min(_GLANCE, self._hand_out())
            while self._attempts:
                self._record_attempts()
                seconds = min(_GLANCE, self._hand_out())

    def _record_ends(self) -> None:
        if not self._ends:
            return
        ends, self._ends = self._ends, []
        if settled := [end for end in ends if end[1].outcome is not Outcome.UNREACHABLE]:
            self._work.settle(settled)
        self._release([ticket for ticket, result in ends if result.outcome is Outcome.UNREACHABLE])
        now = self._loop.time()
        for _, result in ends:
            self.outcomes[result.outcome] += 1
            self._gate.note(result, now)
        self._may_have_more = True

    def _record_attempts(self) -> None:
        attempts, self._attempts = self._attempts, []
        if self._gate.is_shut:
            self._release([ticket for ticket, _ in attempts])
            self._waiting.extend(ask for _, ask in attempts)
            return
        messages = self._work.attempt([ticket for ticket, _ in attempts])
        for (ticket, ask), message in zip(attempts, messages, strict=True):
            if message is not None:
                _answer(ask, Turn(ticket, message))
            else:
                self._gate.note(None, self._loop.time())
                self._waiting.appendleft(ask)

    def _hand_out(self) -> float:
        """Gives deliveries to those who wait; the seconds until there may be another."""
        while self._waiting:
            if self._gate.is_shut:
                self._send_home()
                break
            seconds = self._gate.wait(self._loop.time())
            if seconds and self._gate.is_resting:
                self._give_back_stock()
                return seconds
            if not self._has_stock():
                if len(self._waiting) == self._connections:
                    # Nothing is under way either that could come back.
                    self._send_home()
                break
            if seconds:
                return seconds
            self._gate.begin()
            self._start(self._stock.popleft(), self._waiting.popleft())
        return _GLANCE

    def _start(self, ticket: Ticket, ask: _Ask[Ticket]) -> None:
        if ask.is_connected:
            self._attempts.append((ticket, ask))
        else:
            _answer(ask, Turn(ticket, None))

    def _has_stock(self) -> bool:
        """Asks for more only where something has happened since there was none."""
        if not self._stock and self._may_have_more:
            self._stock.extend(self._work.claim(self._portion))
            self._may_have_more = bool(self._stock)
        return bool(self._stock)

    def _send_home(self) -> None:
        self._give_back_stock()
        while self._waiting:
            _answer(self._waiting.popleft(), None)

    def _give_back_stock(self) -> None:
        """Others may have what was claimed here but isn't about to be sent."""
        self._release(list(self._stock))
        self._stock.clear()
        self._may_have_more = True

    def _release(self, tickets: Sequence[Ticket]) -> None:
        if tickets:
            self._work.release(tickets)


def _answer(ask: _Ask[Ticket], turn: Turn[Ticket] | None) -> None:
    """A task that was cancelled meanwhile no longer waits for it."""
    if not ask.future.done():
        ask.future.set_result(turn)
