"""How well namesakes are told apart without identifiers, and how long a profile takes, on recorded days.

Run: .venv/bin/python benchmarks/authors.py [--trials 100]
It reads the recorded world, a folder beside the project or where RECORDED_WORLD says. People with rare names, of which
each is taken for one person, are given one name; precision is the share of one person's pairs of papers among the pairs
that were joined, recall the share of joined pairs among one person's.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, combinations
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from digest.authors.identity import identify
from digest.model.paper import Author, Paper
from digest.pipeline.authors import Authors
from digest.sources.recorded import read_papers
from digest.store.attention import AttentionStore
from digest.store.database import open_database
from digest.store.papers import save_announced
from digest.store.people import PeopleStore
from digest.store.people_decisions import DecisionStore
from digest.text.names import read_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model.author import Authorship
    from digest.store.database import Database

ROOT = Path(__file__).resolve().parents[1]
WORLD = Path(os.environ.get("RECORDED_WORLD", ROOT.parent / "shared")) / "data" / "arxiv-days"
COMMON = frozenset(
    ("wang", "li", "zhang", "liu", "chen", "yang", "xu", "wu", "huang", "zhao", "zhou", "zhu", "lin", "sun")
)
RARE = 0.1
Pairs = set[tuple[str, str]]


def main() -> None:
    """Fills a store, then measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    trials = parser.parse_args().trials
    with tempfile.TemporaryDirectory() as place:
        database = open_database(f"sqlite:///{place}/digest.db")
        names = fill(database)
        measure(PeopleStore(database), names, trials)
        time_profiles(database, names)
        database.close()


def fill(database: Database) -> Counter[str]:
    """Saves the papers; how many each name is on."""
    files = [WORLD / f"{name}.jsonl.gz" for name in ("papers", "all-categories-2025-06")]
    papers = {
        one.paper_id: Paper(one.paper_id, 1, one.title, one.abstract, tuple(map(Author, one.authors)), one.categories)
        for one in chain.from_iterable(map(read_papers, files))
    }
    with database.write() as connection:
        save_announced(connection, papers.values())
    print(f"{len(papers):,} papers")
    return Counter(author.name for paper in papers.values() for author in paper.authors)


def measure(people: PeopleStore, names: Counter[str], trials: int) -> None:
    """Prints precision and recall for several kinds of namesakes."""
    rare = find_rare(names)
    chinese = [name for name in rare if name.rpartition(" ")[2].lower() in COMMON]
    for shared, pool, bearers in (
        ("Wei Wang", chinese, 8),
        ("Xiaolong Wang", chinese, 4),
        ("Michael Brown", rare, 3),
        ("", rare, 1),
    ):
        right, joined, true = 0, 0, 0
        rng = random.Random(7)
        for _ in range(trials if bearers > 1 else 4 * trials):
            found, truth = try_one(people, rng.sample(pool, bearers), shared)
            right, joined, true = right + len(found & truth), joined + len(found), true + len(truth)
        who = f"{bearers} people called {shared}" if shared else "a rare name, one person"
        print(f"{who:<30} precision {right / max(joined, 1):.2f}  recall {right / true:.2f}  ({true:,} pairs)")


def find_rare(names: Counter[str]) -> list[str]:
    """Names on 2 to 30 papers whose given and family name would rarely meet by chance."""
    parsed = {name: read for name in names for read in [read_name(name)] if read and read.is_full}
    families = Counter(read.family for read in parsed.values())
    given = Counter(read.first for read in parsed.values())
    return sorted(
        name
        for name, read in parsed.items()
        if 2 <= names[name] <= 30 and 3 * (families[read.family] - 1) * (given[read.first] - 1) / len(parsed) < RARE
    )


def try_one(people: PeopleStore, names: list[str], shared: str) -> tuple[Pairs, Pairs]:
    """The pairs of papers that were joined, and those that one person wrote."""
    renamed: dict[str, tuple[str, Authorship]] = {}
    for name in names:
        for one in people.find_authorships([name]):
            mark = replace(one.mark, name=shared or name)
            renamed.setdefault(one.mark.paper_id, (name, replace(one, mark=mark)))
    authorships = [one for _, one in renamed.values()]
    read = [name for one in authorships for name in [read_name(one.mark.name)] if name]
    commonness = people.find_commonness(read, coauthors=[name for one in authorships for name in one.coauthors])
    persons = identify(authorships, commonness=commonness)
    found = [[one.mark.paper_id for one in person.authorships] for person in persons]
    truth = [[paper for paper, (true, _) in renamed.items() if true == name] for name in names]
    return pairs(found), pairs(truth)


def pairs(groups: Iterable[list[str]]) -> Pairs:
    """Every two papers of one group."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def time_profiles(database: Database, names: Counter[str]) -> None:
    """Prints how long the profiles of the most frequent names take."""
    authors = Authors(
        PeopleStore(database), DecisionStore(database), AttentionStore(database), lambda: datetime.now(UTC)
    )
    for name in [*(name for name, _ in names.most_common(4)), "J. Wang"]:
        began = perf_counter()
        profiles = authors.find(name).profiles
        papers = sum(len(profile.person.authorships) for profile in profiles)
        print(f"{name:<16} {papers:>5,} papers, {len(profiles):>4,} persons, {perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
