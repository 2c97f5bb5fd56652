"""A look at arXiv that keeps nothing, and notes what time its answers say it is."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx

from digest.errors import SourceError
from digest.sources.arxiv.service import ArxivService
from digest.sources.http import PoliteClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from digest.model.announcement import Feed, Listing
    from digest.model.fetch import Closure, Validators
    from digest.sources.http import FetchMemory


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer's status and times: its Date header, its Age in a cache, and our own clock's time when it came."""

    status: int
    given_at: datetime | None
    age: timedelta
    heard_at: datetime

    @property
    def offset(self) -> timedelta | None:
        """How far our clock is ahead, to a second or two; None when the answer states no time.

        A cache may leave Date at the time of the first answer (RFC 9111, section 5.1) or write its own: the kinder
        reading counts.
        """
        if self.given_at is None:
            return None
        readings = (self.heard_at - self.given_at, self.heard_at - self.given_at - self.age)
        return min(readings, key=abs)


class OwnPace:
    """The pace of one process, for when there is no database that could keep that of all."""

    def __init__(self) -> None:
        self._free_at: dict[str, datetime] = {}
        self._closures: dict[str, Closure] = {}

    def find_validators(self, address: str) -> Validators | None:  # noqa: ARG002 -- it remembers no document
        """None."""
        return None

    def reserve_slot(self, service: str, *, now: datetime, spacing: timedelta, latest: datetime) -> datetime:
        """Book the next free moment, unless it is after `latest`."""
        slot = max(now, self._free_at.get(service, now))
        if slot <= latest:
            self._free_at[service] = slot + spacing
        return slot

    def keep_off(self, service: str, *, until: datetime) -> None:
        """Sees to it that no moment before `until` is given."""
        self._free_at[service] = max(until, self._free_at.get(service, until))

    def find_closure(self, service: str) -> Closure | None:
        """What the service said last about staying away."""
        return self._closures.get(service)

    def save_closure(self, service: str, closure: Closure) -> None:
        """Remembers it while this process lasts."""
        self._closures[service] = closure


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Asks arXiv for one category's documents, at the pace that `memory` keeps; it must know no validators.

    `heard` fills with the times of all answers, those of refusals too.
    """

    rss_url: str
    atom_url: str
    listing_url: str
    contact: str
    spacing: timedelta
    memory: Callable[[], AbstractContextManager[FetchMemory]]
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    timeout: timedelta = timedelta(seconds=20)
    longest_wait: timedelta = timedelta(seconds=20)
    retries: int = 1
    transport: httpx.BaseTransport | None = None
    heard: list[Heard] = field(default_factory=list)

    def read_feed(self, category: str) -> Feed:
        """The category's feed; SourceError when it can't be read."""
        with self._arxiv() as arxiv:
            feed = arxiv.read_feed(category).value
        if feed is None:
            raise SourceError(self.rss_url, "says that nothing changed, which was not asked")
        return feed

    def read_listing(self, category: str) -> Listing:
        """The category's listing page; SourceError when it can't be read."""
        with self._arxiv() as arxiv:
            return arxiv.read_listing(category)

    @contextmanager
    def _arxiv(self) -> Iterator[ArxivService]:
        with self.memory() as memory, self._client(memory) as client:
            yield ArxivService(
                client=client,
                rss_url=self.rss_url,
                atom_url=self.atom_url,
                listing_url=self.listing_url,
                query_url=self.listing_url,
            )

    def _client(self, memory: FetchMemory) -> PoliteClient:
        reach = self.transport or httpx.HTTPTransport(trust_env=False, limits=httpx.Limits(max_connections=1))
        return PoliteClient(
            service="arxiv",
            contact=self.contact,
            spacing=self.spacing,
            memory=memory,
            clock=self.clock,
            sleep=self.sleep,
            timeout=self.timeout,
            retries=self.retries,
            longest_wait=self.longest_wait,
            transport=_Noting(reach, self.heard, self.clock),
        )


class _Noting(httpx.BaseTransport):
    def __init__(self, reach: httpx.BaseTransport, heard: list[Heard], clock: Callable[[], datetime]) -> None:
        self._reach = reach
        self._heard = heard
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._reach.handle_request(request)
        self._heard.append(
            Heard(response.status_code, _moment(response.headers), _age(response.headers), self._clock())
        )
        return response

    def close(self) -> None:
        self._reach.close()


def _moment(headers: httpx.Headers) -> datetime | None:
    try:
        moment = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _age(headers: httpx.Headers) -> timedelta:
    text = headers.get("age", "")
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() and len(text) <= 9 else timedelta()
