"""Asks SpamAssassin what it thinks of a mail, without the network."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_STATUS = re.compile(
    rb"^X-Spam-Status: \S+ score=(?P<score>-?[\d.]+).*?tests=(?P<tests>.*?)\s+autolearn", re.MULTILINE | re.DOTALL
)


class Verdict(NamedTuple):
    score: float
    rules: str


def spam_verdict(content: bytes, *, home: Path) -> Verdict:
    """The score and the names of the rules that made it; `home` is a folder for what SpamAssassin wants to keep."""
    asked = subprocess.run(
        ["spamassassin", "-L", "-t"],
        input=content,
        capture_output=True,
        check=True,
        timeout=120,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
    )
    found = _STATUS.search(asked.stdout)
    assert found, asked.stdout[:2000]
    return Verdict(float(found["score"]), " ".join(found["tests"].decode().split()))
