from __future__ import annotations

import gzip
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import SourceError
from digest.model.paper import Author, Paper
from digest.sources.dump import read_dump

if TYPE_CHECKING:
    from pathlib import Path


def line(**changes: Any) -> str:
    values = {
        "id": "2601.00001v1",
        "announced_on": "2026-01-14",
        "title": "Erd\\H{o}s and\nsheep",
        "abstract": "We count $x^2$ sheep.",
        "authors": ["P\\'al Byron", "and Bo Li"],
        "categories": ["cs.CL", "68T50", "cs.AI"],
        "comment": None,
    }
    return json.dumps({**values, **changes})


@pytest.mark.parametrize("zipped", [False, True])
def test_a_line_becomes_a_paper_that_people_can_read(tmp_path: Path, zipped: bool) -> None:
    file = tmp_path / "papers"
    file.write_bytes(gzip.compress(line().encode()) if zipped else line().encode())
    authors = (Author("Pál Byron"), Author("Bo Li"))
    paper = Paper("2601.00001", 1, "Erdős and sheep", "We count x² sheep.", authors, ("cs.CL", "cs.AI"))
    assert list(read_dump(file)) == [(paper, date(2026, 1, 14))]


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (line(id="sheep"), r"paper 2 \('sheep'\): has no arXiv id"),
        (line(categories=["68T50"]), r"paper 2 .*: has no arXiv category"),
        (line(announced_on="soon"), "line 2: is no paper"),
        ("{", "line 2: is not JSON"),
    ],
)
def test_what_is_no_paper_is_named_after_those_before_it(tmp_path: Path, second: str, problem: str) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text(f"{line()}\n{second}\n")
    papers = read_dump(file)
    assert next(papers)[0].id == "2601.00001"
    with pytest.raises(SourceError, match=problem):
        next(papers)


def test_characters_that_no_database_keeps_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    spoiled = "She\x00ep\ud800 \U0001f411"
    file.write_text(line(title=spoiled, abstract=spoiled, authors=[spoiled], comment=spoiled))
    ((paper, _),) = read_dump(file)
    assert {paper.title, paper.abstract, paper.authors[0].name, paper.comment} == {"Sheep 🐑"}
