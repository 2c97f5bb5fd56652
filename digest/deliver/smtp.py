"""Hands mails to an SMTP server over one connection that is kept between them."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from aiosmtplib import SMTP, SMTPException

from digest.deliver.answers import is_answer, one_line, step
from digest.deliver.receipt import Receipt
from digest.errors import DeliveryError
from digest.links import is_this_machine

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.mail import Message

# RFC 5321, section 4.5.3.2.6: a server may take ten minutes to accept a mail that it has in full.
_TIME_FOR_DATA = timedelta(minutes=10)
_TIME_FOR_GOODBYE = timedelta(seconds=5)

_ABOUT_THE_SERVER = "Check mail.smtp_host, mail.smtp_port and mail.smtp_security, and that the server is up."
_ABOUT_TLS = "Set mail.smtp_host to the name in the server's certificate, and mail.smtp_security to what it offers."
_ABOUT_THE_LOGIN = "Check mail.smtp_username and mail.smtp_password."
_ABOUT_THE_MAIL = "See what the server minds in this mail."


class Security(StrEnum):
    """How the connection is protected: not at all, by STARTTLS before anything else, or by TLS from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed in, and how.

    `cafile` holds the certificates (PEM) to trust in place of the system's. `timeout` is for connecting and for each
    answer, `time_for_data` for the answers to a mail's text.
    """

    host: str
    port: int
    security: Security = Security.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=60)
    time_for_data: timedelta = _TIME_FOR_DATA
    cafile: Path | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class SmtpTransport:
    """Sends through `server`; close it, or use it as a context manager. Not for use inside a running event loop.

    The connection is made at the first mail and made anew when the server has meanwhile hung up. The server's
    certificate is always verified, and nothing is sent in the clear where STARTTLS was asked for.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._client: SMTP | None = None

    def send(self, message: Message) -> Receipt:
        """What the server said when it took over the mail, which is then its to deliver.

        DeliveryError when it didn't: `permanent` where it refuses this recipient or this mail for good. Trouble with
        the connection, the login, the sender or a policy is the operator's to mend, and never permanent.
        UncertainDeliveryError when the connection broke off while the mail was being handed over.
        """
        return self._runner.run(self._hand_over(message))

    def check(self) -> None:
        """Connects, protects the connection and logs in, as before a mail; DeliveryError as for `send`."""
        self._runner.run(self._connected())

    def close(self) -> None:
        """Ends the connection politely; it is no error when the server doesn't answer any more."""
        try:
            if self._client is not None:
                self._runner.run(_say_goodbye(self._client))
        finally:
            self._client = None
            self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _hand_over(self, message: Message) -> Receipt:
        client = await self._connected()
        try:
            return await self._transaction(client, message)
        except BaseException as error:
            # After an answer the connection is in order; after anything else a half mail may be on its way.
            if not is_answer(error.__cause__):
                self._hang_up()
            raise

    async def _transaction(self, client: SMTP, message: Message) -> Receipt:
        to = f"to <{message.recipient}> through {self._server}"
        with step(f"Sending from <{message.return_path}> {to}", hint="Check mail.from and who may send here."):
            await client.mail(message.return_path)
        with step(f"Sending {to}", hint="Check the address.", may_be_final=True):
            await client.rcpt(message.recipient)
        with step(f"Handing over the mail {to}", hint=_ABOUT_THE_MAIL, may_be_final=True, may_have_arrived=True):
            answer = await client.data(message.content, timeout=self._server.time_for_data.total_seconds())
        return Receipt(where=str(self._server), answer=one_line(f"{answer.code} {answer.message}"))

    async def _connected(self) -> SMTP:
        if self._client is not None and not await _is_still_there(self._client):
            self._hang_up()
        if self._client is None:
            self._client = await self._connect()
        return self._client

    async def _connect(self) -> SMTP:
        server = self._server
        if server.username and server.security is Security.NONE and not is_this_machine(server.host):
            raise DeliveryError(
                f"Logging in at {server}: the password would travel in the clear, so nothing was sent. "
                "Set mail.smtp_security to starttls or tls.",
                permanent=False,
            )
        client = _client(server)
        with step(f"Connecting to {server}", hint=_ABOUT_THE_SERVER):
            await client.connect()
        try:
            await _prepare(client, server)
        except BaseException:
            _cut(client.transport)
            raise
        return client

    def _hang_up(self) -> None:
        if self._client is not None:
            _cut(self._client.transport)
            self._client.close()
            self._client = None


def _client(server: SmtpServer) -> SMTP:
    with step(f"Trusting certificates for {server} by {server.cafile or 'the system'}", hint="Check that file."):
        trusted = ssl.create_default_context(cafile=server.cafile)
    return SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security is Security.TLS,
        start_tls=False,
        tls_context=trusted,
        timeout=server.timeout.total_seconds(),
    )


async def _prepare(client: SMTP, server: SmtpServer) -> None:
    """Protects the connection before anything else is said on it, then logs in."""
    if server.security is Security.STARTTLS:
        with step(f"Starting TLS with {server}", hint=_ABOUT_TLS):
            await client.starttls()
    if server.username:
        with step(f"Logging in at {server} as {server.username}", hint=_ABOUT_THE_LOGIN):
            await client.login(server.username, server.password or "")


async def _is_still_there(client: SMTP) -> bool:
    """Asks by way of forgetting an earlier recipient that was refused: servers hang up on idle connections."""
    try:
        await client.rset()
    except (SMTPException, OSError):
        return False
    return True


async def _say_goodbye(client: SMTP) -> None:
    transport = client.transport
    with suppress(SMTPException, OSError):
        await client.quit(timeout=_TIME_FOR_GOODBYE.total_seconds())
    _cut(transport)


def _cut(transport: asyncio.BaseTransport | None) -> None:
    """Closes at once: a polite end of TLS could wait for a server that no longer listens."""
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
