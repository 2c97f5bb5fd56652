"""Reads what a form sends, within limits, and tells whether it was one of our own pages that sent it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from digest.errors import InputError
from digest.links import Links

LARGEST_BODY = 64 * 1024
_FORM_GOOD_FOR = timedelta(days=1)
# A form's fields besides the boxes to tick.
_OTHER_FIELDS = 60
_NOT_TEXT = "A form holds something that is no text."


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; one that comes several times has several texts."""

    fields: Mapping[str, tuple[str, ...]]

    def has(self, name: str) -> bool:
        """Whether the field was sent, filled in or not."""
        return name in self.fields

    def all(self, name: str) -> tuple[str, ...]:
        """Every text of the field."""
        return self.fields.get(name, ())

    def text(self, name: str) -> str:
        """The last text of the field, empty where it wasn't sent."""
        return self.all(name)[-1] if self.has(name) else ""


@dataclass(frozen=True, slots=True)
class Action:
    """Where a form goes, and the token that shows it to be ours."""

    address: str
    token: str


async def read_form(request: Request) -> Form:
    """The form in a request's body, URL-encoded or multipart; a body of another kind has no fields.

    HTTPException 400 when it holds a file, too many fields, or what is no text.
    """
    boxes: int = request.app.state.boxes
    try:
        sent = await request.form(max_files=0, max_fields=boxes + _OTHER_FIELDS, max_part_size=LARGEST_BODY)
    except (ValueError, LookupError) as error:
        raise HTTPException(400, _NOT_TEXT) from error
    fields: dict[str, list[str]] = defaultdict(list)
    for name, value in sent.multi_items():
        if not (isinstance(value, str) and _can_be_written(name + value)):
            raise HTTPException(400, _NOT_TEXT)
        fields[name].append(value)
    return Form({name: tuple(values) for name, values in fields.items()})


SentForm = Annotated[Form, Depends(read_form)]


def sign_form(links: Links, path: str, *, now: datetime) -> str:
    """The token of a form that goes to `path`, good for a day."""
    return links.sign_until("form", path, expires_at=now + _FORM_GOOD_FOR)


def is_signed(form: Form, links: Links, path: str, *, now: datetime) -> bool:
    """Whether the form carries a token that is still good for `path`."""
    try:
        return links.verify_until("form", form.text("form"), now=now) == path
    except InputError:
        return False


def tells_origin(request: Request, base_url: str) -> bool | None:
    """Whether the browser says that one of our own pages sent the form; None when it says nothing.

    Browsers tell it with Sec-Fetch-Site (W3C Fetch Metadata) to https and to this machine, and else with Origin, which
    is `null` from pages that keep their address to themselves, as ours do.
    """
    site = request.headers.get("sec-fetch-site")
    if site in (None, "none"):
        origin = request.headers.get("origin")
        return None if origin in (None, "null") else origin == _origin(base_url)
    return site == "same-origin"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    default = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port and parts.port != default else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
