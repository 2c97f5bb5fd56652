"""How long the forecast takes: training on recorded days, with the memory at its peak, and scoring one day's papers.

    python benchmarks/forecast.py [--runs 5] [--papers 1300] [--without-training]

Training is `digest evaluate trend --train` over the recorded world (see RECORDED_WORLD) with the last two months to
measure, reading and training again on the way included. The day to score is made of the last recorded papers, as if all
had been announced together; everything before is its past. Prints medians and the spread over the runs, in seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digest.forecast.history import by_day
from digest.forecast.numbers import read_numbers
from digest.forecast.today import Past, forecast_day, read_text
from digest.sources.recorded import read_papers, read_picks

if TYPE_CHECKING:
    from digest.forecast.numbers import Forecaster
    from digest.model.forecast import Announced, Pick

ROOT = Path(__file__).resolve().parents[1]
WORLD = Path(os.environ.get("RECORDED_WORLD", ROOT.parent / "shared")) / "data"
PAPERS, PICKS = WORLD / "arxiv-days" / "papers.jsonl.gz", WORLD / "hf-upvotes" / "papers.jsonl"
DIGEST = Path(sys.executable).parent / "digest"
MEASURED = ("2026-01-01", "2026-02-28")


def main() -> None:
    options = read_options()
    if not PAPERS.is_file():
        sys.exit("benchmarks/forecast.py: no recorded world; set RECORDED_WORLD to its folder")
    shipped = ROOT / "config" / "forecast.json"
    began = time.perf_counter()
    forecaster = read_numbers(shipped.read_text(encoding="utf-8"), where=str(shipped))
    print(f"reading the shipped numbers: {time.perf_counter() - began:.2f} s, {shipped.stat().st_size:,} bytes")
    measure_scoring(forecaster, options)
    if not options.without_training:
        measure_training()


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--papers", type=int, default=1300)
    parser.add_argument("--without-training", action="store_true")
    return parser.parse_args()


def measure_scoring(forecaster: Forecaster, options: argparse.Namespace) -> None:
    ordered = sorted(read_papers(PAPERS), key=lambda paper: paper.announced_on)
    today = ordered[-1].announced_on + timedelta(days=1)
    day = [replace(paper, announced_on=today) for paper in ordered[-options.papers :]]
    past = look_back(forecaster, ordered[: -options.papers], list(read_picks(PICKS)))
    seconds = []
    for _ in range(options.runs):
        began = time.perf_counter()
        forecasts = forecast_day(forecaster, day, past)
        seconds.append(time.perf_counter() - began)
    report(
        f"scoring {len(forecasts):,} papers, {len(past.papers):,} before them and {len(past.picks):,} picks", seconds
    )


def look_back(forecaster: Forecaster, papers: list[Announced], picks: list[Pick]) -> Past:
    """The past as a store keeps it; its texts were read on the days when the papers came."""
    days = [found for _, found in by_day(papers)]
    began = time.perf_counter()
    backgrounds = [one for found in days for one in read_text(forecaster.text, found)]
    took = time.perf_counter() - began
    print(f"reading the texts of {len(backgrounds):,} earlier papers, once: {took:.1f} s")
    return Past(backgrounds, picks)


def measure_training() -> None:
    since, until = MEASURED
    files = ["--papers", str(PAPERS), "--picks", str(PICKS)]
    began = time.perf_counter()
    command = [str(DIGEST), "evaluate", "trend", *files, "--from", since, "--until", until, "--train"]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"digest evaluate trend --train, {since} to {until}: {took:.0f} s, {peak:,.0f} MB at the peak")


def report(what: str, seconds: list[float]) -> None:
    spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
    print(f"{what}: median {statistics.median(seconds):.2f} s ({spread}, {len(seconds)} runs)")


if __name__ == "__main__":
    main()
