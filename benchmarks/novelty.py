"""Whether papers that say in their titles that they hardly bring anything new get a low novelty, on recorded days.

Run: .venv/bin/python benchmarks/novelty.py [--days 24] [--look-back 20000] [--json]
It reads the recorded world, a folder beside the project or where RECORDED_WORLD says. For each kind of title: how many
papers of it there are, and the mean of their novelty's percentile among their field that day (0.50 would be chance);
beside it that of the mean distance from the three nearest earlier papers, a usual measure, in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections import defaultdict
from datetime import UTC, datetime, time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from digest.model.paper import Author, Paper
from digest.model.signal import Reading
from digest.rank.score import score
from digest.signals.day import Day
from digest.signals.novelty import Novelty
from digest.sources.recorded import read_papers
from digest.text.terms import count_terms, weigh

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model.forecast import Announced

ROOT = Path(__file__).resolve().parents[1]
WORLD = Path(os.environ.get("RECORDED_WORLD", ROOT.parent / "shared")) / "data" / "arxiv-days"
KINDS = {
    "surveys": r"\bsurvey\b|systematic review|literature review|a review\b|an overview\b",
    "replications": r"\breplicat(?:ion|ing)\b|\breproducib|reproduction study|\breproducing\b",
    "shared tasks": r"shared task|semeval|\btask \d+\b|at clef\b|challenge report|place solution|winning solution",
    "second parts": r"\bpart (?:ii|iii|2|3|two)\b|\bii:|\biii:",
}
# Days with fewer papers than that are mostly cross-lists.
FEWEST = 100


def main() -> None:
    options = read_options()
    papers = list({one.paper_id: one for one in read_papers(WORLD / "papers.jsonl.gz")}.values())
    percentiles: dict[str, dict[str, list[float]]] = {"novelty": defaultdict(list), "distance": defaultdict(list)}
    for day in choose_days(papers, options.days, options.look_back):
        for method, found in measure(papers, day, options.look_back).items():
            for paper in (one for one in papers if one.announced_on == day and one.paper_id in found):
                for kind in kinds_of(paper.title):
                    percentiles[method][kind].append(found[paper.paper_id])
    show(percentiles, as_json=options.json)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=24, help="how many days, spread evenly")
    parser.add_argument("--look-back", type=int, default=20_000, help="how many earlier papers are looked at")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def choose_days(papers: Sequence[Announced], count: int, look_back: int) -> list[date]:
    """Days with enough papers, and enough earlier ones, spread evenly."""
    sizes: dict[date, int] = defaultdict(int)
    for paper in papers:
        sizes[paper.announced_on] += 1
    days, before = [], 0
    for day in sorted(sizes):
        if before >= min(look_back, len(papers) // 4) and sizes[day] >= FEWEST:
            days.append(day)
        before += sizes[day]
    return [days[place] for place in np.linspace(0, len(days) - 1, count).round().astype(int)]


def measure(papers: Sequence[Announced], on: date, look_back: int) -> dict[str, dict[str, float]]:
    """Percentiles within the field that day, by method and paper."""
    earlier = [one for one in papers if one.announced_on < on][-look_back:]
    own = [make_paper(one) for one in papers if one.announced_on == on]
    texts = [f"{one.title}\n{one.abstract}" for one in earlier] + [f"{one.title}\n{one.abstract}" for one in own]
    weighted = weigh(count_terms(texts), earlier=len(earlier))
    day = Day(
        announced_on=on,
        measured_at=datetime.combine(on, time(), UTC),
        papers=tuple(own),
        vectors=weighted[len(earlier) :],
        earlier_vectors=weighted[: len(earlier)],
        earlier_categories=tuple(one.categories[0] for one in earlier),
        earlier_by_author={},
        earlier_papers=len(earlier),
    )
    return {"novelty": rank(own, Novelty().measure(day)), "distance": rank(own, measure_distance(day))}


def measure_distance(day: Day) -> list[Reading]:
    similar = (day.vectors @ day.earlier_vectors.T).toarray()
    distances = 1 - np.sort(similar, axis=1)[:, -3:].mean(axis=1)
    return [
        Reading("novelty", paper.id, float(value), "benchmark", day.measured_at)
        for paper, value in zip(day.papers, distances, strict=True)
    ]


def rank(papers: Sequence[Paper], readings: Sequence[Reading]) -> dict[str, float]:
    return {key: one.total / 100 for key, one in score(papers, readings, {"novelty": 1.0}).items() if one.contributions}


def make_paper(one: Announced) -> Paper:
    return Paper(one.paper_id, 1, one.title, one.abstract, tuple(map(Author, one.authors)), one.categories)


def kinds_of(title: str) -> list[str]:
    return [kind for kind, pattern in KINDS.items() if re.search(pattern, title, re.IGNORECASE)]


def show(percentiles: dict[str, dict[str, list[float]]], *, as_json: bool) -> None:
    counts = {kind: len(percentiles["novelty"][kind]) for kind in KINDS}
    means: dict[str, dict[str, Any]] = {
        method: {kind: round(float(np.mean(of[kind])), 3) if of[kind] else None for kind in KINDS}
        | {"all": round(float(np.mean(list(chain.from_iterable(of[kind] for kind in KINDS)))), 3)}
        for method, of in percentiles.items()
    }
    if as_json:
        print(json.dumps({"papers": counts, "mean_percentile": means}))
        return
    print(f"{'':14}{'papers':>7}{'novelty':>9}{'distance':>10}")
    for kind in (*KINDS, "all"):
        number = counts.get(kind, sum(counts.values()))
        print(f"{kind:14}{number:7}{means['novelty'][kind] or 0:9.3f}{means['distance'][kind] or 0:10.3f}")


if __name__ == "__main__":
    main()
