"""Hands one mail over on a connection: envelope, text, and what the server says to each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.deliver.verdict import CLOSING, Phase, break_off, judge
from digest.deliver.wire import BrokenOffError
from digest.model.delivery import Outcome, Result
from digest.model.mail import DotSafe

if TYPE_CHECKING:
    from digest.deliver.server import Offers, SmtpServer
    from digest.deliver.wire import Answer, Wire
    from digest.model.mail import Message

_PATH = re.compile(r"[^\x00-\x20\x7f-\xa0<>\u2028\u2029\ud800-\udfff]{0,320}")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class Transaction:
    """One mail on `wire`, where `needs_reset` says that an earlier one was left half said.

    Afterwards `has_begun` tells whether the server agreed to anything of this mail, `is_in_order` whether another may
    follow on the same connection, and `needs_reset` whether that has to clear away this one first.
    """

    def __init__(self, wire: Wire, message: Message, *, server: SmtpServer, offers: Offers, needs_reset: bool) -> None:
        self._wire = wire
        self._message = message
        self._pipelining = offers.pipelining
        self._seconds = server.timeout.total_seconds()
        self._seconds_for_data = server.time_for_data.total_seconds()
        self._commands = _commands(message, offers, needs_reset=needs_reset)
        self._phase = self._commands[0][0]
        self._refusal: Result | None = None
        self.has_begun = False
        self.is_in_order = True
        self.needs_reset = False

    async def run(self) -> Result:
        """How it ended, whatever the server does."""
        try:
            await self._announce()
            return self._refusal or await self._send_text()
        except BrokenOffError as broken:
            self.is_in_order = False
            is_out = self._phase is Phase.END and not self._wire.is_unsent
            return self._refusal or break_off(Phase.END if is_out else _before_the_end(self._phase), str(broken))

    async def _announce(self) -> None:
        """MAIL, RCPT and DATA: in one go where the server allows it (RFC 2920), else one by one."""
        if self._pipelining:
            self._wire.write(b"".join(command for _, command in self._commands))
        for phase, command in self._commands:
            self._phase = phase
            if not self._pipelining:
                self._wire.write(command)
            self._weigh(await self._wire.answer(self._seconds))
            if self._refusal and not self._pipelining:
                return
        if self._refusal and not self.needs_reset:
            await self._end_without_text()

    def _weigh(self, answer: Answer) -> None:
        """Notes the first refusal, and stops where the server has lost its place or closes."""
        if self._phase.is_welcomed_by(answer.code):
            self.has_begun = self.has_begun or self._phase is Phase.SENDER
            self.needs_reset = self._phase is not Phase.TEXT
            return
        if self._phase is Phase.RESET:
            raise BrokenOffError(f"the server answered {answer.code} to RSET")
        self._refusal = self._refusal or judge(self._phase, answer.code, answer.text)
        self.needs_reset = True
        if answer.code == CLOSING or answer.code < 400:
            raise BrokenOffError("the server is closing, or has lost its place")

    async def _end_without_text(self) -> None:
        """Says the dot that a server waits for which took DATA in spite of a refusal (RFC 2920, section 3.1)."""
        self._wire.write(b".\r\n")
        answer = await self._wire.answer(self._seconds)
        self.is_in_order = answer.code != CLOSING

    async def _send_text(self) -> Result:
        if not self._wire.has_answer:
            self._wire.write(_terminated(self._message))
            self._phase = Phase.END
        answer = await self._wire.answer(self._seconds_for_data)
        # Answered before it was heard out: what is held back must not reach the server as commands.
        is_early = self._phase is not Phase.END or self._wire.is_unsent
        self.is_in_order = not is_early and answer.code != CLOSING and not 300 <= answer.code < 400
        if is_early and answer.code < 400:
            return break_off(Phase.TEXT, "the server answered before it was asked")
        return judge(Phase.END, answer.code, answer.text)


def find_unfit(message: Message, offers: Offers) -> Result | None:
    """Why the mail can't be handed in at such a server at all, or None when it can be."""
    if not _PATH.fullmatch(message.return_path):
        return Result(Outcome.POLICY, f"the return path {message.return_path!r:.200} is no address")
    if not message.recipient or not _PATH.fullmatch(message.recipient):
        return Result(Outcome.REFUSED, f"{message.recipient!r:.200} is no address", concerns_recipient=True)
    if not offers.smtputf8 and not (message.recipient + message.return_path).isascii():
        return Result(
            Outcome.REFUSED, "the address has letters beyond ASCII, and the mail server doesn't offer SMTPUTF8"
        )
    if 0 < offers.largest < len(message.content):
        size = f"the mail has {len(message.content):,} bytes"
        return Result(Outcome.REFUSED, f"{size}, and the mail server takes at most {offers.largest:,}")
    return None


def _commands(message: Message, offers: Offers, *, needs_reset: bool) -> list[tuple[Phase, bytes]]:
    parameters = f" SIZE={len(message.content)}" if offers.size else ""
    if offers.smtputf8 and not (message.recipient + message.return_path).isascii():
        parameters += " SMTPUTF8"
    commands = [
        (Phase.SENDER, f"MAIL FROM:<{message.return_path}>{parameters}\r\n".encode()),
        (Phase.RECIPIENT, f"RCPT TO:<{message.recipient}>\r\n".encode()),
        (Phase.TEXT, b"DATA\r\n"),
    ]
    return [(Phase.RESET, b"RSET\r\n"), *commands] if needs_reset else commands


def _before_the_end(phase: Phase) -> Phase:
    return Phase.TEXT if phase is Phase.END else phase


def _terminated(message: Message) -> bytes:
    """The text as it travels, with the final dot (RFC 5321, section 4.5.2).

    Where a line may begin with a dot, every line end becomes CRLF first, so that nothing in the text can be taken for
    its end (CVE-2023-51764). Looking costs as much as all the rest of sending, so a DotSafe text is believed.
    """
    content = message.content
    if not isinstance(content, DotSafe) and (b"\n." in content or b"\r." in content or content.startswith(b".")):
        content = _LEADING_DOT.sub(b"..", _LINE_END.sub(b"\n", content)).replace(b"\n", b"\r\n")
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
