"""Puts the pages together: who reads `create_app` sees what there is, and what every request passes.

The server before it must keep tokens out of its access log (`digest.web.logs`), and leave X-Forwarded-For alone
(uvicorn: `proxy_headers=False`), because the site says itself whom to believe.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from digest.web import browse, leave, machines, mails, manage, own_record, ranking, subscribe
from digest.web.choices import Choices
from digest.web.errors import add_error_pages
from digest.web.files import FixedFiles
from digest.web.forms import LARGEST_BODY
from digest.web.guard import GuardedApp
from digest.web.later import Later
from digest.web.network import read_proxies
from digest.web.shelf import Shelf
from digest.web.site import Site
from digest.web.visit import Web

_ROUTERS = (browse, ranking, subscribe, manage, leave, own_record, mails, machines)


def create_app(site: Site) -> FastAPI:
    """The pages of `site` as an ASGI application; SettingsError when its proxies can't be read."""
    web = Web(
        site, Shelf(site), Choices.of(site), FixedFiles.of(site.pages), read_proxies(site.trusted_proxies), Later(site)
    )
    app = FastAPI(title=site.title, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.web = web
    app.state.boxes = web.choices.count
    for subject in _ROUTERS:
        app.include_router(subject.router)
    add_error_pages(app)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY)
    app.add_middleware(GuardedApp, prefix=web.prefix, is_https=site.base_url.startswith("https:"))
    return app
