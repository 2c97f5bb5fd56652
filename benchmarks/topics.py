"""How well the shipped topics fit recorded days: shares, sizes, time, and a sample of papers to judge by eye.

Run: .venv/bin/python benchmarks/topics.py [--sample 150] [--seed 1] [--without-topics]
It reads the recorded world, a folder beside the project or where RECORDED_WORLD says.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from digest.model.paper import Paper
from digest.model.topic import TopicKind, TopicRule
from digest.text.terms import count_terms, weigh
from digest.topics.configured import assign
from digest.topics.group import group

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
WORLD = Path(os.environ.get("RECORDED_WORLD", ROOT.parent / "shared")) / "data" / "arxiv-days"
DAYS = [
    ("papers", "2025-04-16"),
    ("papers", "2025-05-27"),
    ("papers", "2025-08-13"),
    ("papers", "2026-02-10"),
    ("all-categories-2025-06", "2025-06-17"),
    ("all-categories-2025-06", "2025-06-26"),
]


def main() -> None:
    options = read_options()
    rules = () if options.without_topics else read_rules()
    papers = {name: read_papers(name) for name in dict.fromkeys(name for name, _ in DAYS)}
    print("day         papers  configured  clustered  rest  topics  seconds")
    for name, day in DAYS:
        show_day(day, [paper for announced_on, paper in papers[name] if announced_on == day], rules)
    everything = [paper for read in papers.values() for _, paper in read]
    show_sample(random.Random(options.seed).sample(everything, options.sample), rules)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=0, help="how many papers to print beside their topic")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-topics", action="store_true", help="cluster whole days")
    return parser.parse_args()


def read_rules() -> tuple[TopicRule, ...]:
    tables = tomllib.loads((ROOT / "config" / "topics.toml").read_text(encoding="utf-8"))["topic"]
    return tuple(
        TopicRule(it["slug"], it["name"], tuple(it.get("categories", ())), tuple(it.get("phrases", ())))
        for it in tables
    )


def read_papers(name: str) -> list[tuple[str, Paper]]:
    """Each paper with the day it was announced on."""
    with gzip.open(WORLD / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [
        (it["announced_on"], Paper(it["id"], 1, flat(it["title"]), flat(it["abstract"]), (), tuple(it["categories"])))
        for it in records
    ]


def flat(text: str) -> str:
    return " ".join(text.split())


def show_day(day: str, papers: Sequence[Paper], rules: Sequence[TopicRule]) -> None:
    vectors = weigh(count_terms([f"{paper.title}\n{paper.abstract}" for paper in papers]), earlier=0)
    began = time.perf_counter()
    grouping = group(papers, rules, vectors)
    took = time.perf_counter() - began
    kinds = {topic.slug: topic.kind for topic in grouping.topics}
    count = Counter(kinds[slug] for slug in grouping.topic_of.values())
    shares = [f"{count[kind] / len(papers):.1%}" for kind in TopicKind]
    print(f"{day}{len(papers):8}{shares[0]:>12}{shares[1]:>11}{shares[2]:>6}{len(grouping.topics):8}{took:9.2f}")
    sizes = Counter(grouping.topic_of.values())
    clusters = [topic for topic in grouping.topics if topic.kind is TopicKind.CLUSTER]
    if clusters:
        print("    " + " · ".join(f"{topic.name} {sizes[topic.slug]}" for topic in clusters))


def show_sample(papers: Sequence[Paper], rules: Sequence[TopicRule]) -> None:
    found = assign(papers, rules)
    for paper in sorted((it for it in papers if it.id in found), key=lambda it: found[it.id].name):
        print(f"{found[paper.id].name:40} {paper.primary_category:10} {paper.title}")


if __name__ == "__main__":
    main()
