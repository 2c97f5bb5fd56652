"""The recorded outside world, served on a local port."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def serving(world: Path, today: str, *, first: str) -> Iterator[str]:
    """Its address, with the clock at `today` and the days from `first` on."""
    options = ["--today", today, "--from", first, "--port", "0"]
    command = [sys.executable, "-B", str(world / "tools" / "outside.py"), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.communicate()
