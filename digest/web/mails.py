"""A mail in the browser, as it was sent."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from digest.web.guard import policy
from digest.web.visit import Here, PageError

router = APIRouter()
# Styles stand in a mail's elements; there is nothing else in it to allow.
_POLICY = policy(styles="'unsafe-inline'")


@router.api_route("/deliveries/{token}", methods=["GET", "HEAD"])
def mail(visit: Here, token: str) -> Response:
    """The mail behind a link in it."""
    html = visit.site.show_delivery(visit.key("delivery", token))
    if html is None:
        raise PageError(404, "This mail is no longer here", "It was erased, or never sent.")
    return HTMLResponse(html, headers={"content-security-policy": _POLICY})
