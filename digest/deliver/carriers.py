"""What mails leave by: connections to an SMTP server, or files in the outbox folder."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from digest.deliver.connection import Connection
from digest.errors import DeliveryError
from digest.model.delivery import Outcome, Result

if TYPE_CHECKING:
    from digest.deliver.outbox import OutboxTransport
    from digest.deliver.receipt import Receipt
    from digest.deliver.server import SmtpServer
    from digest.model.mail import Message


class SmtpCarrier:
    """Gives connections to one SMTP server."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def open(self) -> Connection:
        """A connection, made when it is first needed."""
        return Connection(self._server)


class OutboxCarrier:
    """Gives senders that write into one outbox folder, one file at a time."""

    def __init__(self, outbox: OutboxTransport) -> None:
        self._outbox = outbox
        self._turn = threading.Lock()

    def open(self) -> OutboxSender:
        """A sender into the folder."""
        return OutboxSender(self._outbox, self._turn)


class OutboxSender:
    """Writes mails in a thread; a mail written again after a break-off takes the place of the first."""

    def __init__(self, outbox: OutboxTransport, turn: threading.Lock) -> None:
        self._outbox = outbox
        self._turn = turn

    @property
    def is_connected(self) -> bool:
        """A folder needs no connection."""
        return True

    async def connect(self) -> None:
        """A folder needs no connection."""

    async def send(self, message: Message) -> Result:
        """`sent`, or `unreachable` when the folder can't be written: no fault of the mail's."""
        try:
            receipt = await asyncio.to_thread(self._write, message)
        except DeliveryError as error:
            return Result(Outcome.UNREACHABLE, str(error))
        return Result(Outcome.SENT, receipt.answer)

    async def close(self) -> None:
        """Nothing is left open between mails."""

    def cut(self) -> None:
        """Nothing is left open between mails."""

    def _write(self, message: Message) -> Receipt:
        with self._turn:
            return self._outbox.send(message)
