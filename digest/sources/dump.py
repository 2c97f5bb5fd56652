"""Papers of the past from files, one JSON object a line, as the store keeps papers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.model.paper import ArxivId, Author, Paper
from digest.sources.arxiv.creators import author_name
from digest.sources.arxiv.fields import arxiv_categories, readable
from digest.sources.recorded import read_papers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from digest.model.forecast import Announced

# JSON can write characters that no XML of arXiv's holds and no database keeps: controls, and halves of a pair.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read_dump(file: Path) -> Iterator[tuple[Paper, date]]:
    """The papers of a file, gzipped or not, each with the day on which it says that it was announced.

    A line has what `read_papers` wants; its texts may hold TeX, its categories MSC and ACM classes, which are left out.
    SourceError names the line, or the paper's number in the file, that is no such paper.
    """
    for number, one in enumerate(read_papers(file), start=1):
        arxiv_id = ArxivId.parse(one.paper_id)
        title, categories = _text(one.title), arxiv_categories(one.categories)
        if arxiv_id is None or not title or not categories:
            lacks = "arXiv id" if arxiv_id is None else "title" if not title else "arXiv category"
            raise SourceError(f"{file}, paper {number} ('{one.paper_id[:40]}')", f"has no {lacks}")
        yield _paper(one, arxiv_id.key, title, categories), one.announced_on


def _paper(one: Announced, key: str, title: str, categories: tuple[str, ...]) -> Paper:
    names = (author_name(_UNWRITABLE.sub("", name)) for name in one.authors)
    return Paper(
        id=key,
        version=1,
        title=title,
        abstract=_text(one.abstract),
        authors=tuple(Author(name) for name in names if name),
        categories=categories,
        comment=_text(one.comment) or None,
    )


def _text(written: str) -> str:
    return readable(_UNWRITABLE.sub("", written))
