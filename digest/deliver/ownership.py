"""A name for a running sender that others can tell to be alive, however it ends."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Self

from digest.errors import DeliveryError
from digest.files import write_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# On Windows there are no such locks: there, what a dead sender held waits for its lease to run out.
if sys.platform != "win32":
    import fcntl


class Ownership:
    """A sender's `name`, alive as long as this is open: the system drops the lock behind it when the process ends.

    The name says in which folder the lock lies, by an id that is kept there: senders with other folders may use the
    same database, and a host's name alone doesn't tell them apart.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _explained(folder):
            self._family = f"{_host()}/{_read_id(folder)}/"
        self.name = f"{self._family}{os.getpid()}-{secrets.token_hex(4)}"
        self._file = self._lock()

    def find_dead(self, names: Iterable[str]) -> frozenset[str]:
        """Those of the names with a lock in this folder whose process has ended; of others nothing is known."""
        return frozenset(
            name for name in names if name != self.name and name.startswith(self._family) and self._is_dead(name)
        )

    def close(self) -> None:
        """Ends this sender's life."""
        self._path(self.name).unlink(missing_ok=True)
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _lock(self) -> IO[bytes]:
        path = self._path(self.name)
        with _explained(path):
            file = path.open("wb")
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file

    def _is_dead(self, name: str) -> bool:
        if sys.platform == "win32":
            return False
        path = self._path(name)
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def _path(self, name: str) -> Path:
        return self._folder / f"{name.rpartition('/')[2]}.lock"


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DeliveryError(
            f"Making the lock {path}: {error.strerror}. Check that the folder may be written to.", permanent=False
        ) from error


def _read_id(folder: Path) -> str:
    """The id of a folder, made when it is first needed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "id"
    if not path.exists():
        write_once(path, secrets.token_hex(6).encode())
    return path.read_text()


def _host() -> str:
    return socket.gethostname().replace("/", "-")[:30]
