"""One connection to real, refusing and misbehaving SMTP servers: every mail ends in a result."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sample_mail import SampleMail
from smtp_servers import HOST, POLITE, Inbox, Script, conversing, free_port, receiving, scripted, smtp_sink

from digest.deliver.connection import Connection
from digest.deliver.server import Security, SmtpServer
from digest.model.delivery import Outcome, Result
from digest.model.mail import DotSafe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.model.mail import Message

pytestmark = pytest.mark.enable_socket

MESSAGE = SampleMail().build()
OTHER = SampleMail(recipient="other@example.net", recipient_key="reader-8").build()
PIPELINING: Script = POLITE | {"EHLO": b"250-here\r\n250-SIZE 1000000\r\n250 PIPELINING"}


def at(port: int, **options: Any) -> SmtpServer:
    return SmtpServer(HOST, port, Security.NONE, **{"timeout": timedelta(seconds=5), **options})


def send(server: SmtpServer, *messages: Message) -> list[Result]:
    """How mails end that go one after the other through one Connection."""

    async def run() -> list[Result]:
        connection = Connection(server)
        try:
            return [await connection.send(message) for message in messages]
        finally:
            await connection.close()

    return asyncio.run(run())


def send_one(server: SmtpServer, message: Message = MESSAGE) -> Result:
    return send(server, message)[0]


@pytest.fixture(params=[POLITE, PIPELINING], ids=["one-by-one", "pipelined"])
def polite(request: pytest.FixtureRequest) -> Script:
    return dict(request.param)


# --- What arrives


@pytest.mark.smtp_sink
@pytest.mark.parametrize("options", [(), ("-p",), ("-e",)], ids=["pipelined", "one-by-one", "no-esmtp"])
def test_postfix_gets_the_very_bytes_on_one_connection(tmp_path: Path, options: tuple[str, ...]) -> None:
    with smtp_sink(tmp_path, *options) as port:
        results = send(at(port), MESSAGE, OTHER, MESSAGE)
    assert [result.outcome for result in results] == [Outcome.SENT] * 3
    dumps = [file.read_bytes().replace(b"\r\n", b"\n") for file in tmp_path.glob("dump.*")]
    for message, copies in ((MESSAGE, 2), (OTHER, 1)):
        found = [dump for dump in dumps if b"X-Rcpt-Args: <" + message.recipient.encode() in dump]
        assert len(found) == copies
        assert all(message.content.replace(b"\r\n", b"\n") in dump for dump in found)
        assert all(b"X-Mail-Args: <" + message.return_path.encode() in dump for dump in found)


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: dots\r\n\r\n.\r\n..\r\n.dot\r\nend\r\n",
        b".\r\nMAIL FROM:<evil@example.org>\r\n",
        b"Subject: none at the end",
    ],
)
def test_nothing_in_a_mail_is_taken_for_its_end(content: bytes) -> None:
    inbox = Inbox()
    with receiving(inbox) as port:
        assert send_one(at(port), replace(MESSAGE, content=content)).outcome is Outcome.SENT
    assert [mail.content for mail in inbox.mails] == [content.removesuffix(b"\r\n") + b"\r\n"]


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r.\r"])
def test_odd_line_ends_can_t_smuggle_a_second_mail(end: bytes) -> None:
    inbox = Inbox()
    content = b"Subject: one\r\n\r\nfirst" + end + b"MAIL FROM:<evil@example.org>\r\n"
    with receiving(inbox) as port:
        send_one(at(port), replace(MESSAGE, content=content))
    assert [mail.content for mail in inbox.mails] == [
        b"Subject: one\r\n\r\nfirst\r\n.\r\nMAIL FROM:<evil@example.org>\r\n"
    ]


def test_envelope_and_data_go_out_in_one_go() -> None:
    """The server says nothing until it has heard all three."""
    heard: list[bytes] = []

    def conversation(peer: socket.socket) -> None:
        peer.sendall(b"220 ready\r\n")
        assert peer.recv(1000).startswith(b"EHLO")
        peer.sendall(PIPELINING["EHLO"] + b"\r\n")  # type: ignore[operator]
        while not heard or not heard[0].endswith(b"DATA\r\n"):
            heard[:] = [b"".join(heard) + peer.recv(1000)]
        peer.sendall(b"250 OK\r\n250 OK\r\n354 go on\r\n")
        text = b""
        while not text.endswith(b"\r\n.\r\n"):
            text += peer.recv(100_000)
        peer.sendall(b"250 taken\r\n")

    with conversing(conversation) as port:
        assert send_one(at(port)).outcome is Outcome.SENT
    mail, rcpt, data, _ = heard[0].split(b"\r\n")
    assert mail == f"MAIL FROM:<{MESSAGE.return_path}> SIZE={len(MESSAGE.content)}".encode()
    assert rcpt == f"RCPT TO:<{MESSAGE.recipient}>".encode()
    assert data == b"DATA"


# --- What is refused before it goes out


@pytest.mark.parametrize("offers", [b"250-here\r\n250 SMTPUTF8", b"250 here"])
def test_letters_beyond_ascii_need_a_server_that_takes_them(offers: bytes) -> None:
    message = replace(MESSAGE, recipient="jürgen@example.net")
    with scripted(POLITE | {"EHLO": offers}) as (port, heard):
        result = send_one(at(port), message)
    if b"SMTPUTF8" in offers:
        assert result.outcome is Outcome.SENT
        assert heard[1].endswith(" SMTPUTF8")
        assert heard[2] == "RCPT TO:<jürgen@example.net>".encode().decode("latin-1")
    else:
        assert (result.outcome, result.concerns_recipient) == (Outcome.REFUSED, False)
        assert "SMTPUTF8" in result.answer
        assert not [line for line in heard if line.startswith("MAIL")]


def test_smtputf8_is_not_asked_for_without_need() -> None:
    with scripted(POLITE | {"EHLO": b"250-here\r\n250 SMTPUTF8"}) as (port, heard):
        send_one(at(port))
    assert not [line for line in heard if "SMTPUTF8" in line]


def test_a_mail_beyond_the_server_s_limit_is_not_begun() -> None:
    with scripted(POLITE | {"EHLO": b"250-here\r\n250 SIZE 100"}) as (port, heard):
        result = send_one(at(port))
    assert (result.outcome, result.concerns_recipient) == (Outcome.REFUSED, False)
    assert "at most 100" in result.answer
    assert not [line for line in heard if line.startswith("MAIL")]


@pytest.mark.parametrize("size", [b"SIZE", b"SIZE 0", b"SIZE nonsense", b"SIZE 9" + b"9" * 5000])
def test_a_limit_that_is_none_limits_nothing(size: bytes) -> None:
    with scripted(POLITE | {"EHLO": b"250-here\r\n250 " + size}) as (port, _):
        assert send_one(at(port)).outcome is Outcome.SENT


@pytest.mark.parametrize("end", ["\r\nDATA", "\n", "\0", " x", ">", "\ud800", "\u2028"])
def test_no_command_can_be_slipped_in_through_an_address(end: str) -> None:
    with scripted(PIPELINING) as (port, heard):
        to, path = send(
            at(port),
            replace(MESSAGE, recipient=f"reader@example.net{end}"),
            replace(MESSAGE, return_path=f"bounces@example.org{end}"),
        )
    assert (to.outcome, to.concerns_recipient) == (Outcome.REFUSED, True)
    assert path.outcome is Outcome.POLICY
    assert [line[:4] for line in heard] == ["EHLO", "QUIT"]


# --- Refusals

REFUSALS = [
    ("MAIL", b"550 5.1.0 no", Outcome.POLICY, False),
    ("MAIL", b"450 later", Outcome.DEFERRED, False),
    ("MAIL", b"421 closing", Outcome.DEFERRED, False),
    ("RCPT", b"550 5.1.1 no", Outcome.REFUSED, True),
    ("RCPT", b"550 5.7.1 no", Outcome.POLICY, False),
    ("RCPT", b"450 later", Outcome.DEFERRED, False),
    ("RCPT", b"421 closing", Outcome.DEFERRED, False),
    ("DATA", b"554 no", Outcome.REFUSED, False),
    ("DATA", b"451 later", Outcome.DEFERRED, False),
    ("DATA", b"421 closing", Outcome.DEFERRED, False),
    (".", b"552 too large", Outcome.REFUSED, False),
    (".", b"554 5.7.1 spam", Outcome.POLICY, False),
    (".", b"451 later", Outcome.DEFERRED, False),
    (".", b"421 closing", Outcome.DEFERRED, False),
]


@pytest.mark.parametrize(("command", "answer", "outcome", "concerns_recipient"), REFUSALS)
def test_a_refusal_ends_this_mail_and_not_the_next(
    polite: Script, command: str, answer: bytes, outcome: Outcome, concerns_recipient: bool
) -> None:
    script = polite | {command: answer}

    async def run(port: int) -> tuple[Result, Result]:
        connection = Connection(at(port))
        first = await connection.send(MESSAGE)
        script[command] = POLITE[command]
        second = await connection.send(OTHER)
        await connection.close()
        return first, second

    with scripted(script) as (port, heard):
        refused, sent = asyncio.run(run(port))
    assert (refused.outcome, refused.concerns_recipient) == (outcome, concerns_recipient)
    assert (refused.answer, refused.code) == (answer.decode(), int(answer[:3]))
    assert sent.outcome is Outcome.SENT
    assert [line[:4] for line in heard].count("EHLO") == (2 if answer.startswith(b"421") else 1)


@pytest.mark.smtp_sink
@pytest.mark.parametrize(
    ("options", "outcome", "code"),
    [
        (("-f", "MAIL"), Outcome.POLICY, 500),
        (("-f", "RCPT"), Outcome.REFUSED, 500),
        (("-f", "DATA"), Outcome.REFUSED, 500),
        (("-f", "."), Outcome.REFUSED, 500),
        (("-r", "MAIL"), Outcome.DEFERRED, 450),
        (("-r", "RCPT"), Outcome.DEFERRED, 450),
        (("-r", "DATA"), Outcome.DEFERRED, 450),
        (("-r", "."), Outcome.DEFERRED, 450),
        (("-f", "RCPT", "-B", "550 5.7.1 Not you"), Outcome.POLICY, 550),
        (("-f", ".", "-B", "554 5.7.1 Not this"), Outcome.POLICY, 554),
        (("-Q", "MAIL"), Outcome.DEFERRED, 421),
        (("-Q", "RCPT"), Outcome.DEFERRED, 421),
        (("-Q", "DATA"), Outcome.DEFERRED, 421),
        (("-Q", "."), Outcome.DEFERRED, 421),
        (("-q", "MAIL"), Outcome.DEFERRED, None),
        (("-q", "RCPT"), Outcome.DEFERRED, None),
        (("-q", "DATA"), Outcome.DEFERRED, None),
        (("-q", "."), Outcome.UNCERTAIN, None),
        (("-A", "0"), Outcome.REFUSED, 550),
        (("-f", "CONNECT"), Outcome.UNREACHABLE, None),
        (("-q", "CONNECT"), Outcome.UNREACHABLE, None),
        (("-q", "EHLO"), Outcome.UNREACHABLE, None),
        (("-f", "EHLO,HELO"), Outcome.UNREACHABLE, 500),
        (("-p", "-W", "MAIL:3"), Outcome.DEFERRED, None),
        (("-p", "-W", "RCPT:3"), Outcome.DEFERRED, None),
        (("-w", "3"), Outcome.DEFERRED, None),
        (("-p", "-W", ".:3"), Outcome.UNCERTAIN, None),
    ],
)
def test_postfix_s_faults_end_as_they_should(
    tmp_path: Path, options: tuple[str, ...], outcome: Outcome, code: int | None
) -> None:
    with smtp_sink(tmp_path, *options) as port:
        server = at(port, timeout=timedelta(seconds=0.5), time_for_data=timedelta(seconds=0.5))
        results = send(server, MESSAGE, OTHER)
    for result in results:
        assert result.outcome is outcome
        if outcome is not Outcome.UNREACHABLE:
            assert result.code == code


def test_a_dot_answers_data_that_was_let_through_after_a_refusal() -> None:
    script = PIPELINING | {"RCPT": b"550 5.1.1 no", ".": b"554 no recipients"}
    with scripted(script) as (port, heard):
        results = send(at(port), MESSAGE, OTHER)
    assert [(result.outcome, result.code) for result in results] == [(Outcome.REFUSED, 550)] * 2
    assert [line[:4] for line in heard] == ["EHLO", *["MAIL", "RCPT", "DATA", "."] * 2, "QUIT"]


def test_what_a_refusal_left_half_said_is_cleared_away_first() -> None:
    script = PIPELINING | {"RCPT": b"550 5.1.1 no", "DATA": b"503 no recipients"}
    with scripted(script) as (port, heard):
        send(at(port), MESSAGE, OTHER)
    envelope = ["MAIL", "RCPT", "DATA"]
    assert [line[:4] for line in heard] == ["EHLO", *envelope, "RSET", *envelope, "QUIT"]


def test_a_refusal_counts_even_if_the_server_hangs_up_right_after_it(polite: Script) -> None:
    with scripted(polite | {"RCPT": b"550 5.1.1 no", "DATA": None, "RSET": None}) as (port, _):
        result = send_one(at(port))
    assert (result.outcome, result.concerns_recipient) == (Outcome.REFUSED, True)


# --- Connections that are gone


def test_a_server_that_is_not_there_is_unreachable() -> None:
    result = send_one(at(free_port()))
    assert (result.outcome, result.code) == (Outcome.UNREACHABLE, None)
    assert "mail.smtp_port" in result.answer


def test_a_greeting_that_sends_us_away_is_unreachable_and_keeps_its_code() -> None:
    with scripted({"greeting": b"554 5.7.1 no service for you"}) as (port, _):
        result = send_one(at(port))
    assert result.outcome is Outcome.UNREACHABLE
    assert "554" in result.answer


@pytest.mark.parametrize("closing", [b"", b"421 idle for too long\r\n"])
def test_a_connection_that_the_server_gave_up_while_idle_is_made_anew(closing: bytes) -> None:
    greeted: list[int] = []

    def conversation(peer: socket.socket) -> None:
        greeted.append(1)
        converse(peer, PIPELINING)
        peer.sendall(closing)

    async def run(port: int) -> list[Result]:
        connection = Connection(at(port))
        first = await connection.send(MESSAGE)
        await asyncio.sleep(0.1)
        return [first, await connection.send(OTHER)]

    with conversing(conversation) as port:
        assert [result.outcome for result in asyncio.run(run(port))] == [Outcome.SENT] * 2
    assert len(greeted) == 2


@pytest.mark.parametrize("answer", [None, b"421 enough mails for one connection"])
def test_a_kept_connection_that_ends_at_the_next_mail_costs_it_nothing(polite: Script, answer: bytes | None) -> None:
    """The server takes one mail a connection, and says so only when the second begins."""
    ends = b"" if answer is None else answer + b"\r\n"

    def conversation(peer: socket.socket) -> None:
        converse(peer, polite)
        peer.recv(100_000)
        peer.sendall(ends)

    with conversing(conversation) as port:
        results = send(at(port), MESSAGE, OTHER, MESSAGE)
    assert [result.outcome for result in results] == [Outcome.SENT] * 3


def test_a_mail_is_tried_at_most_twice() -> None:
    greeted: list[int] = []

    def conversation(peer: socket.socket) -> None:
        greeted.append(1)
        if len(greeted) == 1:
            converse(peer, PIPELINING)
            peer.recv(100_000)
        else:
            peer.sendall(b"220 ready\r\n")
            peer.recv(1000)
            peer.sendall(b"250 here\r\n")
            peer.recv(1000)

    with conversing(conversation) as port:
        sent, lost = send(at(port), MESSAGE, OTHER)
    assert (sent.outcome, lost.outcome) == (Outcome.SENT, Outcome.DEFERRED)
    assert len(greeted) == 2


def converse(peer: socket.socket, script: Script) -> None:
    """Takes one mail as told."""
    said = peer.makefile("rb")
    peer.sendall(b"220 ready\r\n")
    for line in said:
        command = line.strip().decode("latin-1")
        key = "." if command == "." else command[:4]
        peer.sendall((script.get(key) or b"") + b"\r\n" if key in script else b"")
        if key == ".":
            return


# --- Servers that misbehave

Misbehaviour = "Callable[[socket.socket], None]"


def endless_line(peer: socket.socket) -> None:
    for _ in range(1000):
        peer.sendall(b"250 " + b"x" * 10_000)


def endless_answer(peer: socket.socket) -> None:
    for _ in range(1000):
        peer.sendall(b"250-and more\r\n" * 1000)


def endless_answers(peer: socket.socket) -> None:
    for _ in range(1000):
        peer.sendall(b"450 no\r\n" * 1000)


def drip(peer: socket.socket) -> None:
    for _ in range(100):
        peer.sendall(b"2")
        time.sleep(0.02)


def garbage(peer: socket.socket) -> None:
    peer.sendall(b"\0\xff\xfe nonsense\r\n")


def two_codes(peer: socket.socket) -> None:
    peer.sendall(b"250-yes\r\n550 no\r\n")


def half_an_answer(peer: socket.socket) -> None:
    peer.sendall(b"250-yes")


def nonsense_code(peer: socket.socket) -> None:
    peer.sendall(b"999 yes\r\n")


def wrong_kind(peer: socket.socket) -> None:
    peer.sendall(b"334 go on\r\n")


def reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(
    "misbehave",
    [endless_line, endless_answer, drip, garbage, two_codes, half_an_answer, nonsense_code, wrong_kind, reset],
)
def test_misbehaviour_leaves_a_mail_uncertain_only_after_its_end(
    misbehave: Callable[[socket.socket], None], stage: str, pipelining: bool
) -> None:
    script = PIPELINING if pipelining else POLITE

    def conversation(peer: socket.socket) -> None:
        said = peer.makefile("rb")
        peer.sendall(b"220 ready\r\n")
        for line in said:
            command = line.strip().decode("latin-1")
            key = "." if command == "." else command[:4]
            if key == stage:
                misbehave(peer)
                return
            peer.sendall((script.get(key) or b"") + b"\r\n" if key in script else b"")

    with conversing(conversation) as port:
        limits = {"timeout": timedelta(seconds=0.3), "time_for_data": timedelta(seconds=0.3)}
        result = send_one(at(port, **limits))
    assert result.outcome is (Outcome.UNCERTAIN if stage == "." else Outcome.DEFERRED)
    assert "\0" not in result.answer
    assert len(result.answer) < 400


def test_an_answer_in_pieces_is_an_answer() -> None:
    def conversation(peer: socket.socket) -> None:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        said = peer.makefile("rb")
        peer.sendall(b"220 ready\r\n")
        for line in said:
            command = line.strip().decode("latin-1")
            key = "." if command == "." else command[:4]
            for byte in (PIPELINING.get(key) or b"") + b"\r\n" if key in PIPELINING else b"":
                peer.sendall(bytes([byte]))
                time.sleep(0.0005)

    with conversing(conversation) as port:
        assert send_one(at(port)).outcome is Outcome.SENT


def test_answers_that_come_before_they_are_asked_for_are_believed_by_nobody() -> None:
    heard: list[bytes] = []

    def conversation(peer: socket.socket) -> None:
        peer.sendall(b"220 ready\r\n")
        peer.recv(1000)
        peer.sendall(b"250-here\r\n250 PIPELINING\r\n")
        peer.recv(1000)
        peer.sendall(b"250 OK\r\n250 OK\r\n354 go on\r\n250 taken already\r\n")
        heard.append(peer.recv(1000))

    with conversing(conversation) as port:
        result = send_one(at(port))
        assert (result.outcome, heard) == (Outcome.DEFERRED, [b""])
    assert "before it was asked" in result.answer


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(b"", Outcome.DEFERRED), (b"250 yes\r\n", Outcome.DEFERRED), (b"552 no\r\n", Outcome.REFUSED)],
)
def test_a_server_that_does_not_read_the_text_cannot_have_it(answer: bytes, outcome: Outcome) -> None:
    """The final dot never left this machine, whatever the server says."""
    over = threading.Event()

    def conversation(peer: socket.socket) -> None:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        said = peer.makefile("rb", buffering=0)
        peer.sendall(b"220 ready\r\n")
        while (key := said.readline()[:4].decode().strip()) != "DATA":
            peer.sendall((POLITE.get(key) or b"") + b"\r\n")
        peer.sendall(b"354 go on\r\n")
        time.sleep(0.1)
        peer.sendall(answer)
        over.wait(10)

    message = replace(MESSAGE, content=DotSafe((b"x" * 70 + b"\r\n") * 500_000))
    with conversing(conversation) as port:
        result = send_one(at(port, time_for_data=timedelta(seconds=0.5)), message)
        over.set()
    assert result.outcome is outcome


@pytest.mark.parametrize("text", [b"250 \0taken\0", b"250 \xff\xfe\x80", b"250", b"250 " + b"x" * 4000])
def test_odd_words_after_a_proper_code_don_t_matter(text: bytes) -> None:
    with scripted(PIPELINING | {".": text}) as (port, _):
        result = send_one(at(port))
    assert result.outcome is Outcome.SENT
    assert result.answer.startswith("250")
    assert "\0" not in result.answer
    assert len(result.answer) <= 300


def test_a_flood_while_idle_is_neither_kept_nor_believed() -> None:
    def conversation(peer: socket.socket) -> None:
        converse(peer, PIPELINING)
        endless_answers(peer)

    async def run(port: int) -> list[Result]:
        connection = Connection(at(port))
        first = await connection.send(MESSAGE)
        await asyncio.sleep(0.1)
        return [first, await connection.send(OTHER)]

    with conversing(conversation) as port:
        assert [result.answer for result in asyncio.run(run(port))] == ["250 taken"] * 2
