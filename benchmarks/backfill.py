"""How long the past takes: 48,000 recorded papers out of a file, and arXiv's archive without its pauses.

Run: .venv/bin/python benchmarks/backfill.py
It reads the recorded world, a folder beside the project or where RECORDED_WORLD says. The archive is served by its
stand-in for arXiv; in earnest three seconds lie between two requests, which is then all that counts.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORLD = Path(os.environ.get("RECORDED_WORLD", ROOT.parent / "shared"))
DIGEST = Path(sys.executable).parent / "digest"
PAPERS = WORLD / "data" / "arxiv-days" / "papers.jsonl.gz"
FIRST, TODAY = "2025-12-01", "2026-02-27"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        seconds, report = timed(place, {}, "--file", str(PAPERS))
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"a file: {report['papers']:,} papers in {seconds:.1f} s, at most {megabytes:.0f} MB of memory")
        seconds, _ = timed(place, {}, "--file", str(PAPERS))
        print(f"the same again: {seconds:.1f} s")
    with tempfile.TemporaryDirectory() as place, archive() as url:
        settings = {
            "DIGEST_ARXIV__SECONDS_BETWEEN_REQUESTS": "0",
            # No pause is allowed only where none of the addresses is arXiv's own.
            **{f"DIGEST_ARXIV__{kind}_URL": url for kind in ("RSS", "ATOM", "LISTING", "QUERY", "OAI")},
        }
        seconds, report = timed(place, settings, "--from", FIRST, "--until", TODAY, "--categories", "cs.CL,cs.CV")
        tally = report["tally"]
        print(f"the archive: {tally['papers']:,} records on {tally['pages']} pages in {seconds:.1f} s without pauses")


def timed(place: str, settings: dict[str, str], *words: str) -> tuple[float, dict[str, Any]]:
    environment = {"PATH": os.environ["PATH"], **settings}
    command = [str(DIGEST), "backfill", *words, "--json"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, json.loads(done.stdout)


@contextmanager
def archive() -> Iterator[str]:
    options = ["--today", TODAY, "--from", FIRST, "--port", "0", "--oai-page", "2000"]
    command = [sys.executable, "-B", str(WORLD / "tools" / "outside.py"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"{process.stdout.readline().split()[-1]}/arxiv/oai"
        process.terminate()


if __name__ == "__main__":
    main()
