"""The way to a service: one connection, on which each piece that comes is looked at.

httpx limits how long a server may be silent, and nothing else: one that sends a byte a second, be it of a header or of
something compressed that unfolds to nothing, would hold a run for days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable


# Seconds after which a connection that lies idle is opened anew: the other side may have closed it unheard.
_KEPT_FOR = 5.0


class WatchedTransport(httpx.HTTPTransport):
    """One connection at a time; `look` is called for each piece that comes, and may end it by an error."""

    def __init__(self, look: Callable[[], None]) -> None:
        # trust_env is off: what lies around in the environment must not change whom these requests trust.
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=1,
            keepalive_expiry=_KEPT_FOR,
            network_backend=_Network(look),
        )


class _Network(httpcore.NetworkBackend):
    def __init__(self, look: Callable[[], None]) -> None:
        self._network = httpcore.SyncBackend()
        self._look = look

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._network.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._look)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, look: Callable[[], None]) -> None:
        self._stream = stream
        self._look = look

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = self._stream.read(max_bytes, timeout)
        self._look()
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._look)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
