"""A name for a running sender that others can tell to be alive, however it ends."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from typing import IO, TYPE_CHECKING, Self

from digest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# On Windows there are no such locks: there, what a dead sender held waits for its lease to run out.
if sys.platform != "win32":
    import fcntl


class Ownership:
    """A sender's `name`, alive as long as this is open: the system drops the lock behind it when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"{_host()}/{os.getpid()}-{secrets.token_hex(4)}"
        self._file = self._lock()

    def find_dead(self, names: Iterable[str]) -> frozenset[str]:
        """Those of the names whose process on this machine has ended; of other machines nothing is known."""
        return frozenset(name for name in names if name != self.name and self._is_dead(name))

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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("wb")
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DeliveryError(
                f"Making the lock {path}: {error.strerror}. Check that the folder may be written to.", permanent=False
            ) from error
        return file

    def _is_dead(self, name: str) -> bool:
        host, _, _ = name.partition("/")
        if sys.platform == "win32" or host != _host():
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
        return self._folder / f"{name.partition('/')[2]}.lock"


def _host() -> str:
    return socket.gethostname().replace("/", "-")[:30]
