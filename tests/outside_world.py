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


def settings_at(base: str, *, seconds_between_requests: str = "0") -> dict[str, str]:
    """The environment in which every outside service is found at that address."""
    arxiv = {"RSS": "rss", "ATOM": "atom", "LISTING": "list", "QUERY": "api/query", "OAI": "oai"}
    others = {
        "HUGGINGFACE": "hf",
        "SEMANTIC_SCHOLAR": "s2",
        "OPENALEX": "openalex",
        "GITHUB": "github",
        "HACKERNEWS": "hn",
    }
    return {
        **{f"DIGEST_ARXIV__{kind}_URL": f"{base}/arxiv/{place}" for kind, place in arxiv.items()},
        **{f"DIGEST_{name}__URL": f"{base}/{place}" for name, place in others.items()},
        **{f"DIGEST_{name}__SECONDS_BETWEEN_REQUESTS": "0.01" for name in others},
        "DIGEST_ARXIV__SECONDS_BETWEEN_REQUESTS": seconds_between_requests,
        "DIGEST_ARXIV__CONTACT": "ops@example.org",
    }
