from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import SourceError
from digest.model.forecast import Announced, Pick
from digest.sources.recorded import read_papers, read_picks

if TYPE_CHECKING:
    from pathlib import Path

PAPER: dict[str, Any] = {
    "id": "2601.00001",
    "announced_on": "2026-01-08",
    "title": "On\n  tides",
    "abstract": "They rise.\nThey fall.",
    "authors": ["Ada Northmere"],
    "categories": ["cs.CL", "cs.LG"],
    "comment": None,
}
PICK: dict[str, Any] = {"arxiv_id": "2601.00001", "first_hf": "2026-01-09T02:00:00+02:00", "up_first": 7, "up_max": 90}


def write(file: Path, *records: object) -> Path:
    file.write_text("\n".join(json.dumps(one) for one in records) + "\n\n", encoding="utf-8")
    return file


def test_papers_are_read_gzipped_or_not(tmp_path: Path) -> None:
    plain = write(tmp_path / "papers.jsonl", PAPER, PAPER | {"id": "2601.00002", "comment": "8 pages"})
    (tmp_path / "papers.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    first, second = read_papers(plain)
    assert first == Announced(
        "2601.00001", date(2026, 1, 8), "On tides", "They rise. They fall.", ("Ada Northmere",), ("cs.CL", "cs.LG")
    )
    assert second.comment == "8 pages"
    assert list(read_papers(tmp_path / "papers.jsonl.gz")) == [first, second]


def test_picks_are_read_with_what_was_known_at_first(tmp_path: Path) -> None:
    (pick,) = read_picks(write(tmp_path / "picks.jsonl", PICK))
    assert pick == Pick("2601.00001", datetime(2026, 1, 9, tzinfo=UTC), 7)
    (pick,) = read_picks(write(tmp_path / "picks.jsonl", {"arxiv_id": "a", "first_hf": "2026-01-09"}))
    assert pick == Pick("a", datetime(2026, 1, 9, tzinfo=UTC), 0)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({**PAPER, "announced_on": "today"}, "line 1: is no paper"),
        ({**PAPER, "authors": "Ada"}, "authors is no list of texts"),
        ({**PAPER, "title": ""}, "title is no text"),
        ({"id": "2601.00001"}, "announced_on is missing"),
        ([PAPER], "is not a JSON object"),
    ],
)
def test_a_line_that_is_no_paper_is_named(tmp_path: Path, record: object, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        list(read_papers(write(tmp_path / "papers.jsonl", record)))


@pytest.mark.parametrize("change", [{"first_hf": 5}, {"up_first": "many"}, {"arxiv_id": None}, {"first_hf": "soon"}])
def test_a_line_that_is_no_pick_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(SourceError, match="line 2: is no pick"):
        list(read_picks(write(tmp_path / "picks.jsonl", PICK, PICK | change)))


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        list(read_papers(tmp_path / "none.jsonl"))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(json.dumps(PAPER).encode())[:-9])
    with pytest.raises(SourceError, match="can't be read"):
        list(read_papers(tmp_path / "cut.gz"))
    (tmp_path / "text.jsonl").write_text("not JSON\n")
    with pytest.raises(SourceError, match="line 1: is not JSON"):
        list(read_papers(tmp_path / "text.jsonl"))
