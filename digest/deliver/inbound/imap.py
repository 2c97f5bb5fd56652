"""Reads the unseen mails of an IMAP folder (RFC 9051) over TLS."""

from __future__ import annotations

import imaplib
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from digest.deliver.address import checked_line
from digest.deliver.inbound.arrival import Arrival, mail_from_mailbox
from digest.errors import DeliveryError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of a longer mail only the beginning is fetched: reports and commands stand in front.
_LONGEST = 10_000_000


class Afterwards(StrEnum):
    """What becomes of a mail that is settled."""

    SEEN = "seen"
    MOVED = "moved"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ImapFolder:
    """A folder and how to open it; settled mails are marked as seen, moved to `move_to` or deleted.

    `batch` is the most mails of one reading.
    """

    host: str
    username: str
    password: str = field(repr=False)
    port: int = 993
    folder: str = "INBOX"
    afterwards: Afterwards = Afterwards.SEEN
    move_to: str = ""
    batch: int = 200
    timeout: timedelta = timedelta(seconds=60)


def read_imap(folder: ImapFolder, *, context: ssl.SSLContext | None = None) -> Iterator[Arrival]:
    """The unseen mails, oldest first; settle each before asking for the next, as the connection ends with the last.

    A mail that disappears meanwhile is passed over. InputError when a name of the folder can't be used; DeliveryError
    when the server can't be reached or refuses something, permanent when that is the name or the password.
    """
    _check(folder)
    with _explained(folder, "connecting"):
        client = imaplib.IMAP4_SSL(
            folder.host,
            folder.port,
            ssl_context=context or ssl.create_default_context(),
            timeout=folder.timeout.total_seconds(),
        )
    try:
        abilities = _log_in(client, folder)
        with _explained(folder, f"opening {folder.folder!r}"):
            _ok(client.select(_quoted(folder.folder)))
            found = _ok(client.uid("SEARCH", "UNSEEN UNDELETED"))
        uids = sorted(int(uid) for line in found if line for uid in line.split() if uid.isdigit())
        for uid in uids[: folder.batch]:
            content = _fetched(client, folder, uid)
            if content is not None:
                yield Arrival(mail_from_mailbox(content), partial(_settle, client, abilities, folder, uid))
    finally:
        # The mails are settled one by one: a farewell that fails changes nothing, but leaves the socket open.
        with suppress(imaplib.IMAP4.error, OSError):
            client.logout()
        with suppress(OSError):
            client.shutdown()


def _check(folder: ImapFolder) -> None:
    for what, name in (("folder", folder.folder), ("folder to move to", folder.move_to)):
        if not name.isascii():
            raise InputError(f"Using {name!r} as the IMAP {what}: only ASCII letters can be used. Rename the folder.")
    for name in (folder.folder, folder.move_to, folder.username, folder.host):
        checked_line(name, what="a name for IMAP")
    if not folder.password.isprintable():
        raise InputError("Using the IMAP password: it has characters that can't be printed. Type it anew.")
    if (folder.afterwards is Afterwards.MOVED) != bool(folder.move_to):
        raise InputError("Reading mail over IMAP: a folder to move mails to is needed for moving them, and only then.")


def _log_in(client: imaplib.IMAP4, folder: ImapFolder) -> frozenset[str]:
    """What the server can do, which many tell in full only now."""
    with _explained(folder, f"logging in as {folder.username}", permanent=True):
        if (folder.username + folder.password).isascii():
            client.login(_quoted(folder.username), folder.password)
        else:
            # LOGIN has no letters beyond ASCII; AUTHENTICATE PLAIN does (RFC 4616).
            secret = f"\0{folder.username}\0{folder.password}".encode()
            client.authenticate("PLAIN", lambda _challenge: secret)
        told = _ok(client.capability())
    return frozenset(word.decode("ascii", "replace").upper() for line in told if line for word in line.split())


def _fetched(client: imaplib.IMAP4, folder: ImapFolder, uid: int) -> bytes | None:
    with _explained(folder, "fetching a mail"):
        # PEEK leaves it unseen until it is settled.
        answers = _ok(client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{_LONGEST}>)"))
    return next((bytes(answer[1]) for answer in answers if isinstance(answer, tuple)), None)


def _settle(client: imaplib.IMAP4, abilities: frozenset[str], folder: ImapFolder, uid: int) -> None:
    with _explained(folder, f"marking a mail as {folder.afterwards}"):
        if folder.afterwards is Afterwards.SEEN:
            _ok(client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))
        elif folder.afterwards is Afterwards.MOVED and "MOVE" in abilities:
            _ok(client.uid("MOVE", str(uid), _quoted(folder.move_to)))
        else:
            if folder.afterwards is Afterwards.MOVED:
                _ok(client.uid("COPY", str(uid), _quoted(folder.move_to)))
            _delete(client, abilities, uid)


def _delete(client: imaplib.IMAP4, abilities: frozenset[str], uid: int) -> None:
    _ok(client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen \Deleted)"))
    # A plain EXPUNGE would take mails along that somebody else marked; without UIDPLUS this one stays, marked.
    if "UIDPLUS" in abilities:
        _ok(client.uid("EXPUNGE", str(uid)))


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    status, lines = answer
    if status != "OK":
        raise imaplib.IMAP4.error(
            b" ".join(line for line in lines if isinstance(line, bytes)).decode("ascii", "replace")
        )
    return lines


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextmanager
def _explained(folder: ImapFolder, doing: str, *, permanent: bool = False) -> Iterator[None]:
    try:
        yield
    except imaplib.IMAP4.abort as error:
        raise _unusable(folder, doing, error, "The server hung up: try again later", permanent=False) from error
    except (imaplib.IMAP4.error, ValueError) as error:
        # A server that can't look the password up just now says so (RFC 5530).
        permanent = permanent and "[UNAVAILABLE]" not in str(error)
        raise _unusable(folder, doing, error, "Look at the IMAP settings", permanent=permanent) from error
    except OSError as error:
        hint = "Look at the host and the port, or try again later"
        raise _unusable(folder, doing, error, hint, permanent=False) from error


def _unusable(folder: ImapFolder, doing: str, error: Exception, hint: str, *, permanent: bool) -> DeliveryError:
    said = " ".join(str(error).removeprefix("b'").removesuffix("'").split())[:200] or type(error).__name__
    return DeliveryError(
        f"Reading mail from {folder.host}:{folder.port}: {doing} failed: {said}. {hint}.", permanent=permanent
    )
