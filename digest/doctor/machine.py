"""This machine: folders, disk, the file with the secret key, time zones."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.doctor.finding import failure, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from digest.doctor.finding import Finding

MEBIBYTE = 2**20
GIBIBYTE = 2**30
_SCARCE = 1 * GIBIBYTE
_TOO_LITTLE = 100 * MEBIBYTE
_SHORT_KEY = 24


def writable(folder: Path, *, fix: str) -> Finding:
    """Whether files can be made in the folder, or, while it isn't there, in the one it will be made in."""
    place = _nearest(folder)
    if not place.is_dir():
        return failure(f"{place} is not a folder", fix)
    try:
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        return failure(f"{place} can't be written to: {error.strerror}", fix)
    return ok(f"{folder} can be written to" if place == folder else f"{folder} can be made on first use")


def disk_space(folder: Path) -> Finding:
    """How much is free on the disk of the folder; a database that finds none stops in the middle of a day."""
    place = _nearest(folder)
    free = shutil.disk_usage(place).free
    said = f"{free / GIBIBYTE:,.1f} GiB free on the disk of {place}"
    return judge_space(free, said=said)


def judge_space(free: int, *, said: str) -> Finding:
    """Under 100 MiB a failure, under 1 GiB a warning."""
    fix = "Free some space, or move the database with database_url."
    if free < _TOO_LITTLE:
        return failure(f"only {said}", fix)
    return warning(f"only {said}", fix) if free < _SCARCE else ok(said)


def secret_key(key: str, file: Path) -> Finding:
    """Whether the key is long enough, or its file is there for its owner alone."""
    if key:
        if len(key) < _SHORT_KEY:
            return warning(f"secret_key has {len(key)} characters", "Set a random one of 32 characters or more.")
        return ok("set in the settings")
    if not file.exists():
        return ok(f"not made yet; the first mail makes it in {file}")
    mode = stat.S_IMODE(file.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        return failure(
            f"{file} can be read by others (mode {mode:04o}), who could sign links with it", f"chmod 600 {file}"
        )
    if not file.read_bytes().strip():
        return failure(f"{file} is empty", f"Remove {file}, or set secret_key.")
    return ok(f"in {file}, for its owner alone")


def zones(names: Iterable[str] = ("America/New_York", "UTC")) -> Finding:
    """Whether the rules of the time zones are at hand: arXiv's days begin and end by New York's clock."""
    for name in names:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            return failure(f"the time zone {name} isn't known", "pip install tzdata, or install your system's tzdata.")
    return ok("time zones are known")


def _nearest(folder: Path) -> Path:
    """The folder itself, or the first above it that exists."""
    return next((place for place in (folder, *folder.absolute().parents) if place.exists()), folder)
