"""A client that asks an outside service slowly, under its own name, and only for changes where it has validators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Protocol, Self

import httpx

from digest.errors import SourceError
from digest.model.fetch import Closure
from digest.sources.answers import (
    LONGEST_CLOSURE,
    Answer,
    PassingError,
    ShutOutError,
    SilenceError,
    as_fetched,
    as_passing,
    conditions,
    redirect_target,
)
from digest.sources.outages import Outages

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from digest.model.fetch import Fetched, Validators

MEBIBYTE = 2**20
MOST_REDIRECTS = 5
# Far above what a hand-shake takes: a host that needs longer is asked again, and none at all is soon noticed.
LONGEST_CONNECT = timedelta(seconds=5)


class FetchMemory(Protocol):
    """What outlives one client: the validators of earlier answers, and the service's diary."""

    def find_validators(self, address: str) -> Validators | None:
        """The validators saved with the last answer from `address`."""

    def reserve_slot(self, service: str, *, now: datetime, spacing: timedelta, latest: datetime) -> datetime:
        """Book the next free moment for one request, across all processes; never two closer than `spacing`.

        A moment after `latest` is told but not booked.
        """

    def keep_off(self, service: str, *, until: datetime) -> None:
        """Sees to it that nobody is given a moment before `until`."""

    def find_closure(self, service: str) -> Closure | None:
        """What the service said last about staying away, though it may be over."""

    def save_closure(self, service: str, closure: Closure) -> None:
        """Remembers it, for later runs and other processes too."""


