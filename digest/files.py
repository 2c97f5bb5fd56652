"""Writes files so that nobody ever finds half of one, and holds them so that two processes don't do the same."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> Path:
    """`path`, which now holds `content` in place of what it held before; OSError leaves that as it was.

    `mode` are the permissions of a new file, less those that the process's umask takes away.
    """
    with _written(path, content, mode) as temporary:
        temporary.replace(path)
    _flush_folder(path.parent)
    return path


def write_once(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Makes sure that there is a file `path`: with `content`, or with what it held already.

    Of many that do so at once, one counts. `mode` and errors are those of `write_whole`.
    """
    with _written(path, content, mode) as temporary, suppress(FileExistsError):
        path.hardlink_to(temporary)
    _flush_folder(path.parent)


@contextmanager
def hold(path: Path) -> Iterator[bool]:
    """Whether `path` is held by nobody else on this machine; it is ours until the end, however the process ends.

    Where the system has no such locks (Windows) it is always ours. OSError when the file can't be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        yield _lock(file)


def _lock(file: IO[bytes]) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def _written(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside `path` that holds `content`, flushed to the disk; it is gone afterwards, unless it was renamed."""
    temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink()


def _flush_folder(folder: Path) -> None:
    """Makes the new name itself lasting; only POSIX lets a folder be opened for that."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
