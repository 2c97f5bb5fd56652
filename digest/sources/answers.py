"""What an HTTP answer means: a document, nothing new, a failure that may pass, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from digest.errors import SourceError
from digest.model.fetch import Fetched, Validators

if TYPE_CHECKING:
    from collections.abc import Mapping

# arXiv answers 406 for whole minutes at a time, also to clients that send a proper Accept header.
PASSING = frozenset({406, 408, 425, 429})
# No service means more than a month; a longer closure would outlast the mending of whoever's mistake it was.
LONGEST_CLOSURE = timedelta(days=31)
# arXiv answers 403 to clients that it finds abusive, without saying for how long, and going on makes it longer: some
# hours let the day's other runs pass without a request, and leave tomorrow's its chance.
SHUT_OUT_FOR = timedelta(hours=4)
HINTS = {
    401: "Check the key in the settings.",
    404: "Check the address and the category in the settings.",
    410: "Check the address in the settings.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end."""

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class PassingError(Exception):
    """A failure worth another try, after `wait` if the service named a time."""

    def __init__(self, problem: str, *, wait: timedelta | None = None) -> None:
        self.problem = problem
        self.wait = wait
        super().__init__(problem)


class SilenceError(PassingError):
    """Nobody answered at all."""


class ShutOutError(Exception):
    """The service wants nothing of us for `wait`, however patient we are."""

    def __init__(self, problem: str, *, wait: timedelta) -> None:
        self.problem = problem
        self.wait = wait
        super().__init__(problem)


def as_fetched(
    answer: Answer, *, address: str, known: Validators | None, readable: frozenset[int], now: datetime
) -> Fetched[bytes]:
    """The document in `answer`; PassingError, ShutOutError or SourceError when there is none."""
    if answer.status == HTTPStatus.NOT_MODIFIED and known:
        return Fetched(None, known)
    if answer.status == HTTPStatus.OK:
        # arXiv says so with a success status: https://info.arxiv.org/help/api/tou.html names the limit.
        if answer.body[:100].strip().lower().rstrip(b".") == b"rate exceeded":
            raise PassingError("answered 'Rate exceeded.'", wait=retry_after(answer.headers, now=now))
        return Fetched(answer.body, _validators(address, answer.headers))
    if answer.status in readable:
        return Fetched(answer.body)
    problem = f"answered {answer.status} {_phrase(answer.status)}".rstrip()
    if answer.status == HTTPStatus.FORBIDDEN:
        asked = retry_after(answer.headers, now=now) or SHUT_OUT_FOR
        raise ShutOutError(problem, wait=max(asked, SHUT_OUT_FOR))
    if answer.status in PASSING or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PassingError(problem, wait=retry_after(answer.headers, now=now))
    raise SourceError(address, problem, hint=HINTS.get(answer.status, ""))


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """How long Retry-After asks to wait, given in seconds or as a date (RFC 9110, section 10.2.3); at most a month."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_CLOSURE) if len(text) <= 9 else LONGEST_CLOSURE
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta()), LONGEST_CLOSURE)


def conditions(known: Validators | None) -> dict[str, str]:
    """The headers that ask only for what changed.

    The values go back as they came: arXiv's ETag is a bare hash, without the quotes that the RFC wants.
    """
    if known is None:
        return {}
    sent = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in sent.items() if value}


def redirect_target(answer: Answer) -> str | None:
    """Where a redirect leads, None if it is none; SourceError when it leaves the host."""
    location = answer.headers.get("location")
    if answer.status not in (301, 302, 303, 307, 308) or not location:
        return None
    source = httpx.URL(answer.address)
    try:
        target = source.join(location)
    except httpx.InvalidURL as error:
        raise SourceError(answer.address, "redirects to what is not an address") from error
    same_place = (target.scheme, target.port) == (source.scheme, source.port)
    if target.host != source.host or not (same_place or target.scheme == "https"):
        raise SourceError(
            answer.address, f"redirects to {target}", hint="If that is its new address, change it in the settings."
        )
    return str(target.copy_with(fragment=None))


def as_passing(error: httpx.TransportError | httpx.DecodingError) -> PassingError:
    """What went wrong between us and the service, in a phrase."""
    match error:
        case httpx.ConnectTimeout() | httpx.ConnectError():
            return SilenceError("could not be reached")
        case httpx.TimeoutException():
            return SilenceError("did not answer in time")
        case httpx.RemoteProtocolError():
            return PassingError("broke its answer off")
        case httpx.DecodingError():
            return PassingError("sent an answer that can't be decompressed")
        case _:
            return PassingError("lost the connection")


def _validators(address: str, headers: Mapping[str, str]) -> Validators | None:
    etag, modified = (_resendable(headers.get(name)) for name in ("etag", "last-modified"))
    return Validators(address, etag, modified) if etag or modified else None


def _resendable(value: str | None) -> str | None:
    """A header that could not be sent back would fail every later request."""
    return value if value and value.isascii() and value.isprintable() else None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