@dataclass(kw_only=True)
class PoliteClient:
    """Asks one service over one connection, each request in its own booked slot.

    `contact` (an address or a page) stands in the User-Agent, so that the service can reach whom it belongs to.
    A failed request is tried again at most `retries` times, after 1, 2, 4 … times `first_pause` or after what
    Retry-After says; a wait longer than `longest_wait`, or a 403, closes the service: until then each request is an
    error that tells when to come back. After a request that nobody answered the next ones have one try each; when
    those fail too they aren't made any more, except one a minute.
    """

    service: str
    spacing: timedelta
    memory: FetchMemory
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    contact: str = ""
    transport: httpx.BaseTransport | None = None
    timeout: timedelta = timedelta(seconds=60)
    longest_read: timedelta = timedelta(minutes=5)
    retries: int = 4
    first_pause: timedelta = timedelta(seconds=3)
    longest_wait: timedelta = timedelta(minutes=5)
    max_bytes: int = 64 * MEBIBYTE
    _http: httpx.Client = field(init=False, repr=False)
    _outages: Outages = field(init=False, default_factory=Outages, repr=False)

    def __post_init__(self) -> None:
        # trust_env is off: a proxy or a .netrc that happens to lie around must not see these requests.
        connect = min(self.timeout, LONGEST_CONNECT).total_seconds()
        self._http = httpx.Client(
            transport=self.transport,
            timeout=httpx.Timeout(self.timeout.total_seconds(), connect=connect),
            limits=httpx.Limits(max_connections=1),
            headers={"User-Agent": user_agent(self.contact)},
            follow_redirects=False,
            trust_env=False,
        )

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
        most = 1 + self._retries_now(address)
        tries = 0
        while True:
            tries += 1
            self._stay_away_while_closed(address)
            try:
                return self._fetch(address, accept=accept, readable=readable)
            except ShutOutError as failure:
                raise self._close_service(address, failure.problem, failure.wait) from failure
            except PassingError as failure:
                wait = self._next_wait(address, failure, tries)
                if tries >= most:
                    raise self._given_up(address, failure, tries) from failure
                self.sleep(wait.total_seconds())

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

    def _stay_away_while_closed(self, address: str) -> None:
        closure, now = self.memory.find_closure(self.service), self.clock()
        # One that is further ahead than any can be was written by a clock that was wrong.
        if closure and now < closure.until <= now + LONGEST_CLOSURE:
            raise self._come_back(address, closure)

    def _next_wait(self, address: str, failure: PassingError, tries: int) -> timedelta:
        if failure.wait is None:
            pause: timedelta = self.first_pause * 2 ** (tries - 1)
            return min(pause, self.longest_wait)
        if failure.wait > self.longest_wait:
            raise self._close_service(address, failure.problem, failure.wait) from failure
        return failure.wait

    def _given_up(self, address: str, failure: PassingError, tries: int) -> SourceError:
        if isinstance(failure, SilenceError):
            self._outages.note_silence(address, failure.problem, at=self.clock())
        problem = f"{failure.problem} ({tries} tries)" if tries > 1 else failure.problem
        return SourceError(address, problem, hint="Try again later.")

    def _close_service(self, address: str, problem: str, wait: timedelta) -> SourceError:
        closure = Closure(self.clock() + wait, f"it {problem}")
        self.memory.save_closure(self.service, closure)
        return self._come_back(address, closure)

    def _come_back(self, address: str, closure: Closure) -> SourceError:
        problem = f"the service {self.service} asks us to stay away until {closure.until:%Y-%m-%d %H:%M} UTC"
        hint = "Try again after that." if self.contact else "Set a contact address in the settings, and try after that."
        return SourceError(address, f"{problem} ({closure.why})", hint=hint)

    def _fetch(self, address: str, *, accept: str, readable: frozenset[int]) -> Fetched[bytes]:
        known = self.memory.find_validators(address)
        answer = self._follow(address, {"Accept": accept, **conditions(known)})
        return as_fetched(answer, address=address, known=known, readable=readable, now=self.clock())

    def _follow(self, address: str, headers: dict[str, str]) -> Answer:
        seen: set[str] = set()
        current = address
        while len(seen) <= MOST_REDIRECTS:
            seen.add(current)
            answer = self._ask(current, headers)
            target = redirect_target(answer)
            if target is None:
                return answer
            if target in seen:
                raise SourceError(address, "redirects in a loop", hint="Check the address in the settings.")
            current = target
        raise SourceError(address, f"redirects more than {MOST_REDIRECTS} times")

    def _ask(self, address: str, headers: dict[str, str]) -> Answer:
        self._wait_for_slot(address)
        try:
            with self._http.stream("GET", address, headers=headers) as response:
                self._outages.note_answer(address)
                return Answer(address, response.status_code, response.headers, self._body(address, response))
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
            raise SourceError(address, "is not a web address", hint="Check the settings.") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise as_passing(error) from error
        finally:
            # Counted from the answer's end: a slow hand-shake before one request would else bring it close to the next.
            self.memory.keep_off(self.service, until=self.clock() + self.spacing)

    def _wait_for_slot(self, address: str) -> None:
        now = self.clock()
        latest = now + self.longest_wait
        wait = self.memory.reserve_slot(self.service, now=now, spacing=self.spacing, latest=latest) - now
        if wait > self.longest_wait:
            raise SourceError(
                address,
                f"the next free moment to ask {self.service} is {wait} away",
                hint="Check this machine's clock, or wait until other runs are done.",
            )
        if wait > timedelta():
            self.sleep(wait.total_seconds())

    def _body(self, address: str, response: httpx.Response) -> bytes:
        if "," in response.headers.get("content-encoding", ""):
            raise SourceError(address, "is compressed several times over")
        latest = self.clock() + self.longest_read
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self.max_bytes:
                raise SourceError(address, f"is larger than {self.max_bytes / MEBIBYTE:g} MiB")
            if self.clock() > latest:
                raise PassingError("sent its answer too slowly")
        return bytes(body)


def user_agent(contact: str) -> str:
    """The name we go by, with the contact as far as a header can hold it (RFC 9110, section 10.1.5)."""
    try:
        name = f"trending-papers-digest/{version('trending-papers-digest')}"
    except PackageNotFoundError:  # run from an unpacked archive
        name = "trending-papers-digest"
    reachable = " ".join(contact.split()).encode("ascii", "ignore").decode()
    return f"{name} (+{reachable})" if reachable else name
