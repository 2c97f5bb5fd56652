"""What an HTTP answer means: a document, nothing new, a failure that may pass, or a refusal."""

from __future__ import annotations

import re
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
# A quota that is full again at once, or at an unknown time: our clock may be wrong, and GitHub counts by the hour.
SHORTEST_QUOTA_WAIT = timedelta(minutes=1)
USUAL_QUOTA_WAIT = timedelta(hours=1)
# GitHub gives the second of the epoch at which its quota is full again, OpenAlex how many seconds that takes.
_EPOCH = 1_000_000_000
_RATE_LIMIT = re.compile(r"\br=0\b.*?\bt=([0-9]{1,9})\b")
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
    """Nobody answered at all, or not to the end in any time worth waiting for."""


class ShutOutError(Exception):
    """The service wants nothing of us for `wait`, however patient we are."""

    def __init__(self, problem: str, *, wait: timedelta) -> None:
        self.problem = problem
        self.wait = wait
        super().__init__(problem)


def check(answer: Answer, *, address: str, known: Validators | None, readable: frozenset[int], now: datetime) -> None:
    """Lets pass what its asker can read; PassingError, ShutOutError or SourceError for every other answer."""
    if answer.status == HTTPStatus.NOT_MODIFIED and known:
        return
    if answer.status == HTTPStatus.OK:
        # arXiv says so with a success status: https://info.arxiv.org/help/api/tou.html names the limit.
        if answer.body[:100].strip().lower().rstrip(b".") == b"rate exceeded":
            raise PassingError("answered 'Rate exceeded.'", wait=retry_after(answer.headers, now=now))
        return
    problem = f"answered {answer.status} {_phrase(answer.status)}".rstrip()
    if answer.status == HTTPStatus.FORBIDDEN:
        _check_forbidden(answer, problem, readable, now)
    if answer.status in readable:
        return
    if answer.status in PASSING or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PassingError(problem, wait=retry_after(answer.headers, now=now) or quota_wait(answer.headers, now=now))
    raise SourceError(address, problem, hint=HINTS.get(answer.status, ""))


def _check_forbidden(answer: Answer, problem: str, readable: frozenset[int], now: datetime) -> None:
    """GitHub refuses with 403 also what comes too often, and then says when to come back.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    asked, used_up = retry_after(answer.headers, now=now), quota_wait(answer.headers, now=now)
    if used_up is not None:
        raise PassingError(f"{problem} because its quota is used up", wait=max(asked or used_up, used_up))
    if HTTPStatus.FORBIDDEN not in readable:
        raise ShutOutError(problem, wait=max(asked or SHUT_OUT_FOR, SHUT_OUT_FOR))
    if asked is not None:
        raise PassingError(problem, wait=asked)


def as_fetched(answer: Answer, *, address: str, known: Validators | None) -> Fetched[bytes]:
    """The document in an answer that passed the check, with what to know it by if it is a whole one."""
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return Fetched(None, known)
    return Fetched(answer.body, validators_of(answer, address=address))


def validators_of(answer: Answer, *, address: str) -> Validators | None:
    """By what to know the document at `address` again; None if it is an error's or its sender doesn't say."""
    if answer.status != HTTPStatus.OK:
        return None
    etag, modified = (_resendable(answer.headers.get(name)) for name in ("etag", "last-modified"))
    return Validators(address, etag, modified) if etag or modified else None


def quota_wait(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """How long until a service that counts our requests has some for us again; None if it has, or doesn't count.

    GitHub and OpenAlex say so in x-ratelimit-…, Hugging Face in RateLimit: `"api";r=0;t=55`.
    """
    found = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    if found:
        return max(timedelta(seconds=int(found[1])), SHORTEST_QUOTA_WAIT)
    left = headers.get("x-ratelimit-remaining", "").strip()
    if not re.fullmatch(r"0+|-[0-9]+", left, re.ASCII):
        return None
    reset = headers.get("x-ratelimit-reset", "").strip()
    if not re.fullmatch(r"[0-9]{1,11}", reset, re.ASCII):
        return USUAL_QUOTA_WAIT
    if int(reset) >= _EPOCH:
        return max(_wait_until(datetime.fromtimestamp(int(reset), UTC), headers, now), SHORTEST_QUOTA_WAIT)
    return min(max(timedelta(seconds=int(reset)), SHORTEST_QUOTA_WAIT), LONGEST_CLOSURE)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """How long Retry-After asks to wait, given in seconds or as a date (RFC 9110, section 10.2.3); at most a month."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_CLOSURE) if len(text) <= 9 else LONGEST_CLOSURE
    moment = _moment(text)
    return None if moment is None else _wait_until(moment, headers, now)


def _wait_until(moment: datetime, headers: Mapping[str, str], now: datetime) -> timedelta:
    """How long until a moment that the service names: by its own clock if its answer tells it, else by ours.

    Ours may be set wrong: measured against it, half a minute's wait could become a month's, or none.
    """
    theirs = _moment(headers.get("date", ""))
    since = theirs if theirs and abs(moment - theirs) <= LONGEST_CLOSURE else now
    return min(max(moment - since, timedelta()), LONGEST_CLOSURE)


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
        shown = target.copy_with(query=None)
        raise SourceError(
            answer.address, f"redirects to {shown}", hint="If that is its new address, change it in the settings."
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


def _resendable(value: str | None) -> str | None:
    """A header that could not be sent back would fail every later request."""
    return value if value and value.isascii() and value.isprintable() else None


def _moment(text: str) -> datetime | None:
    """The time of an HTTP date, None if it is none."""
    try:
        moment = parsedate_to_datetime(text)
        # Years at either end of the calendar leave it in another zone.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, IndexError, OverflowError):
        return None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
