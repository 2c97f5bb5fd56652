"""A server on this machine that does what no proper one does: stalls, drips, breaks off, hangs up."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from time import sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class End(Enum):
    """How a connection ends when it isn't kept."""

    HANG_UP = "the proper way, but maybe too early"
    RESET = "with a reset"


# What an answer is made of: bytes, seconds of silence, or the end of the connection. Without an end it is kept.
Step = bytes | float | End


def head(status: str = "200 OK", **headers: str) -> bytes:
    """A status line with headers, in whose names _ stands for -."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def whole(body: bytes, *, status: str = "200 OK", **headers: str) -> list[Step]:
    """A proper answer."""
    return [head(status, Content_Length=str(len(body)), **headers) + body]


def drip(body: Iterable[int], *, every: float) -> Iterator[Step]:
    """A byte now and then."""
    for byte in body:
        yield bytes([byte])
        yield every


@dataclass
class RoughServer:
    """Gives the listed answers in turn, the last one for ever, and keeps what it was asked."""

    answers: list[Callable[[], Iterable[Step]]]
    base: str = ""
    asked: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._keep, args=(connection,), daemon=True).start()

    def _keep(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while self._answer(connection):
                pass

    def _answer(self, connection: socket.socket) -> bool:
        """Whether the connection is kept."""
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65_536)
            if not piece:
                return False
            request += piece
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        for step in answer():
            if self.closing.is_set() or isinstance(step, End):
                if step is End.RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                sleep(step)
        return True


def _again(steps: tuple[Step, ...]) -> Callable[[], Iterable[Step]]:
    return lambda: steps


@contextmanager
def rough(*answers: Iterable[Step] | Callable[[], Iterable[Step]]) -> Iterator[RoughServer]:
    """The server with these answers; one that goes on for ever is given as what makes it."""
    server = RoughServer([one if callable(one) else _again(tuple(one)) for one in answers])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        server.closing.set()
        # Closing alone doesn't wake a thread that waits for a connection.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)
