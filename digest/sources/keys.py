"""Keys go into a request at the last moment, so that no address, log line or error text ever holds one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from digest.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a header's value may be made of (RFC 9110, section 5.5), without the historic exceptions.
_SENDABLE = re.compile(r"[!-~]+(?: [!-~]+)*")


class KeyedTransport(httpx.BaseTransport):
    """Adds headers and query parameters to each request, below the layer that logs addresses.

    What comes back is cleaned of them: a redirect may repeat the query. SettingsError for a key that can't be sent.
    """

    def __init__(
        self, reach: httpx.BaseTransport, *, service: str, headers: Mapping[str, str], query: Mapping[str, str]
    ) -> None:
        if not all(_SENDABLE.fullmatch(value) for value in (*headers.values(), *query.values())):
            raise SettingsError(f"The key for {service} has characters that no key can have: check it in the settings.")
        self._reach = reach
        self._headers = dict(headers)
        self._query = dict(query)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to the request with the keys in it."""
        headers = request.headers.copy()
        headers.update(self._headers)
        response = self._reach.handle_request(
            httpx.Request(
                request.method,
                self._with_query(request.url),
                headers=headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )
        location = response.headers.get("location")
        if location:
            response.headers["location"] = self._without_keys(location)
        return response

    def close(self) -> None:
        """Let the connection go."""
        self._reach.close()

    def _with_query(self, url: httpx.URL) -> httpx.URL:
        added = urlencode(self._query).encode()
        return url.copy_with(query=b"&".join(part for part in (url.query, added) if part)) if added else url

    def _without_keys(self, location: str) -> str:
        try:
            url = httpx.URL(location)
            for name in self._query:
                url = url.copy_remove_param(name) if name in url.params else url
            location = str(url)
        except httpx.InvalidURL:
            pass
        for value in (*self._query.values(), *(value.split()[-1] for value in self._headers.values())):
            location = location.replace(value, "-")
        return location
