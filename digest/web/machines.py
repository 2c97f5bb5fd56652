"""What machines ask for: whether all is well, where not to go, and the files that pages need."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from digest.web.guard import PRIVATE
from digest.web.visit import Here

router = APIRouter()
_SHOW = ["GET", "HEAD"]
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


@router.api_route("/healthz", methods=_SHOW)
def health(visit: Here) -> Response:
    """`ok` when the database answers; an error page with status 503 when it doesn't."""
    visit.web.shelf.days()
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


@router.api_route("/robots.txt", methods=_SHOW)
def robots(visit: Here) -> Response:
    """Where search engines have no business (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {visit.web.prefix}{place}" for place in PRIVATE)]
    return PlainTextResponse("\n".join(lines) + "\n")


@router.api_route("/static/{name}", methods=_SHOW)
def file(visit: Here, name: str) -> Response:
    """A file that never changes under its name."""
    found = visit.web.files.find(name)
    if found is None:
        raise HTTPException(404)
    return Response(found.content, media_type=found.media_type, headers=_FOR_EVER)
