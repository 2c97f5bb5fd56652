"""Unit tests find the network closed; those with servers of their own get no further than this machine."""

from __future__ import annotations

import socket

import pytest

# Kept for documentation (RFC 5737): nobody answers there.
_ELSEWHERE = "192.0.2.1"


@pytest.mark.parametrize("host", ["127.0.0.1", _ELSEWHERE])
def test_a_test_that_opens_a_connection_fails(host: str) -> None:
    with pytest.raises(UserWarning, match="tried to use socket"):
        socket.create_connection((host, 9), timeout=0.1)


def test_a_test_that_asks_for_a_name_fails() -> None:
    with pytest.raises(UserWarning, match="tried to use socket"):
        socket.getaddrinfo("example.org", 25)


@pytest.mark.enable_socket
def test_with_servers_of_its_own_a_test_reaches_them_and_nothing_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with pytest.raises(UserWarning, match=f'with host "{_ELSEWHERE}"'):
        socket.create_connection((_ELSEWHERE, 9), timeout=0.1)
