"""Hands single mails to an SMTP server, for those who want an error rather than a result."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from digest.deliver.connection import Connection
from digest.deliver.receipt import Receipt, RelayError, UncertainDeliveryError
from digest.deliver.server import Security, SmtpServer
from digest.errors import DeliveryError
from digest.model.delivery import Outcome

if TYPE_CHECKING:
    from digest.model.delivery import Result
    from digest.model.mail import Message

__all__ = ["Security", "SmtpServer", "SmtpTransport"]

_ADVICE = {
    Outcome.REFUSED: "Check the address, and what the server minds in this mail.",
    Outcome.DEFERRED: "Try again later.",
    Outcome.POLICY: "Check mail.from and who may send here. If they are right, it is a matter of policy or reputation: "
    "ask whoever runs the server.",
    Outcome.UNCERTAIN: "It may have arrived: look there before sending again.",
}


class SmtpTransport:
    """Sends through `server`; close it, or use it as a context manager. Not for use inside a running event loop.

    The connection is made at the first mail and made anew when the server has meanwhile hung up. The server's
    certificate is always verified, and nothing is sent in the clear where STARTTLS was asked for.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._connection = Connection(server)

    def send(self, message: Message) -> Receipt:
        """What the server said when it took over the mail, which is then its to deliver.

        DeliveryError when it didn't: `permanent` where it refuses this recipient or this mail for good. Trouble with
        the connection, the login, the sender or a policy is the operator's to mend: RelayError.
        UncertainDeliveryError when the connection broke off after the whole mail had been handed over.
        """
        result = self._runner.run(self._connection.send(message))
        if result.outcome is Outcome.SENT:
            return Receipt(where=str(self._server), answer=result.answer)
        raise self._failure(message, result)

    def check(self) -> None:
        """Connects, protects the connection and logs in, as before a mail; DeliveryError as for `send`."""
        failed = self._runner.run(self._connection.connect())
        if failed is not None:
            raise DeliveryError(failed.answer, permanent=False)

    def close(self) -> None:
        """Ends the connection politely; it is no error when the server doesn't answer any more."""
        try:
            self._runner.run(self._connection.close())
        finally:
            self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _failure(self, message: Message, result: Result) -> DeliveryError:
        if result.outcome is Outcome.UNREACHABLE:
            return RelayError(result.answer)
        said = f"the server answered {result.answer}" if result.code else result.answer
        path = f"from <{message.return_path}> to <{message.recipient}> through {self._server}"
        problem = f"Sending {path}: {said}. {_ADVICE[result.outcome]}"
        if result.outcome is Outcome.UNCERTAIN:
            return UncertainDeliveryError(problem)
        if result.outcome is Outcome.POLICY:
            return RelayError(problem)
        return DeliveryError(problem, permanent=result.outcome is Outcome.REFUSED)
