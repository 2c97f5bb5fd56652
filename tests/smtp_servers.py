"""Real SMTP servers on the loopback address: aiosmtpd where it can play the part, a scripted one where it can't."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "127.0.0.1"
_SMTP_SINK = shutil.which("smtp-sink", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])) or "smtp-sink"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Received:
    return_path: str
    recipients: list[str]
    content: bytes
    encrypted: bool


@dataclass
class Inbox:
    """Takes in mails; the answers are given in turn, then everything is accepted, after `seconds_to_take` each."""

    sender_answers: list[str] = field(default_factory=list)
    recipient_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    seconds_to_take: float = 0
    mails: list[Received] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)

    async def handle_MAIL(self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        self.connections.add(session.peer)
        if self.sender_answers:
            return self.sender_answers.pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_answers:
            return self.data_answers.pop(0)
        await asyncio.sleep(self.seconds_to_take)
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        self.mails.append(Received(envelope.mail_from, envelope.rcpt_tos, envelope.original_content, encrypted))
        return "250 2.0.0 Taken as 42"


@contextmanager
def receiving(inbox: Inbox, **options: Any) -> Iterator[int]:
    """An aiosmtpd server; gives its port."""
    controller = Controller(inbox, hostname=HOST, **{"port": free_port(), **options})
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


Script = dict[str, "bytes | None"]
POLITE: Script = {
    "greeting": b"220 ready",
    "EHLO": b"250 here",
    "MAIL": b"250 OK",
    "RCPT": b"250 OK",
    "DATA": b"354 go on",
    ".": b"250 taken",
    "RSET": b"250 OK",
    "QUIT": b"221 bye",
}


@contextmanager
def scripted(script: Script, *, silent_on: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """A server that answers each command as told, hangs up where told None, and says nothing to `silent_on`.

    Gives its port and the lines that it has heard.
    """
    heard: list[str] = []
    over = threading.Event()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if self.answer("greeting"):
                for line in self.rfile:
                    said = line.decode("latin-1").rstrip("\r\n")
                    heard.append(said)
                    if not self.answer(said if said == "." else said[:4].upper().strip()):
                        return

        def answer(self, command: str) -> bool:
            if command == silent_on:
                over.wait(20)
                return False
            reply = script.get(command, b"")
            if reply:
                self.wfile.write(reply + b"\r\n")
            return reply is not None

    with _serving(Conversation) as port:
        try:
            yield port, heard
        finally:
            over.set()


@contextmanager
def conversing(conversation: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection whatever `conversation` says; gives its port."""

    class Conversation(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                conversation(self.request)

    with _serving(Conversation) as port:
        yield port


@contextmanager
def _serving(conversation: Callable[..., socketserver.BaseRequestHandler]) -> Iterator[int]:
    with socketserver.ThreadingTCPServer((HOST, 0), conversation) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()


@contextmanager
def smtp_sink(folder: Path, *options: str) -> Iterator[int]:
    """Postfix's own sink, which keeps each mail in a file `dump.…` in `folder`; gives its port.

    `options` are its own: what it refuses, where it hangs up, how long it waits.
    """
    port = free_port()
    command = [_SMTP_SINK, "-d", "dump.%H%M%S.", *options, f"{HOST}:{port}", "100"]
    if os.geteuid() == 0:
        # It won't receive as root, and the folder must be another's to write in.
        command[1:1] = ["-u", "nobody"]
        shutil.chown(folder, "nobody")
    sink = subprocess.Popen(command, cwd=folder)
    try:
        _wait_for(port)
        yield port
    finally:
        sink.terminate()
        sink.wait(timeout=10)


def _wait_for(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"smtp-sink didn't answer on port {port}")
