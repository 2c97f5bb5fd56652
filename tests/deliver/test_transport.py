"""Many connections at once: everything is handed over once, recorded in order, paced, and given back when it stops."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from sample_mail import SampleMail
from smtp_servers import HOST, POLITE, Inbox, Script, conversing, free_port, receiving, scripted, smtp_sink

from digest.deliver.carriers import OutboxCarrier, SmtpCarrier
from digest.deliver.outbox import OutboxTransport
from digest.deliver.server import Security, SmtpServer
from digest.deliver.transport import Delivered, Patience, StoppedBy, deliver
from digest.errors import StoreError
from digest.model.delivery import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from digest.model.delivery import Result
    from digest.model.mail import Message

pytestmark = pytest.mark.enable_socket

MESSAGE = SampleMail().build()
PIPELINING: Script = POLITE | {"EHLO": b"250-here\r\n250 PIPELINING"}
HASTY = Patience(
    first_pause=timedelta(seconds=0.05), longest_pause=timedelta(seconds=0.2), give_up_after=timedelta(seconds=0.5)
)


def mail(number: int) -> Message:
    return replace(MESSAGE, recipient=f"reader{number}@example.net", message_id=f"<{number}@example.org>")


@dataclass
class Queue:
    """Work that is kept in memory, and the story of what was asked of it."""

    count: int
    unwanted: frozenset[int] = frozenset()
    after: Callable[[Queue, str], None] = lambda _queue, _what: None
    story: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    ends: dict[int, Result] = field(default_factory=dict)
    most_unknown: int = 0

    def __post_init__(self) -> None:
        self.pending = list(range(self.count))
        self.claimed: set[int] = set()
        self.attempting: set[int] = set()

    def claim(self, count: int) -> Sequence[int]:
        taken, self.pending = self.pending[:count], self.pending[count:]
        self.claimed.update(taken)
        self.tell("claim", taken)
        return taken

    def attempt(self, tickets: Sequence[int]) -> Sequence[Message | None]:
        assert set(tickets) <= self.claimed
        self.claimed.difference_update(tickets)
        self.attempting.update(set(tickets) - self.unwanted)
        self.most_unknown = max(self.most_unknown, len(self.attempting))
        self.tell("attempt", tickets)
        return [None if number in self.unwanted else mail(number) for number in tickets]

    def settle(self, results: Sequence[tuple[int, Result]]) -> None:
        assert {number for number, _ in results} <= self.attempting
        self.attempting.difference_update(number for number, _ in results)
        self.ends.update(results)
        self.tell("settle", [number for number, _ in results])

    def release(self, tickets: Sequence[int]) -> None:
        assert set(tickets) <= self.claimed | self.attempting
        self.claimed.difference_update(tickets)
        self.attempting.difference_update(tickets)
        self.pending += tickets
        self.tell("release", tickets)

    def tell(self, what: str, tickets: Sequence[int]) -> None:
        self.story.append((what, tuple(tickets)))
        self.after(self, what)

    def all_of(self, what: str) -> list[int]:
        return [number for told, numbers in self.story if told == what for number in numbers]

    @property
    def is_tidy(self) -> bool:
        """Nothing is claimed or unknown, and every delivery is in one place."""
        return not self.claimed and not self.attempting and len(self.ends) + len(self.pending) <= self.count


def at(port: int, **options: Any) -> SmtpServer:
    return SmtpServer(HOST, port, Security.NONE, **{"timeout": timedelta(seconds=5), **options})


def run(queue: Queue, port: int, *, connections: int = 4, **options: Any) -> Delivered:
    return deliver(queue, SmtpCarrier(at(port)), connections=connections, **options)


# --- Handing over


@pytest.mark.smtp_sink
@pytest.mark.parametrize("connections", [1, 8])
def test_everything_is_handed_over_once(tmp_path: Path, connections: int) -> None:
    queue = Queue(100)
    with smtp_sink(tmp_path) as port:
        delivered = run(queue, port, connections=connections)
    assert delivered == Delivered({Outcome.SENT: 100})
    assert not delivered.stopped_by
    assert queue.is_tidy
    assert queue.pending == []
    assert sorted(queue.all_of("settle")) == sorted(queue.all_of("attempt")) == list(range(100))
    dumps = [file.read_bytes() for file in tmp_path.glob("dump.*")]
    assert all(any(b"X-Rcpt-Args: <%s>" % mail(n).recipient.encode() in dump for dump in dumps) for n in range(100))
    assert len(dumps) == 100


def test_each_connection_has_at_most_one_mail_that_is_not_recorded() -> None:
    queue = Queue(40)
    with scripted(PIPELINING) as (port, _):
        run(queue, port, connections=3)
    assert queue.most_unknown <= 3


def test_answers_that_come_together_are_recorded_together() -> None:
    """While one record is being written, the answers of the others come in."""
    queue = Queue(60, after=lambda _, what: time.sleep(0.02) if what == "settle" else None)
    with scripted(PIPELINING) as (port, _):
        run(queue, port, connections=6)
    sizes = [len(numbers) for what, numbers in queue.story if what == "settle"]
    assert sum(sizes) == 60
    assert 1 < max(sizes) <= 6
    assert len(sizes) < 55


def test_an_attempt_is_recorded_before_the_server_hears_of_it_and_its_end_before_the_next() -> None:
    inbox = Inbox()
    seen: list[tuple[int, int]] = []
    queue = Queue(
        5, after=lambda queue, what: seen.append((len(inbox.mails), len(queue.ends))) if what != "claim" else None
    )
    with receiving(inbox) as port:
        run(queue, port, connections=1)
    assert seen == [(0, 0), *[(n, n) for n in range(1, 5) for _ in range(2)], (5, 5)]


def test_what_is_not_wanted_any_more_is_not_sent() -> None:
    queue = Queue(20, unwanted=frozenset({0, 1, 2, 7, 18, 19}))
    with receiving(inbox := Inbox()) as port:
        delivered = run(queue, port, connections=3)
    assert delivered.outcomes == {Outcome.SENT: 14}
    assert len(inbox.mails) == 14
    assert set(queue.ends) == set(range(20)) - queue.unwanted


def test_without_work_nobody_connects() -> None:
    with scripted(PIPELINING) as (port, heard):
        assert run(Queue(0), port) == Delivered({})
    assert heard == []


def test_one_slow_answer_holds_up_one_connection_only() -> None:
    class Slow(Inbox):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            if envelope.rcpt_tos[0].startswith("reader0@"):
                await asyncio.sleep(0.5)
            return await super().handle_DATA(server, session, envelope)

    queue = Queue(12)
    with receiving(inbox := Slow()) as port:
        run(queue, port, connections=2)
    assert queue.all_of("settle")[-1] == 0
    assert len(inbox.mails) == 12


def test_every_end_is_told() -> None:
    answers = ["550 5.1.1 no", "450 later", "550 5.7.1 no"]
    queue = Queue(5)
    with receiving(Inbox(recipient_answers=answers)) as port:
        delivered = run(queue, port, connections=1)
    assert delivered.outcomes == {Outcome.REFUSED: 1, Outcome.DEFERRED: 1, Outcome.POLICY: 1, Outcome.SENT: 2}
    assert Counter(end.outcome for end in queue.ends.values()) == delivered.outcomes


# --- Stopping


def test_told_to_stop_it_finishes_what_it_began_and_gives_back_the_rest() -> None:
    stop, inbox = threading.Event(), Inbox(seconds_to_take=0.05)
    queue = Queue(500, after=lambda queue, _: stop.set() if len(queue.ends) >= 20 else None)
    with receiving(inbox) as port:
        delivered = run(queue, port, stop=stop.is_set)
    assert delivered.stopped_by is StoppedBy.SIGNAL
    assert queue.is_tidy
    assert 20 <= len(queue.ends) < 30
    assert all(end.outcome is Outcome.SENT for end in queue.ends.values())
    assert len(queue.ends) + len(queue.pending) == 500
    assert len(inbox.mails) == len(queue.ends)


def test_told_to_stop_at_once_it_begins_nothing() -> None:
    queue = Queue(10)
    with scripted(PIPELINING) as (port, heard):
        delivered = run(queue, port, stop=lambda: True)
    assert (delivered.stopped_by, queue.story, heard) == (StoppedBy.SIGNAL, [], [])


def test_told_to_stop_while_it_connects_it_records_no_attempt() -> None:
    stop = threading.Event()

    def conversation(peer: socket.socket) -> None:
        stop.set()
        peer.sendall(b"220 ready\r\n")
        peer.recv(1000)
        peer.sendall(b"250 here\r\n")
        peer.recv(1000)

    queue = Queue(10)
    with conversing(conversation) as port:
        delivered = run(queue, port, connections=1, stop=stop.is_set)
    assert delivered == Delivered({}, StoppedBy.SIGNAL)
    assert queue.all_of("attempt") == []
    assert queue.is_tidy
    assert len(queue.pending) == 10


def test_a_rest_does_not_keep_it_from_stopping() -> None:
    queue, start = Queue(10), time.monotonic()
    delivered = run(queue, free_port(), stop=lambda: time.monotonic() > start + 0.3)
    assert delivered.stopped_by is StoppedBy.SIGNAL
    assert time.monotonic() - start < 2
    assert queue.is_tidy


class Deaf:
    """A sender that connects, sooner or later, and misses that it was cancelled meanwhile, even twice."""

    is_connected = False

    def __init__(self, *, is_slow: bool) -> None:
        self._is_slow = is_slow

    async def connect(self) -> Result | None:
        for seconds in (60, 0.2) if self._is_slow else (0,):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(seconds)
        return None

    async def send(self, message: Message) -> Result:
        raise NotImplementedError

    async def close(self) -> None:
        """Leaves."""

    def cut(self) -> None:
        """Hangs up."""


class DeafCarrier:
    def __init__(self) -> None:
        self._opened = 0

    def open(self) -> Deaf:
        self._opened += 1
        return Deaf(is_slow=self._opened > 1)


@pytest.mark.parametrize("kind", [StoreError, KeyboardInterrupt])
def test_a_connection_that_misses_the_end_holds_nothing_up(kind: type[BaseException]) -> None:
    def fail(_: Queue, what: str) -> None:
        if what == "attempt":
            raise kind("the disk is gone")

    start = time.monotonic()
    with pytest.raises(kind, match="the disk is gone"):
        deliver(Queue(10, after=fail), DeafCarrier(), connections=3)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("moment", ["claim", "attempt", "settle"])
@pytest.mark.parametrize("kind", [StoreError, KeyboardInterrupt])
def test_an_error_of_the_record_ends_everything_at_once(moment: str, kind: type[BaseException]) -> None:
    def fail(queue: Queue, what: str) -> None:
        if what == moment and len(queue.story) > 3 - 3 * (moment == "claim"):
            raise kind("the disk is gone")

    queue = Queue(50, after=fail)
    with scripted(PIPELINING) as (port, heard):
        with pytest.raises(kind, match="the disk is gone"):
            run(queue, port)
        told = len(queue.story)
        time.sleep(0.1)
        assert "QUIT" not in heard
    assert queue.story[-1][0] == moment
    assert len(queue.story) == told


def test_after_an_error_no_connection_is_left_open() -> None:
    ended = threading.Event()

    def fail(_queue: Queue, what: str) -> None:
        if what == "settle":
            raise StoreError("the disk is gone")

    def listen() -> None:
        peer, _ = server.accept()
        with peer, peer.makefile("rb") as said:
            peer.sendall(b"220 ready\r\n")
            for line in said:
                key = "." if line == b".\r\n" else line[:4].decode("latin-1").strip()
                peer.sendall((PIPELINING.get(key) or b"") + b"\r\n" if key in PIPELINING else b"")
        ended.set()

    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        with pytest.raises(StoreError):
            run(Queue(5, after=fail), server.getsockname()[1], connections=1)
        assert ended.wait(2)


# --- Relay and policy


def test_a_relay_that_is_not_there_costs_no_attempt() -> None:
    queue = Queue(30)
    delivered = run(queue, free_port(), patience=HASTY)
    assert delivered.stopped_by is StoppedBy.RELAY
    assert "mail.smtp_port" in delivered.answer
    assert set(delivered.outcomes) == {Outcome.UNREACHABLE}
    assert queue.all_of("attempt") == []
    assert queue.is_tidy
    assert sorted(queue.pending) == list(range(30))


def test_a_failing_relay_is_tried_by_one_connection_at_a_time_and_ever_more_rarely() -> None:
    asked: list[float] = []
    with conversing(lambda _peer: asked.append(time.monotonic())) as port:
        patience = replace(HASTY, longest_pause=timedelta(seconds=60), give_up_after=timedelta(seconds=1))
        delivered = run(Queue(30), port, patience=patience)
    assert delivered.stopped_by is StoppedBy.RELAY
    probes = asked[-4:]
    assert len(asked) <= 4 + 2 + len(probes)
    gaps = [after - before for before, after in pairwise(probes)]
    assert gaps == sorted(gaps)
    assert sum(gaps) > 0.6


def test_a_relay_that_comes_back_gets_everything() -> None:
    port = free_port()
    queue = Queue(20)
    result: list[Delivered] = []
    patience = replace(HASTY, give_up_after=timedelta(seconds=20))
    sending = threading.Thread(target=lambda: result.append(run(queue, port, patience=patience)))
    sending.start()
    time.sleep(0.4)
    with receiving(inbox := Inbox(), port=port):
        sending.join(10)
    assert result[0].outcomes[Outcome.SENT] == 20
    assert not result[0].stopped_by
    assert len(inbox.mails) == 20


def test_a_server_that_takes_mails_and_falls_silent_is_not_given_the_whole_list() -> None:
    queue = Queue(100)
    with scripted(PIPELINING | {".": None}) as (port, _):
        delivered = run(queue, port, connections=2, patience=HASTY)
    assert delivered.stopped_by is StoppedBy.RELAY
    assert delivered.outcomes[Outcome.UNCERTAIN] < 15
    assert queue.is_tidy


def test_a_policy_against_our_mail_ends_the_run() -> None:
    queue = Queue(100)
    with scripted(PIPELINING | {".": b"554 5.7.1 you are on a list"}) as (port, _):
        delivered = run(queue, port, connections=2)
    assert delivered.stopped_by is StoppedBy.POLICY
    assert delivered.answer == "554 5.7.1 you are on a list"
    assert 5 <= delivered.outcomes[Outcome.POLICY] <= 6
    assert queue.is_tidy


def test_single_policy_refusals_between_mails_that_are_taken_do_not() -> None:
    queue = Queue(40)
    answers = [answer for _ in range(8) for answer in ["550 5.7.1 no"] * 4 + ["250 OK"]]
    inbox = Inbox(sender_answers=[])
    inbox.data_answers = answers
    with receiving(inbox) as port:
        delivered = run(queue, port, connections=1)
    assert not delivered.stopped_by
    assert delivered.outcomes == {Outcome.POLICY: 32, Outcome.SENT: 8}


# --- The rate


def test_the_rate_holds_over_all_connections() -> None:
    queue, start = Queue(41), time.monotonic()
    with scripted(PIPELINING) as (port, _):
        run(queue, port, connections=8, rate_per_second=50)
        seconds = time.monotonic() - start
    assert len(queue.ends) == 41
    assert 0.79 < seconds < 1.5


def test_at_a_slow_rate_nothing_is_claimed_long_before_its_turn() -> None:
    queue = Queue(20, after=lambda queue, _: most.append(len(queue.claimed)))
    most: list[int] = []
    start = time.monotonic()
    with scripted(PIPELINING) as (port, _):
        run(queue, port, connections=8, rate_per_second=2, stop=lambda: time.monotonic() > start + 0.7)
    assert max(most) <= 4
    assert queue.is_tidy


def test_a_slow_rate_does_not_keep_a_finished_run_waiting() -> None:
    queue, start = Queue(1), time.monotonic()
    with scripted(PIPELINING) as (port, _):
        run(queue, port, rate_per_second=0.1)
    assert time.monotonic() - start < 3


# --- The outbox


def test_mails_go_into_the_outbox_folder(tmp_path: Path) -> None:
    queue = Queue(12)
    with OutboxTransport(tmp_path / "outbox") as outbox:
        delivered = deliver(queue, OutboxCarrier(outbox), connections=4)
    assert delivered == Delivered({Outcome.SENT: 12})
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 12


def test_a_folder_that_can_t_be_written_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in its place")
    queue = Queue(12)
    with OutboxTransport(tmp_path / "outbox") as outbox:
        delivered = deliver(queue, OutboxCarrier(outbox), connections=4, patience=HASTY)
    assert delivered.stopped_by is StoppedBy.RELAY
    assert "mail.outbox_dir" in delivered.answer
    assert queue.is_tidy
    assert sorted(queue.pending) == list(range(12))
