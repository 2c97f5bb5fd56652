"""Tells from which network a question comes, behind however many proxies of the operator's."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from digest.errors import SettingsError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
# What one household or one machine has: more than that is many networks.
_PREFIX = {4: 24, 6: 64}


def read_proxies(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks in texts such as `10.0.0.0/8` or `192.0.2.7`; SettingsError for what is neither."""
    try:
        return tuple(ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise SettingsError(
            f"Reading the trusted proxies: {error}. Write addresses, or networks like 10.0.0.0/8."
        ) from error


def network_of(peer: str | None, forwarded: Sequence[str], *, trusted: Sequence[Network]) -> str | None:
    """The /24 or /64 of whoever asks, such as `192.0.2.0/24`; None when nothing tells.

    `peer` is who opened the connection and `forwarded` the X-Forwarded-For headers in their order. Each proxy adds at
    the end whom it heard from, and anybody can write what stands before: so the last address counts that isn't one of
    the `trusted` proxies, and none of them unless the peer is one.
    """
    client = _read(peer or "")
    hops = [hop for header in forwarded for hop in header.split(",")]
    while client and hops and _is_trusted(client, trusted):
        before = _read(hops.pop())
        if before is None:
            break
        client = before
    return str(ip_network((client, _PREFIX[client.version]), strict=False)) if client else None


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _read(text: str) -> Address | None:
    """The address in `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7` or `[2001:db8::7]:4711`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
