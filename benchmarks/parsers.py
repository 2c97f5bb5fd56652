"""How time and memory grow with hostile documents: each parser of arXiv's documents at sizes n, 2n, 4n and 8n.

Run: .venv/bin/python benchmarks/parsers.py [--kilobytes 128] [--runs 3] [--only feed] [--json]
Each document is built to make a careless parser slow, and is parsed in a process of its own. For each kind: the
processor's seconds and the megabytes (beyond the document itself) that the largest takes, medians of the runs, and by
which power of the size they grow from n to 8n: 1 is in proportion, 2 is the square. A refusal counts like an answer.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostile import FEED, all_kinds, whole

from digest.errors import SourceError
from digest.sources.arxiv.creators import parse_creators
from digest.sources.arxiv.feed import parse_feed
from digest.sources.arxiv.listing import join_pages, parse_page
from digest.sources.arxiv.oai import open_envelope
from digest.sources.arxiv.oai_records import read_histories, read_names, with_names
from digest.sources.arxiv.query import parse_papers
from digest.sources.arxiv.saved import SavedArxiv
from digest.sources.dump import read_dump

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

GROWTH = (1, 2, 4, 8)
PATIENCE = 60  # seconds, after which a parser is taken to be hopeless
PER_MEGABYTE = 1024 if sys.platform != "darwin" else 1024 * 1024  # of ru_maxrss


def main() -> None:
    options = read_options()
    rows: list[dict[str, Any]] = []
    for parser, kinds in all_kinds().items():
        for kind, build in kinds.items() if options.only in (None, parser) else ():
            measured = [measure(parser, build(options.kilobytes * 1024 * times), options.runs) for times in GROWTH]
            rows.append({"parser": parser, "kind": kind, **judge(measured)})
            if not options.json:
                show(rows[-1])
    if options.json:
        print(json.dumps(rows))
    else:
        times, memories = (max(row[name] for row in rows) for name in ("time_power", "memory_power"))
        print(f"{len(rows)} kinds; the steepest grow by the power {times:.2f} in time, {memories:.2f} in memory")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kilobytes", type=int, default=128, help="the smallest document's size, n")
    parser.add_argument("--runs", type=int, default=3, help="how often each is parsed")
    parser.add_argument("--only", choices=[*all_kinds()], help="one parser in place of all")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def parse(parser: str, body: bytes, place: Path) -> None:
    """The parser's work; a SourceError is an answer too."""
    parsers: dict[str, Callable[[], object]] = {
        "feed": lambda: parse_feed(body, where="feed"),
        "atom": lambda: parse_feed(body, where="atom"),
        "query": lambda: parse_papers(body, where="query"),
        "oai": lambda: parse_oai(body),
        "listing": lambda: join_pages([parse_page(body, where="listing")], where="listing"),
        "creators": lambda: parse_creators(body.decode()),
        "folder": lambda: SavedArxiv(place),
        "dump": lambda: list(read_dump(place / "0.xml")),
    }
    try:
        parsers[parser]()
    except SourceError:
        return


def parse_oai(body: bytes) -> None:
    records = open_envelope(body, where="oai").records
    histories, _ = read_histories(records, where="oai")
    list(with_names(histories, read_names(records)))


def measure(parser: str, body: bytes, runs: int) -> tuple[float, float]:
    """Seconds, and megabytes beyond the document's own; medians. Infinite where it didn't end in time."""
    with tempfile.TemporaryDirectory() as name:
        save(body, Path(name))
        found = [measured_apart(parser, body, Path(name)) for _ in range(runs)]
    return statistics.median(one[0] for one in found), statistics.median(one[1] for one in found)


def save(body: bytes, place: Path) -> None:
    """As one file; as many small ones where the document is nothing but filling."""
    if not body.startswith(b"xxx"):
        (place / "0.xml").write_bytes(body)
        return
    for number in range(len(body) // 1024):
        (place / f"{number}.xml").write_bytes(
            whole(FEED, "".join(FEED.entry.format(number * 2 + more) for more in (0, 1)))
        )


def measured_apart(parser: str, body: bytes, place: Path) -> tuple[float, float]:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=tell, args=(parser, body, place, sender))
    child.start()
    found = receiver.recv() if receiver.poll(PATIENCE) else (math.inf, math.inf)
    child.kill()
    child.join()
    return found


def tell(parser: str, body: bytes, place: Path, sender: Connection) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    parse(parser, body, place)
    seconds = time.process_time() - start
    sender.send((seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / PER_MEGABYTE))


def judge(measured: list[tuple[float, float]]) -> dict[str, float]:
    seconds, megabytes = zip(*measured, strict=True)
    return {
        "seconds": seconds[-1],
        "megabytes": megabytes[-1],
        "time_power": power(seconds, least=0.01),
        "memory_power": power(megabytes, least=4),
    }


def power(values: tuple[float, ...], *, least: float) -> float:
    """The slope of the values over the sizes, both logarithmic; what is below `least` can't be told from nothing."""
    if math.inf in values:
        return math.inf
    heights = [math.log(max(value, least)) for value in values]
    return statistics.linear_regression([math.log(size) for size in GROWTH], heights).slope


def show(row: dict[str, Any]) -> None:
    figures = (
        f"{row['seconds']:8.2f} s ^{row['time_power']:5.2f} {row['megabytes']:8.0f} MB ^{row['memory_power']:5.2f}"
    )
    print(f"{row['parser']:9}{row['kind']:32}{figures}", flush=True)


if __name__ == "__main__":
    main()
