"""A small IMAP server over TLS on the loopback address: enough of RFC 9051 for one client."""

from __future__ import annotations

import base64
import re
import shlex
import socketserver
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import trustme

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
USERNAME, PASSWORD = "bounces", 'pa"ss w\\örd'


@dataclass
class Kept:
    content: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class Mailboxes:
    """Folders of mails by UID; `capabilities` beyond IMAP4rev1, and commands that are refused or hung up on."""

    folders: dict[str, dict[int, Kept]] = field(default_factory=lambda: {"INBOX": {}, "Done here": {}})
    capabilities: str = "MOVE UIDPLUS"
    password: str = PASSWORD
    refused: set[str] = field(default_factory=set)
    hung_up_on: set[str] = field(default_factory=set)
    silent: bool = False
    login_refusal: str = "NO [AUTHENTICATIONFAILED] wrong"
    commands: list[str] = field(default_factory=list)

    def put(self, *contents: bytes, folder: str = "INBOX") -> None:
        for content in contents:
            self.folders[folder][max(self.folders[folder], default=0) + 1] = Kept(content)

    def contents(self, folder: str) -> list[bytes]:
        return [kept.content for kept in self.folders[folder].values()]


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server
    knows_who = False
    disable_nagle_algorithm = True
    selected = "INBOX"

    def handle(self) -> None:
        if self.server.mailboxes.silent:
            self.rfile.read(1)
            return
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            words = shlex.split(command, posix=True)
            name = (f"UID {words[1]}" if words[0].upper() == "UID" else words[0]).upper()
            self.server.mailboxes.commands.append(name)
            if name in self.server.mailboxes.hung_up_on:
                return
            if name in self.server.mailboxes.refused:
                self._say(f"{tag} NO not today")
                continue
            done = getattr(self, "do_" + name.lower().replace(" ", "_"))(words)
            self._say(f"{tag} {done or 'OK done'}")
            if name == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    @property
    def _mails(self) -> dict[int, Kept]:
        return self.server.mailboxes.folders[self.selected]

    def do_capability(self, _words: list[str]) -> None:
        # As Dovecot does: more is told after the login.
        more = self.server.mailboxes.capabilities if self.knows_who else "AUTH=PLAIN"
        self._say(f"* CAPABILITY IMAP4rev1 {more}")

    def do_login(self, words: list[str]) -> str | None:
        self.knows_who = words[1:] == [USERNAME, self.server.mailboxes.password]
        return None if self.knows_who else self.server.mailboxes.login_refusal

    def do_authenticate(self, _words: list[str]) -> str | None:
        self._say("+ ")
        _, username, password = base64.b64decode(self.rfile.readline()).decode().split("\0")
        return self.do_login(["LOGIN", username, password])

    def do_select(self, words: list[str]) -> str | None:
        if words[1] not in self.server.mailboxes.folders:
            return "NO no such folder"
        self.selected = words[1]
        self._say(f"* {len(self._mails)} EXISTS")
        return "OK [READ-WRITE] done"

    def do_uid_search(self, words: list[str]) -> None:
        assert words[2:] == ["UNSEEN", "UNDELETED"]
        found = [uid for uid, kept in self._mails.items() if not kept.flags & {"\\Seen", "\\Deleted"}]
        self._say("* SEARCH " + " ".join(map(str, reversed(found))))

    def do_uid_fetch(self, words: list[str]) -> None:
        limit = re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", " ".join(words))
        assert limit
        if kept := self._mails.get(int(words[2])):
            content = kept.content[: int(limit[1])]
            self.wfile.write(
                b"* 1 FETCH (UID %s BODY[]<0> {%d}\r\n%s)\r\n" % (words[2].encode(), len(content), content)
            )

    def do_uid_store(self, words: list[str]) -> None:
        if kept := self._mails.get(int(words[2])):
            # shlex has taken the backslashes for its own.
            kept.flags |= {"\\" + word.strip("()") for word in words[4:]}

    def do_uid_copy(self, words: list[str]) -> None:
        self.server.mailboxes.put(self._mails[int(words[2])].content, folder=words[3])

    def do_uid_move(self, words: list[str]) -> None:
        self.server.mailboxes.put(self._mails.pop(int(words[2])).content, folder=words[3])

    def do_uid_expunge(self, words: list[str]) -> None:
        if "\\Deleted" in self._mails[int(words[2])].flags:
            del self._mails[int(words[2])]

    def do_logout(self, _words: list[str]) -> None:
        self._say("* BYE")


class _Server(socketserver.ThreadingTCPServer):
    def __init__(self, mailboxes: Mailboxes, context: ssl.SSLContext) -> None:
        self.mailboxes = mailboxes
        self.context = context
        super().__init__((HOST, 0), _Conversation)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with self.context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves in the middle is what some tests are about."""


@cache
def _contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's, and a client's that trusts it."""
    authority = trustme.CA()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(server_side)
    client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(client_side)
    return server_side, client_side


@contextmanager
def serving(mailboxes: Mailboxes) -> Iterator[tuple[int, ssl.SSLContext]]:
    """The server's port, and a context that trusts it."""
    server_side, client_side = _contexts()
    with _Server(mailboxes, server_side) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(server.server_address[1]), client_side
        finally:
            server.shutdown()
            thread.join()
