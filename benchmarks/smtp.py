"""How many mails a second go out, and what one costs: ours, aiosmtplib and Postfix's smtp-source at the same smtp-sink.

    python benchmarks/smtp.py [--runs 5] [--mails 1500] [--size 60000] [--connections 1 4 8 16]

Everything stays on the loopback address. Each run hands over the same mails; the ways take turns, so that what else
the machine does meets all of them alike. Ours runs the whole engine over work that is kept in memory; aiosmtplib keeps
its connections too; smtp-source is C and records nothing. Prints medians: mails a second, the client's processor time
a mail in milliseconds, and the rate against smtp-source's.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from aiosmtplib import SMTP

from digest.deliver.carriers import SmtpCarrier
from digest.deliver.server import Security, SmtpServer
from digest.deliver.transport import deliver
from digest.model.delivery import Outcome
from digest.model.mail import DotSafe, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.model.delivery import Result

HOST = "127.0.0.1"
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])


@dataclass(frozen=True)
class Load:
    """What every way has to do."""

    mails: int
    connections: int
    content: DotSafe
    port: int

    def message(self, number: int) -> Message:
        """One of the mails: all hold the same text."""
        key = f"{number}@example.net"
        return Message("bounces@example.org", f"reader{key}", f"<{key}>", self.content)


class InMemory:
    """The least work there can be: numbers, and a list of what was sent."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.left = iter(range(load.mails))
        self.sent: list[int] = []

    def claim(self, count: int) -> Sequence[int]:
        """The next numbers."""
        return list(islice(self.left, count))

    def attempt(self, tickets: Sequence[int]) -> Sequence[Message]:
        """Their mails."""
        return [self.load.message(number) for number in tickets]

    def settle(self, results: Sequence[tuple[int, Result]]) -> None:
        """Notes which were taken."""
        self.sent += [number for number, result in results if result.outcome is Outcome.SENT]

    def release(self, tickets: Sequence[int]) -> None:
        """Nothing comes back from a sink that works."""
        raise SystemExit(f"{len(tickets)} mails came back")


def ours(load: Load) -> None:
    work = InMemory(load)
    server = SmtpServer(HOST, load.port, Security.NONE)
    deliver(work, SmtpCarrier(server), connections=load.connections)
    if len(work.sent) != load.mails:
        raise SystemExit(f"{len(work.sent)} of {load.mails} were sent")


def aiosmtplib(load: Load) -> None:
    asyncio.run(_aiosmtplib(load))


async def _aiosmtplib(load: Load) -> None:
    numbers = iter(range(load.mails))

    async def connection() -> None:
        async with SMTP(hostname=HOST, port=load.port, start_tls=False) as client:
            for number in numbers:
                message = load.message(number)
                await client.mail(message.return_path)
                await client.rcpt(message.recipient)
                await client.data(message.content)

    await asyncio.gather(*(connection() for _ in range(load.connections)))


def smtp_source(load: Load) -> None:
    command = ["smtp-source", "-d", "-s", str(load.connections), "-m", str(load.mails), "-l", str(len(load.content))]
    subprocess.run([*command, "-f", "a@example.org", "-t", "b@example.net", f"{HOST}:{load.port}"],
                   check=True, env={**os.environ, "PATH": PATH})  # fmt: skip


WAYS: dict[str, Callable[[Load], None]] = {"smtp-source": smtp_source, "ours": ours, "aiosmtplib": aiosmtplib}


def main() -> None:
    options = read_options()
    if not (shutil.which("smtp-sink", path=PATH) and shutil.which("smtp-source", path=PATH)):
        sys.exit("benchmarks/smtp.py: no smtp-sink or smtp-source. Debian: apt-get install postfix")
    content = letter(options.size)
    print(f"{options.mails:,} mails of {len(content):,} bytes, medians of {options.runs} runs")
    print(f"{'connections':>11}  {'way':<12}{'mails/s':>9}{'ms CPU/mail':>13}{'of smtp-source':>16}")
    with sink() as port:
        for connections in options.connections:
            report(Load(options.mails, connections, content, port), options.runs)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--mails", type=int, default=1500)
    parser.add_argument("--size", type=int, default=60_000)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 4, 8, 16])
    return parser.parse_args()


def letter(size: int) -> DotSafe:
    head = b"From: digest@example.org\r\nSubject: as long as a digest\r\n\r\n"
    line = b"x" * 74 + b"\r\n"
    return DotSafe(head + line * ((size - len(head)) // len(line)))


def report(load: Load, runs: int) -> None:
    rates: dict[str, list[float]] = defaultdict(list)
    costs: dict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        for name, way in WAYS.items():
            seconds, cpu = measured(way, load)
            rates[name].append(load.mails / seconds)
            costs[name].append(cpu * 1000 / load.mails)
    peer = statistics.median(rates["smtp-source"])
    for name in WAYS:
        rate = statistics.median(rates[name])
        cost = statistics.median(costs[name])
        print(f"{load.connections:>11}  {name:<12}{rate:>9,.0f}{cost:>13.3f}{rate / peer:>15.2f}×", flush=True)


def measured(way: Callable[[Load], None], load: Load) -> tuple[float, float]:
    before, start = processor_time(), time.perf_counter()
    way(load)
    return time.perf_counter() - start, processor_time() - before


def processor_time() -> float:
    """Of this process and of those it has started and seen end: the sink isn't among them."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def sink() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(["smtp-sink", *as_nobody, f"{HOST}:{port}", "100"], env={**os.environ, "PATH": PATH})
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


if __name__ == "__main__":
    main()
