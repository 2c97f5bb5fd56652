"""A client that asks an outside service slowly, under its own name, and only for changes where it has validators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Protocol, Self

import httpx

from digest.errors import SourceError
from digest.sources.answers import (
    Answer,
    PassingError,
    ShutOutError,
    SilenceError,
    as_fetched,
    as_passing,
    check,
    conditions,
    redirect_target,
)
from digest.sources.closing import ClosureMemory, Door
from digest.sources.keys import KeyedTransport
from digest.sources.network import WatchedTransport
from digest.sources.outages import Outages
from digest.sources.pacing import Pace, SlotMemory
from digest.sources.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from digest.model.fetch import Fetched, Validators

MEBIBYTE = 2**20
MOST_REDIRECTS = 5
# Far above what a hand-shake takes: a host that needs longer is asked again, and none at all is soon noticed.
LONGEST_CONNECT = timedelta(seconds=5)


class FetchMemory(SlotMemory, ClosureMemory, Protocol):
    """What outlives one client: the validators of earlier answers, and the service's diary."""

    def find_validators(self, address: str) -> Validators | None:
        """The validators saved with the last answer from `address`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inquiry:
    """What is asked, in as many requests as it takes."""

    address: str
    accept: str
    readable: frozenset[int]
    method: str = "GET"
    body: bytes | None = None
    content_type: str = ""
    known: Validators | None = None

    @property
    def headers(self) -> dict[str, str]:
        kind = {"Content-Type": self.content_type} if self.content_type else {}
        return {"Accept": self.accept, **kind, **conditions(self.known)}


@dataclass(kw_only=True)
class PoliteClient:
    """Asks one service over one connection, each request in its own booked slot.

    `contact` (an address or a page) stands in the User-Agent, so that the service can reach whom it belongs to;
    `headers` and `query` go with each request and are never shown: keys. A failed request is tried again at most
    `retries` times, after 1, 2, 4 … times `first_pause` or after what the service says; a wait longer than
    `longest_wait`, or a 403, closes the service: until then each request is an error that tells when to come back.
    After a request that nobody answered the next ones have one try each; when those fail too they aren't made any
    more, except one a minute. No more than `budget` requests are made, redirects and repetitions counted, and none
    begins after `latest`. An answer that takes longer than `longest_read` in all is given up like one that fails.
    """

    service: str
    spacing: timedelta
    memory: FetchMemory
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    contact: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    transport: httpx.BaseTransport | None = None
    timeout: timedelta = timedelta(seconds=60)
    longest_read: timedelta = timedelta(minutes=5)
    retries: int = 4
    first_pause: timedelta = timedelta(seconds=3)
    longest_wait: timedelta = timedelta(minutes=5)
    max_bytes: int = 64 * MEBIBYTE
    budget: int | None = None
    latest: datetime | None = None
    _http: httpx.Client = field(init=False, repr=False)
    _pace: Pace = field(init=False, repr=False)
    _door: Door = field(init=False, repr=False)
    _outages: Outages = field(init=False, default_factory=Outages, repr=False)
    _patience: Patience = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._patience = Patience(clock=self.clock, longest=self.longest_read, longest_step=self.timeout)
        # trust_env is off: a proxy or a .netrc that happens to lie around must not see these requests.
        connect = min(self.timeout, LONGEST_CONNECT).total_seconds()
        self._http = httpx.Client(
            transport=self._reach(),
            timeout=httpx.Timeout(self.timeout.total_seconds(), connect=connect),
            headers={"User-Agent": user_agent(self.contact)},
            follow_redirects=False,
            trust_env=False,
        )
        self._pace = Pace(
            service=self.service,
            spacing=self.spacing,
            memory=self.memory,
            clock=self.clock,
            sleep=self.sleep,
            longest_wait=self.longest_wait,
            budget=self.budget,
            latest=self.latest,
        )
        self._door = Door(service=self.service, memory=self.memory, clock=self.clock, hint=self._hint_when_closed())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def get(self, address: str, *, accept: str, readable: frozenset[int] = frozenset()) -> Fetched[bytes]:
        """The body at `address`, or None as value when it is the same as last time (304).

        `readable` are the error statuses whose body explains itself and is handed out like that of a 200.
        Raises SourceError for everything else, after the retries that make sense.
        """
        known = self.memory.find_validators(address)
        answer = self._settle(_Inquiry(address=address, accept=accept, readable=readable, known=known))
        return as_fetched(answer, address=address, known=known)

    def ask(
        self, address: str, *, accept: str, readable: frozenset[int] = frozenset(), known: Validators | None = None
    ) -> Answer:
        """The whole answer at `address`, with status and headers: 200, one of `readable`, or 304 to what is `known`.

        With 403 among them only those are handed out that don't say when to come back. SourceError as from `get`.
        """
        return self._settle(_Inquiry(address=address, accept=accept, readable=readable, known=known))

    def post(
        self, address: str, *, body: bytes, content_type: str, accept: str, readable: frozenset[int] = frozenset()
    ) -> Answer:
        """The whole answer to a question that is too long for an address: 200 or one of `readable`.

        It is repeated like any other, so it must ask and not change anything. SourceError as from `get`.
        """
        inquiry = _Inquiry(
            address=address, accept=accept, readable=readable, method="POST", body=body, content_type=content_type
        )
        return self._settle(inquiry)

    def stay_away(self, address: str, *, problem: str, wait: timedelta) -> SourceError:
        """Ask the service nothing for `wait`, because it `problem`, a phrase such as "has no quota left".

        The error to raise comes out; requests until then are the same error.
        """
        return self._door.close(address, problem, wait)

    def _reach(self) -> httpx.BaseTransport:
        reach = self.transport or WatchedTransport(self._patience.look)
        if not self.headers and not self.query:
            return reach
        return KeyedTransport(reach, service=self.service, headers=self.headers, query=self.query)

    def _hint_when_closed(self) -> str:
        if self.headers or self.query:
            return "Try again after that; if it goes on, check the key in the settings."
        return "Try again after that." if self.contact else "Set a contact address in the settings, and try after that."

    def _settle(self, inquiry: _Inquiry) -> Answer:
        address, most, tries = inquiry.address, 1 + self._retries_now(inquiry.address), 0
        while True:
            tries += 1
            self._door.check(address)
            try:
                answer = self._follow(inquiry)
                check(answer, address=address, known=inquiry.known, readable=inquiry.readable, now=self.clock())
            except ShutOutError as failure:
                raise self._door.close(address, failure.problem, failure.wait) from failure
            except PassingError as failure:
                wait = self._next_wait(address, failure, tries)
                forbidden = self._pace.forbids(wait)
                if tries >= most or forbidden:
                    raise self._given_up(address, failure, tries, forbidden) from failure
                self.sleep(wait.total_seconds())
            else:
                return answer

    def _retries_now(self, address: str) -> int:
        """How often to try again: never while nobody answers. SourceError when that has gone on for too long to ask."""
        outage = self._outages.find(address)
        if outage is None:
            return self.retries
        if outage.forbids_asking(self.clock()):
            raise SourceError(
                address,
                f"was not asked, because {outage.address} {outage.problem}",
                hint="Check the network, and try again later.",
            )
        return 0

    def _next_wait(self, address: str, failure: PassingError, tries: int) -> timedelta:
        if failure.wait is None:
            pause: timedelta = self.first_pause * 2 ** (tries - 1)
            return min(pause, self.longest_wait)
        if failure.wait > self.longest_wait:
            raise self._door.close(address, failure.problem, failure.wait) from failure
        return failure.wait

    def _given_up(self, address: str, failure: PassingError, tries: int, forbidden: str) -> SourceError:
        if isinstance(failure, SilenceError):
            self._outages.note_silence(address, failure.problem, at=self.clock())
        else:
            self._outages.note_answer(address)
        if failure.wait is not None:
            self.memory.keep_off(self.service, until=self.clock() + failure.wait)
        problem = f"{failure.problem} ({tries} tries)" if tries > 1 else failure.problem
        return SourceError(address, f"{problem}; {forbidden}" if forbidden else problem, hint="Try again later.")

    def _follow(self, inquiry: _Inquiry) -> Answer:
        seen: set[str] = set()
        current = inquiry.address
        while len(seen) <= MOST_REDIRECTS:
            seen.add(current)
            answer = self._ask(current, inquiry)
            target = redirect_target(answer)
            if target is None:
                return answer
            if target in seen:
                raise SourceError(inquiry.address, "redirects in a loop", hint="Check the address in the settings.")
            current = target
        raise SourceError(inquiry.address, f"redirects more than {MOST_REDIRECTS} times")

    def _ask(self, address: str, inquiry: _Inquiry) -> Answer:
        self._pace.begin(address)
        self._patience.begin()
        try:
            with self._http.stream(inquiry.method, address, headers=inquiry.headers, content=inquiry.body) as response:
                answer = Answer(address, response.status_code, response.headers, self._body(address, response))
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
            raise SourceError(address, "is not a web address", hint="Check the settings.") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise as_passing(error) from error
        finally:
            self._pace.end()
        self._outages.note_answer(address)
        return answer

    def _body(self, address: str, response: httpx.Response) -> bytes:
        if "," in response.headers.get("content-encoding", ""):
            raise SourceError(address, "is compressed several times over")
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self.max_bytes:
                raise SourceError(address, f"is larger than {self.max_bytes / MEBIBYTE:g} MiB")
            self._patience.look()
        return bytes(body)


def user_agent(contact: str) -> str:
    """The name we go by, with the contact as far as a header can hold it (RFC 9110, section 10.1.5)."""
    try:
        name = f"trending-papers-digest/{version('trending-papers-digest')}"
    except PackageNotFoundError:  # run from an unpacked archive
        name = "trending-papers-digest"
    reachable = " ".join(contact.split()).encode("ascii", "ignore").decode()
    return f"{name} (+{reachable})" if reachable else name
