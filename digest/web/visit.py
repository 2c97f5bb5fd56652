"""One request and what answering it needs: the site, its pages, and who the token in the address stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.errors import DigestError, InputError
from digest.links import ExpiredLinkError
from digest.model.subscriber import Subscriber
from digest.web.choices import Choices
from digest.web.files import FixedFiles
from digest.web.forms import Action, Form, is_signed, sign_form, tells_origin
from digest.web.later import Later
from digest.web.network import Network, network_of
from digest.web.shelf import Shelf
from digest.web.site import Site


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page; `prefix` is the path under which the pages lie, mostly empty."""

    title: str
    postal_address: str
    prefix: str
    files: FixedFiles
    is_sample: bool

    def at(self, path: str) -> str:
        """The address of a page, as a link of another writes it."""
        return self.prefix + path


@dataclass(frozen=True, slots=True)
class Web:
    """What all requests share."""

    site: Site
    shelf: Shelf
    choices: Choices
    files: FixedFiles
    proxies: tuple[Network, ...]
    later: Later

    @property
    def prefix(self) -> str:
        """The path under which the pages lie, without a slash at its end."""
        return urlsplit(self.site.base_url).path.rstrip("/")


@dataclass(frozen=True, slots=True)
class Message:
    """A page that only says something; `subscribe` is the form to ask for the digest, where that helps."""

    heading: str
    text: str
    subscribe: Action | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One request."""

    web: Web
    request: Request

    @property
    def site(self) -> Site:
        """The site that is asked."""
        return self.web.site

    @property
    def network(self) -> str | None:
        """Where the request comes from."""
        peer = self.request.client.host if self.request.client else None
        forwarded = self.request.headers.getlist("x-forwarded-for")
        return network_of(peer, forwarded, trusted=self.web.proxies)

    def page(self, name: str, view: object = None, *, status: int = 200) -> HTMLResponse:
        """A page with what its template calls `view`."""
        return self._page(name, view, status=status, is_sample=self.web.shelf.is_sample())

    def tell(self, message: Message, *, status: int) -> HTMLResponse:
        """A page that only says something, and reads nothing from the store."""
        return self._page("message", message, status=status, is_sample=False)

    def see(self, path: str) -> RedirectResponse:
        """Sends the browser to look at another page."""
        return RedirectResponse(self.web.prefix + path, status_code=303)

    def action(self, path: str) -> Action:
        """A form's way to `path`."""
        return Action(self.web.prefix + path, sign_form(self.site.links, path, now=self.site.clock()))

    def check(self, form: Form, path: str) -> None:
        """PageError unless one of our own pages sent the form."""
        told = tells_origin(self.request, self.site.base_url)
        if told is None:
            told = is_signed(form, self.site.links, path, now=self.site.clock())
        if not told:
            raise PageError(
                403, "This form is not ours", "It came from another page, or lay open for more than a day. Open our "
                "page anew, and send it from there.",
            )  # fmt: skip

    def key(self, purpose: str, token: str) -> str:
        """The subscriber's key in a token that never expires; PageError for what is none of ours."""
        try:
            return self.site.links.verify(purpose, token)
        except InputError as error:
            raise _broken_link() from error

    def key_for_now(self, purpose: str, token: str) -> str:
        """The subscriber's key in a token that is good for a time; PageError when that is over."""
        try:
            return self.site.links.verify_until(purpose, token, now=self.site.clock())
        except ExpiredLinkError as error:
            raise PageError(410, "This link’s time is over", EXPIRED[purpose], offers_digest=True) from error
        except InputError as error:
            raise _broken_link() from error

    def subscriber(self, key: str) -> Subscriber:
        """The subscriber with that key; PageError for one who is gone."""
        found = self.site.subscribers.find(key)
        if found is None:
            raise PageError(
                410, "There is no such subscription any more",
                "All that was stored with it is erased. You can ask for the digest anew.", offers_digest=True,
            )  # fmt: skip
        return found

    def _page(self, name: str, view: object, *, status: int, is_sample: bool) -> HTMLResponse:
        site = self.site
        frame = Frame(site.title, site.postal_address, self.web.prefix, self.web.files, is_sample)
        return HTMLResponse(site.pages.render(name, frame=frame, view=view), status_code=status)


EXPIRED = {
    "confirm": "Links that confirm are good for seven days. Ask for the digest once more, and we send a new one.",
    "record": "Such links are good for an hour. Ask for a new one on the page where you choose what you get; "
    "every mail leads there.",
}


class PageError(DigestError):
    """A page can't be shown: the status to answer with, and what to tell."""

    def __init__(self, status: int, heading: str, text: str, *, offers_digest: bool = False) -> None:
        self.status = status
        self.heading = heading
        self.text = text
        self.offers_digest = offers_digest
        super().__init__(f"{heading}. {text}")


def _broken_link() -> PageError:
    return PageError(
        404, "This link isn’t whole", "It isn’t one of ours, or it was cut on its way. Copy all of it from the mail."
    )


def visit_of(request: Request) -> Visit:
    """The request, with what answering it needs."""
    return Visit(request.app.state.web, request)


Here = Annotated[Visit, Depends(visit_of)]
