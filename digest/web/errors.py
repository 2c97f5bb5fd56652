"""The pages that say what went wrong, in the look of the others and without a word about how it happened."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from digest.errors import InputError, StoreError
from digest.web.guard import headers_for
from digest.web.visit import Message, PageError, visit_of

_log = logging.getLogger(__name__)
_HEADINGS = {
    400: ("That could not be read", "Something in the request isn’t as it should be. Go back, and try again."),
    404: ("There is no such page", "Its address may have been cut, or have changed."),
    405: ("That can’t be done here", "The page can be looked at, but not like this."),
}
_OURS = ("Something went wrong on our side", "It was written down. Try again in a while.")
_NO_STORE = ("The digest can’t reach its records", "That mostly lasts a moment. Try again in a while.")


def add_error_pages(app: FastAPI) -> None:
    """Answers what goes wrong in `app` with pages."""
    app.add_exception_handler(PageError, _page_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(InputError, _refused)
    app.add_exception_handler(StoreError, _no_store)
    app.add_exception_handler(Exception, _ours)


def _page_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PageError)  # noqa: S101 - it was asked for
    visit = visit_of(request)
    form = visit.action("/subscribe") if error.offers_digest else None
    return visit.tell(Message(error.heading, error.text, form), status=error.status)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    heading, text = _HEADINGS.get(error.status_code, _HEADINGS[400])
    response = visit_of(request).tell(Message(heading, text), status=error.status_code)
    response.headers.update(error.headers or {})
    return response


def _refused(request: Request, error: Exception) -> Response:
    return visit_of(request).tell(Message("That doesn’t go", str(error)), status=409)


def _no_store(request: Request, error: Exception) -> Response:
    _log.error("Answering %s: %s", _route(request), error)
    response = visit_of(request).tell(Message(*_NO_STORE), status=503)
    response.headers["retry-after"] = "60"
    return response


def _ours(request: Request, error: Exception) -> Response:
    """This answer leaves from outside the guard, and so takes its headers along."""
    _log.error("Answering %s", _route(request), exc_info=error)
    web = visit_of(request).web
    is_https = web.site.base_url.startswith("https:")
    response = visit_of(request).tell(Message(*_OURS), status=500)
    for name, value in headers_for(request.scope["path"].removeprefix(web.prefix), is_https=is_https).items():
        response.headers.setdefault(name, value)
    return response


def _route(request: Request) -> str:
    """The page that was asked for, without the token in its address."""
    route = request.scope.get("route")
    return f"{request.method} {getattr(route, 'path', 'an unknown page')}"
