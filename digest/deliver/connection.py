"""A connection to an SMTP server that is kept between mails and made anew when it is gone."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from aiosmtplib import SMTPResponseException

from digest.deliver.server import Offers, reach
from digest.deliver.transaction import Transaction, find_unfit
from digest.deliver.wire import BrokenOffError, Wire
from digest.errors import DeliveryError
from digest.model.delivery import Outcome, Result

if TYPE_CHECKING:
    from digest.deliver.server import SmtpServer
    from digest.model.mail import Message

_TIME_FOR_GOODBYE = timedelta(seconds=5)


class Connection:
    """Hands mails to `server` one after the other, on one connection; for use by one task at a time."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._wire: Wire | None = None
        self._offers = Offers()
        self._needs_reset = False

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands, as far as the server has let us know."""
        return self._wire is not None and self._wire.is_idle

    async def connect(self) -> Result | None:
        """None when the connection stands, made anew if need be; else the `unreachable` that says why not."""
        if self.is_connected:
            return None
        self.cut()
        try:
            session = await reach(self._server)
        except DeliveryError as error:
            return _unreachable(error)
        self._wire, self._offers, self._needs_reset = Wire(session.transport), session.offers, False
        return None

    async def send(self, message: Message) -> Result:
        """How handing `message` over ended; a failure is a Result too, never an exception.

        Where the server has hung up on a kept connection, or does so before it agrees to anything of this mail, the
        mail is tried once more on a new one.
        """
        is_kept = self.is_connected
        result, is_lost_early = await self._try(message)
        if is_kept and is_lost_early:
            result, _ = await self._try(message)
        return result

    async def close(self) -> None:
        """Takes leave; it is no error when the server doesn't answer any more."""
        if self._wire is not None and self._wire.is_idle:
            with suppress(BrokenOffError):
                self._wire.write(b"QUIT\r\n")
                await self._wire.answer(_TIME_FOR_GOODBYE.total_seconds())
        self.cut()

    def cut(self) -> None:
        """Hangs up without a word; on a connection that isn't there it does nothing."""
        if self._wire is not None:
            self._wire.break_off("we hung up")
            self._wire = None

    async def _try(self, message: Message) -> tuple[Result, bool]:
        """How one try ended, and whether it failed on a connection that was lost before anything was agreed to."""
        failed = await self.connect()
        if failed is None:
            failed = find_unfit(message, self._offers)
        if failed is not None or self._wire is None:
            return failed or _unreachable(DeliveryError("The connection is gone.", permanent=False)), False
        return await self._transact(self._wire, message)

    async def _transact(self, wire: Wire, message: Message) -> tuple[Result, bool]:
        transaction = Transaction(
            wire, message, server=self._server, offers=self._offers, needs_reset=self._needs_reset
        )
        is_over = False
        try:
            result = await transaction.run()
            is_over = transaction.is_in_order
        finally:
            if not is_over:
                self.cut()
        self._needs_reset = transaction.needs_reset
        return result, not transaction.is_in_order and not transaction.has_begun


def _unreachable(error: DeliveryError) -> Result:
    cause = error.__cause__
    said = cause.code if isinstance(cause, SMTPResponseException) and 200 <= cause.code < 600 else None
    return Result(Outcome.UNREACHABLE, str(error), said)
