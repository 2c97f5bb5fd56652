"""Questions to the domain name system."""

from __future__ import annotations

from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from digest.errors import InputError, SourceError

if TYPE_CHECKING:
    from datetime import timedelta

    from dns.resolver import Resolver as Asking


class Resolver(Protocol):
    """Answers as texts; a name that isn't there gives none. SourceError when no name server could be asked."""

    def txt(self, name: str) -> list[str]:
        """The TXT records, each in one piece."""

    def mx(self, name: str) -> list[str]:
        """The hosts that take mail for the name, the preferred first; one `.` says that none does (RFC 7505)."""

    def addresses(self, name: str) -> list[str]:
        """The IPv4 and IPv6 addresses."""

    def ptr(self, address: str) -> list[str]:
        """The names of an IP address."""


class DnsResolver:
    """Asks the system's name servers, or the one given as `address` or `address:port`; `patience` is a question's."""

    def __init__(self, *, patience: timedelta, name_server: str = "") -> None:
        self._patience = patience.total_seconds()
        self._server = _server(name_server) if name_server else None

    def txt(self, name: str) -> list[str]:
        """The TXT records, each in one piece."""
        return [b"".join(one.strings).decode("utf-8", "replace") for one in self._ask(name, "TXT")]

    def mx(self, name: str) -> list[str]:
        """The hosts that take mail for the name, the preferred first."""
        found = sorted(self._ask(name, "MX"), key=lambda one: (one.preference, one.exchange))
        return [_plain(one.exchange) for one in found]

    def addresses(self, name: str) -> list[str]:
        """The IPv4 and IPv6 addresses."""
        return [str(one.address) for kind in ("A", "AAAA") for one in self._ask(name, kind)]

    def ptr(self, address: str) -> list[str]:
        """The names of an IP address."""
        return [_plain(one.target) for one in self._ask(ip_address(address).reverse_pointer, "PTR")]

    @cached_property
    def _asking(self) -> Asking:
        import dns.resolver  # noqa: PLC0415 - only a doctor who may use the network needs it

        asking = dns.resolver.Resolver(configure=self._server is None)
        if self._server:
            asking.nameservers, asking.port = [self._server[0]], self._server[1]
        asking.lifetime, asking.timeout = self._patience, self._patience / 3
        return asking

    def _ask(self, name: str, kind: str) -> list[Any]:
        from dns.exception import DNSException, Timeout  # noqa: PLC0415
        from dns.resolver import NXDOMAIN  # noqa: PLC0415

        where = f"Asking the DNS for {kind} of {name}"
        try:
            return list(self._asking.resolve(name, kind, search=False, raise_on_no_answer=False).rrset or ())
        except NXDOMAIN:
            return []
        except Timeout as error:
            raise SourceError(where, "no name server answered in time", hint="Check this machine's network.") from error
        except DNSException as error:
            said = " ".join(str(error).split()).rstrip(".")
            raise SourceError(where, said, hint="Check this machine's name servers, and that name.") from error


def _server(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        return str(ip_address(parts.hostname or "")), parts.port or 53
    except ValueError as error:
        raise InputError(f"Using {text!r} as name server: it isn't an IP address. Write it like 192.0.2.1.") from error


def _plain(name: Any) -> str:
    return str(name).rstrip(".").lower() or "."
