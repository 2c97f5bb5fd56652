"""The headers that every answer carries, so that browsers do with it what is meant and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Pages with a token in their address belong to one person.
PRIVATE = ("/subscriptions/", "/deliveries/")
_ALWAYS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_IN_PRIVATE = {"x-robots-tag": "noindex, nofollow", "cache-control": "no-store"}
_TWO_YEARS = 63_072_000


def policy(*, styles: str = "'self'") -> str:
    """A content security policy (W3C CSP 3) that allows no script, and `styles` as style sheets."""
    return (
        f"default-src 'none'; style-src {styles}; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def headers_for(path: str, *, is_https: bool) -> Mapping[str, str]:
    """The headers of an answer from `path`, where the answer doesn't say otherwise itself."""
    headers = {**_ALWAYS, "content-security-policy": policy(), "cache-control": "no-cache"}
    if is_https:
        headers["strict-transport-security"] = f"max-age={_TWO_YEARS}"
    return headers | _IN_PRIVATE if path.startswith(PRIVATE) else headers


class GuardedApp:
    """An ASGI application around another, whose answers get the headers.

    `prefix` is the path under which the pages lie; what stands before may have taken it off already, or not.
    """

    def __init__(self, app: ASGIApp, *, prefix: str, is_https: bool) -> None:
        self._app = app
        self._prefix = prefix
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["root_path"] = self._prefix
        path = scope["path"].removeprefix(self._prefix)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in headers_for(path, is_https=self._is_https).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_guarded)
