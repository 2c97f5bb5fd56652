"""Reads the mails that wait in a maildir (https://cr.yp.to/proto/maildir.html)."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from digest.deliver.inbound.arrival import Arrival, mail_from_mailbox
from digest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOG = logging.getLogger("digest.inbox")
_SEEN = ":2,S"
# What file systems take, less the mark.
_LONGEST_NAME = 255 - len(_SEEN)
# Of a longer mail only the beginning is read: reports and commands stand in front.
_LONGEST = 10_000_000


def read_maildir(folder: Path) -> Iterator[Arrival]:
    """The mails in `new/`, the oldest name first; settling one moves it to `cur/`, marked as seen.

    A mail that another program takes away meanwhile is passed over, as is one that can't be read, which the log tells.
    DeliveryError when `folder` is no maildir or a mail in it can't be moved.
    """
    for file in _waiting(folder):
        try:
            with file.open("rb") as opened:
                content = opened.read(_LONGEST)
        except FileNotFoundError:
            continue
        except OSError as error:
            _LOG.error("A mail that came in is left in the inbox: %s", _unusable(folder, f"reading {file.name}", error))
            continue
        yield Arrival(mail_from_mailbox(content), partial(_settle, folder, file))


def _waiting(folder: Path) -> list[Path]:
    try:
        # A name with a dot in front is none of the mails; a folder can't be one.
        return sorted(file for file in (folder / "new").iterdir() if not file.name.startswith(".") and file.is_file())
    except OSError as error:
        raise _unusable(folder, "looking into new/", error) from error


def _settle(folder: Path, file: Path) -> None:
    base = file.name.partition(":")[0]
    try:
        (folder / "cur").mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            file.rename(folder / "cur" / f"{_shorten(base)}{_SEEN}")
    except OSError as error:
        raise _unusable(folder, f"moving {file.name} to cur/", error) from error


def _shorten(name: str) -> str:
    """A name with room for the mark behind it."""
    if len(os.fsencode(name)) <= _LONGEST_NAME:
        return name
    digest = sha256(os.fsencode(name)).hexdigest()
    return f"{os.fsencode(name)[: _LONGEST_NAME - len(digest) - 1].decode(errors='ignore')}-{digest}"


def _unusable(folder: Path, what: str, error: OSError) -> DeliveryError:
    return DeliveryError(
        f"Reading the maildir {folder}: {what} failed ({error.strerror or error}). It must be a folder with new/ and "
        "cur/ that this program may write to.",
        permanent=False,
    )
