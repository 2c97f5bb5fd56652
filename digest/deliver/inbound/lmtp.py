"""Takes mail from the mail server next door over LMTP (RFC 2033): each recipient is answered when it is settled."""

from __future__ import annotations

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from digest.errors import DeliveryError, DigestError
from digest.model.incoming import IncomingMail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TAKEN = "250 2.0.0 Ok"
_LATER = "451 4.3.0 Not now; try again later"
_log = logging.getLogger(__name__)


@contextmanager
def lmtp_port(
    take: Callable[[IncomingMail], None],
    *,
    port: int,
    host: str = "127.0.0.1",
    size_limit: int = 10_000_000,
) -> Iterator[int]:
    """Listens while the block runs, and calls `take` with each mail, once a recipient, never two at a time.

    Gives the port's number, which the system chooses when `port` is 0.

    A recipient is answered 250 when `take` has returned and 451 when it raised, so that the mail server keeps the mail
    and comes again. A mail above `size_limit` bytes is refused with 552. `take` runs in a thread of its own.
    DeliveryError when the port can't be had.
    """
    listening = _listening(host, port)
    with ThreadPoolExecutor(1, thread_name_prefix="lmtp") as thread:
        controller = _Controller(_Handler(take, thread), listening, size_limit=size_limit)
        controller.start()
        try:
            yield controller.port
        finally:
            controller.stop()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise DeliveryError(
            f"Opening the LMTP port {host}:{port}: {error}. Use an address of this machine and a port that is free.",
            permanent=False,
        ) from error


class _Handler:
    """What aiosmtpd calls; the names are its own."""

    def __init__(self, take: Callable[[IncomingMail], None], thread: ThreadPoolExecutor) -> None:
        self._take = take
        self._thread = thread

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        # aiosmtpd keeps the brackets of the null path alone.
        content, sender = bytes(envelope.content), str(envelope.mail_from or "").removeprefix("<>")
        return "\r\n".join([await self._answer(IncomingMail((to,), content, sender)) for to in envelope.rcpt_tos])

    async def _answer(self, mail: IncomingMail) -> str:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._take, mail)
        except DigestError as error:
            _log.warning("A mail to %s waits at the mail server: %s", mail.recipients[0], error)
            return _LATER
        return _TAKEN

    async def handle_exception(self, error: Exception) -> str:
        """A defect of ours must not make the mail server send the mail back: aiosmtpd would answer 500."""
        _log.error("A mail waits at the mail server because of a defect", exc_info=error)
        return _LATER


class _Conversation(LMTP):
    # Bounces quote long lines; the answer to one is final, and aiosmtpd's limit is SMTP's 1,000.
    line_length_limit = 1_000_000
    _due = 0

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        self._due = len(self.envelope.rcpt_tos) if self.envelope else 0
        await super().smtp_DATA(arg)

    async def push(self, status: Any) -> None:
        """After the data, LMTP wants an answer a recipient (RFC 2033, section 4.2), where aiosmtpd may give one."""
        if self._due and not status.startswith("354"):
            due, self._due = self._due, 0
            if "\r\n" not in status and not status.startswith(("501", "503")):
                status = "\r\n".join([status] * due)
        await super().push(status)

    async def handle_exception(self, error: Exception) -> str:
        """The handler's answer, with what came of the mail so far forgotten, so that the next can begin."""
        self.envelope = self._create_envelope()
        return str(await super().handle_exception(error))


class _Controller(Controller):
    """Serves on a socket that is open already, so that one that can't be had is known at once."""

    def __init__(self, handler: _Handler, listening: socket.socket, *, size_limit: int) -> None:
        host, port = listening.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port)
        self._listening = listening
        self._size_limit = size_limit

    def factory(self) -> _Conversation:
        return _Conversation(
            self.handler,
            data_size_limit=self._size_limit,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="LMTP",
            loop=self.loop,
        )

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)
