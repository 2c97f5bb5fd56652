"""Puts mails into a folder instead of sending them: one file each, which any mail program opens."""

from __future__ import annotations

import re
from datetime import UTC
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from digest.deliver.receipt import Receipt
from digest.errors import DeliveryError
from digest.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.mail import Message

# A mail holds links that act for its reader.
_OWNER_ALONE = 0o600
_PLAIN_ID = re.compile(r"<([A-Za-z0-9_@.-]{1,100})>")


class OutboxTransport:
    """Writes each mail to `folder` as `<time of its Date>_<its Message-ID>.eml`, so that names sort by time.

    A Message-ID has one file: sent once more, a mail takes the place of the earlier one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] | None = None

    def send(self, message: Message) -> Receipt:
        """The file that was written, whole or not at all; DeliveryError when the folder can't be made or written."""
        identity = _identity(message.message_id)
        path = self._folder / f"{_time_of(message.content)}_{identity}.eml"
        try:
            self._put(path, identity, message.content)
        except OSError as error:
            raise DeliveryError(
                f"Writing a mail into the outbox folder {self._folder}: {error.strerror}. "
                "Set mail.outbox_dir to a folder that can be written.",
                permanent=False,
            ) from error
        return Receipt(where=str(path), answer="written to the outbox folder")

    def _put(self, path: Path, identity: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._files is None:
            self._files = {file.stem.partition("_")[2]: file for file in self._folder.glob("*_*.eml")}
        write_whole(path, content, mode=_OWNER_ALONE)
        earlier = self._files.get(identity, path)
        self._files[identity] = path
        if earlier != path:
            earlier.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is left open between mails."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _identity(message_id: str) -> str:
    """The Message-ID without its brackets, or a hash of one that can't be a file's name."""
    plain = _PLAIN_ID.fullmatch(message_id)
    return plain[1] if plain else sha256(message_id.encode()).hexdigest()[:40]


def _time_of(content: bytes) -> str:
    date = BytesHeaderParser().parsebytes(content)["Date"]
    return f"{parsedate_to_datetime(date).astimezone(UTC):%Y%m%dT%H%M%SZ}" if date else "undated"
