"""Where mails are handed in: the server's address, how the connection is protected, and getting that far."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from aiosmtplib import SMTP, SMTPHeloError

from digest.deliver.answers import step
from digest.errors import DeliveryError
from digest.links import is_this_machine

if TYPE_CHECKING:
    from pathlib import Path

# RFC 5321, section 4.5.3.2.6: a server may take ten minutes to accept a mail that it has in full.
_TIME_FOR_DATA = timedelta(minutes=10)

_ABOUT_THE_SERVER = "Check mail.smtp_host, mail.smtp_port and mail.smtp_security, and that the server is up."
_ABOUT_TLS = "Set mail.smtp_host to the name in the server's certificate, and mail.smtp_security to what it offers."
_ABOUT_THE_LOGIN = "Check mail.smtp_username and mail.smtp_password."


class Security(StrEnum):
    """How the connection is protected: not at all, by STARTTLS before anything else, or by TLS from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed in, and how.

    `cafile` holds the certificates (PEM) to trust in place of the system's. `timeout` is for connecting and for each
    answer, `time_for_data` for the answer to a mail's text.
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


@dataclass(frozen=True, slots=True)
class Offers:
    """What the server says it can do; `largest` is the longest mail it takes in bytes, 0 when it names no limit.

    Sources: RFC 2920 (PIPELINING), RFC 1870 (SIZE), RFC 6531 (SMTPUTF8).
    """

    pipelining: bool = False
    size: bool = False
    largest: int = 0
    smtputf8: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A connection on which mails can be handed in: protected and logged in, as was asked for."""

    transport: asyncio.Transport
    offers: Offers


async def reach(server: SmtpServer) -> Session:
    """A new connection to `server`; its certificate is verified, and no password travels in the clear.

    DeliveryError, never permanent, says which step failed. What came in before TLS was in place is thrown away, so
    that nobody on the way can put words into the server's mouth (CVE-2011-0411).
    """
    if server.username and server.security is Security.NONE and not is_this_machine(server.host):
        raise DeliveryError(
            f"Logging in at {server}: the password would travel in the clear, so nothing was sent. "
            "Set mail.smtp_security to starttls or tls.",
            permanent=False,
        )
    client = _client(server)
    with step(f"Connecting to {server}", hint=_ABOUT_THE_SERVER):
        await client.connect()
    transport = client.transport
    try:
        await _prepare(client, server)
        with step(f"Connecting to {server}", hint=_ABOUT_THE_SERVER):
            return _session(client)
    except BaseException:
        cut(client.transport or transport)
        raise


def cut(transport: asyncio.BaseTransport | None) -> None:
    """Closes at once: a polite end of TLS could wait for a server that no longer listens."""
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def _client(server: SmtpServer) -> SMTP:
    return SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security is Security.TLS,
        start_tls=False,
        tls_context=None if server.security is Security.NONE else _trusted(server),
        timeout=server.timeout.total_seconds(),
    )


def _trusted(server: SmtpServer) -> ssl.SSLContext:
    with step(f"Trusting certificates for {server} by {server.cafile or 'the system'}", hint="Check that file."):
        return ssl.create_default_context(cafile=server.cafile)


async def _prepare(client: SMTP, server: SmtpServer) -> None:
    """Protects the connection before anything else is said on it, logs in, and learns what is offered."""
    if server.security is Security.STARTTLS:
        with step(f"Starting TLS with {server}", hint=_ABOUT_TLS):
            await client.starttls()
    if server.username:
        with step(f"Logging in at {server} as {server.username}", hint=_ABOUT_THE_LOGIN):
            await client.login(server.username, server.password or "")
    with step(f"Greeting {server}", hint=_ABOUT_THE_SERVER):
        await _greet(client)


async def _greet(client: SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


def _session(client: SMTP) -> Session:
    if not isinstance(client.transport, asyncio.Transport):
        raise ConnectionResetError("the server hung up")
    limit = client.esmtp_extensions.get("size", "").strip()
    offers = Offers(
        pipelining=client.supports_extension("pipelining"),
        size=client.supports_extension("size"),
        largest=int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 20 else 0,
        smtputf8=client.supports_extension("smtputf8"),
    )
    return Session(client.transport, offers)
