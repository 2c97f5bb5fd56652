"""How long a day takes: `digest daily` over 1,300 recorded papers, the sample preview, and the help text.

    python benchmarks/day.py [--runs 5] [--papers 1300]

A local stand-in for arXiv (`tools/outside.py` of the recorded world, see RECORDED_WORLD) serves two recorded days of
all categories as one, with no pause asked between requests, so that what is measured is work. Every run starts with a
store that has a week of earlier papers in it. Prints medians and the spread over the runs, in seconds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORLD = Path(os.environ.get("RECORDED_WORLD", ROOT.parent / "shared"))
DIGEST = Path(sys.executable).parent / "digest"
MERGED = {"2025-06-23": "2025-06-24"}
# Asked for by name: the days between them were not recorded whole, and would be brought back from the archive.
EARLIER_DAY, DAY = "2025-06-17", "2025-06-24"
REAL_SPACING = 3.0
# Other services are not part of the figure.
SOURCES = ("HUGGINGFACE", "SEMANTIC_SCHOLAR", "OPENALEX", "GITHUB", "HACKERNEWS")


def main() -> None:
    options = read_options()
    if not (WORLD / "tools" / "outside.py").is_file():
        sys.exit("benchmarks/day.py: no recorded world; set RECORDED_WORLD to its folder")
    report("digest --help", [timed([DIGEST, "--help"], {}) for _ in range(options.runs)])
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        sample = [DIGEST, "preview", "--sample", "--out", place / "preview"]
        report("digest preview --sample", [timed(sample, {}, place) for _ in range(options.runs)])
        measure_day(place, options)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--papers", type=int, default=1300)
    return parser.parse_args()


def measure_day(place: Path, options: argparse.Namespace) -> None:
    papers, categories = choose_papers(options.papers)
    recorded = place / "papers.jsonl.gz"
    with gzip.open(recorded, "wt") as file:
        file.writelines(json.dumps(paper) + "\n" for paper in papers)
    with arxiv(recorded, place) as (address, move):
        environment = settings(address, categories)
        move(EARLIER_DAY)
        subprocess.run(
            [DIGEST, "daily", "--on", EARLIER_DAY], cwd=place, env=environment, check=True, capture_output=True
        )
        move(DAY)
        kept = place / "kept"
        shutil.copytree(place / "var", kept)
        seconds = []
        before = len(ask(f"{address}/control/log"))
        for _ in range(options.runs):
            shutil.rmtree(place / "var")
            shutil.copytree(kept, place / "var")
            seconds.append(timed([DIGEST, "daily", "--on", DAY], environment, place))
        requests = (len(ask(f"{address}/control/log")) - before) // options.runs
        published = json.loads(
            subprocess.run(
                [DIGEST, "publish", "--on", DAY, "--json"], cwd=place, env=environment, check=True, capture_output=True
            ).stdout
        )
    report(f"digest daily, {published['announced']:,} papers in {len(categories)} categories", seconds)
    print(f"  requests a run: {requests}; arXiv's spacing would add {requests * REAL_SPACING:.0f} s of waiting")


def choose_papers(wanted: int) -> tuple[list[dict[str, Any]], list[str]]:
    """The two days as one, cut to size, the week before as it was, and the day's 20 most frequent categories."""
    papers: list[dict[str, Any]] = []
    of_day = 0
    counts: Counter[str] = Counter()
    for line in recorded_lines(WORLD / "data" / "arxiv-days" / "all-categories-2025-06.jsonl.gz"):
        paper = json.loads(line)
        paper["announced_on"] = MERGED.get(paper["announced_on"], paper["announced_on"])
        if paper["announced_on"] > DAY:
            continue
        if paper["announced_on"] == DAY:
            counts.update(code for code in paper["categories"] if "." in code and code[0].islower())
        papers.append(paper)
    main_categories = [code for code, _ in counts.most_common(20)]
    chosen = []
    for paper in papers:
        fits = not set(main_categories).isdisjoint(paper["categories"])
        is_due = paper["announced_on"] == DAY
        if not is_due or (fits and of_day < wanted):
            of_day += is_due and fits
            chosen.append(paper)
    return chosen, main_categories


def recorded_lines(file: Path) -> Iterator[str]:
    with gzip.open(file, "rt") as lines:
        yield from lines


@contextmanager
def arxiv(recorded: Path, place: Path) -> Iterator[tuple[str, Callable[[str], Any]]]:
    port_file = place / "port"
    script = str(WORLD / "tools" / "outside.py")
    command = [sys.executable, script, "--today", EARLIER_DAY, "--data", str(recorded)]
    server = subprocess.Popen([*command, "--port", "0", "--port-file", str(port_file)], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text().strip()):
            if time.monotonic() > deadline:
                sys.exit("benchmarks/day.py: the stand-in for arXiv did not start")
            time.sleep(0.05)
        address = f"http://127.0.0.1:{port_file.read_text().strip()}"
        yield address, lambda day: ask(f"{address}/control/today", {"today": day})
    finally:
        server.terminate()
        server.wait(10)


def settings(address: str, categories: list[str]) -> dict[str, str]:
    return {
        "DIGEST_ARXIV__CATEGORIES": ",".join(categories),
        "DIGEST_ARXIV__RSS_URL": f"{address}/arxiv/rss",
        "DIGEST_ARXIV__ATOM_URL": f"{address}/arxiv/atom",
        "DIGEST_ARXIV__LISTING_URL": f"{address}/arxiv/list",
        "DIGEST_ARXIV__QUERY_URL": f"{address}/arxiv/api/query",
        "DIGEST_ARXIV__OAI_URL": f"{address}/arxiv/oai",
        "DIGEST_ARXIV__SECONDS_BETWEEN_REQUESTS": "0",
        **{f"DIGEST_{source}__ENABLED": "false" for source in SOURCES},
        "PATH": os.environ.get("PATH", ""),
    }


def ask(address: str, body: object = None) -> Any:
    import httpx  # noqa: PLC0415

    answer = httpx.get(address) if body is None else httpx.post(address, json=body)
    answer.raise_for_status()
    return answer.json()


def timed(command: list[object], environment: dict[str, str], place: Path | None = None) -> float:
    started = time.perf_counter()
    subprocess.run(list(map(str, command)), cwd=place, env=environment or None, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def report(what: str, seconds: list[float]) -> None:
    spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
    print(f"{what}: median {statistics.median(seconds):.2f} s ({spread}, {len(seconds)} runs)")


if __name__ == "__main__":
    main()
