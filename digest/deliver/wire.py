"""Reads an SMTP server's answers off a connection as they come, however they come."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import NamedTuple

from digest.deliver.answers import one_line

# RFC 5321, section 4.5.3.1.5 allows 512 bytes a line; real answers have a few lines.
_LONGEST_ANSWER = 32_768
_MOST_ANSWERS = 16
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


class Answer(NamedTuple):
    """A server's answer: its code, and the text of its lines joined by spaces."""

    code: int
    text: str


class BrokenOffError(Exception):
    """No proper answer is to be had from this connection any more; the message says why, without a full stop."""


class Wire(asyncio.Protocol):
    """One connection: commands go out, answers come in and wait until they are asked for.

    Whatever breaks it breaks it for good: it is closed at once, and reading or writing raises BrokenOffError.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._inbox: deque[Answer] = deque()
        self._unread = b""
        self._lines: list[tuple[bytes, bytes]] = []
        self._length = 0
        self._problem = ""
        self._waiter: asyncio.Future[None] | None = None
        # Does the transport still hold bytes that it could not yet give to the system?
        self.is_unsent = False
        transport.set_protocol(self)
        # Pausing at once when bytes are held back is how `is_unsent` learns of them; with high=0, TLS pauses at none.
        transport.set_write_buffer_limits(high=1, low=0)

    @property
    def is_idle(self) -> bool:
        """Whether it stands, and nothing has come in that nobody asked for."""
        return not (self._problem or self._inbox or self._unread or self._lines or self._transport.is_closing())

    @property
    def has_answer(self) -> bool:
        """Whether an answer waits to be asked for."""
        return bool(self._inbox)

    def write(self, text: bytes) -> None:
        """Sends `text`; BrokenOffError means that none of it went."""
        if self._inbox:
            self.break_off("the server answered before it was asked")
        if self._transport.is_closing():
            self.break_off("the server hung up")
        if not self._problem:
            self._transport.write(text)
            if self._transport.is_closing():
                self.break_off("the server hung up")
        if self._problem:
            raise BrokenOffError(self._problem)

    async def answer(self, seconds: float) -> Answer:
        """The next answer, complete within `seconds`."""
        if not self._inbox and not self._problem:
            await self._wait(seconds)
        if not self._inbox:
            raise BrokenOffError(self._problem)
        return self._inbox.popleft()

    def break_off(self, problem: str) -> None:
        """Closes at once; nothing that is still to be sent goes out."""
        self._problem = self._problem or problem
        self._transport.abort()
        self._wake()

    def data_received(self, data: bytes) -> None:
        """Takes in some bytes of answers."""
        if self._problem:
            return
        *lines, self._unread = (self._unread + data).split(b"\n")
        self._length += len(data)
        for line in lines:
            self._read_line(line)
        if self._length > _LONGEST_ANSWER or len(self._inbox) > _MOST_ANSWERS:
            self.break_off("the server's answers had no end")
        elif self._inbox:
            self._wake()

    def pause_writing(self) -> None:
        """Learns that bytes are held back."""
        self.is_unsent = True

    def resume_writing(self) -> None:
        """Learns that all bytes have gone to the system."""
        self.is_unsent = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Learns that the other side hung up, or the network did."""
        reason = f" ({one_line(str(exc))})" if exc else ""
        self._problem = self._problem or f"the server hung up{reason}"
        self._wake()

    def _read_line(self, line: bytes) -> None:
        found = _LINE.fullmatch(line.removesuffix(b"\r"))
        if found is None or (self._lines and self._lines[0][0] != found[1]):
            self.break_off(f"the server's answer can't be read: {one_line(line.decode('utf-8', 'replace'))}")
            return
        self._lines.append((found[1], found[3] or b""))
        if found[2] != b"-":
            text = b" ".join(text for _, text in self._lines).decode("utf-8", "replace")
            self._inbox.append(Answer(int(found[1]), text))
            self._lines.clear()
            self._length = len(self._unread)

    async def _wait(self, seconds: float) -> None:
        self._waiter = self._loop.create_future()
        timer = self._loop.call_later(seconds, self.break_off, f"timed out after {seconds:g} s without an answer")
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
