"""What a paper is, and how arXiv names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_NEW_STYLE = r"\d{4}\.\d{4,5}"
_OLD_STYLE = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]{2,})?/\d{7}"
_ARXIV_ID = re.compile(
    rf"(?:arxiv:|oai:arxiv\.org:)?(?P<id>{_NEW_STYLE}|{_OLD_STYLE})(?:v(?P<version>\d{{1,4}}))?",
    re.IGNORECASE | re.ASCII,
)
_ABS_ADDRESS = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArxivId:
    """An arXiv identifier: the paper's key, and the version if one was named.

    Source: https://info.arxiv.org/help/arxiv_identifier.html
    """

    key: str
    version: int | None = None

    @classmethod
    def parse(cls, text: str) -> ArxivId | None:
        """The identifier in `2501.00001v2`, `hep-th/9901001`, `oai:arXiv.org:…` or an abs link, else None."""
        found = _ARXIV_ID.fullmatch(_ABS_ADDRESS.sub("", text.strip()))
        if found is None:
            return None
        version = found["version"]
        return cls(_without_subject_class(found["id"]), int(version) if version else None)


def _without_subject_class(key: str) -> str:
    """Old ids are the same with and without their subject class: `math.GT/0309136` is `math/0309136`."""
    archive, slash, number = key.partition("/")
    return f"{archive.partition('.')[0].lower()}/{number}" if slash else key


@dataclass(frozen=True, slots=True)
class Author:
    """One author of a paper as written there."""

    name: str
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A work on arXiv as it stood at `version`; its texts are readable Unicode, without TeX."""

    id: str
    version: int
    title: str
    abstract: str
    authors: tuple[Author, ...]
    categories: tuple[str, ...]
    comment: str | None = None
    doi: str | None = None
    journal_ref: str | None = None
    license: str | None = None
    submitted_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def primary_category(self) -> str:
        """The first category, e.g. `cs.CL`."""
        return self.categories[0]

    @property
    def cross_lists(self) -> tuple[str, ...]:
        """The other categories."""
        return self.categories[1:]


def is_invented(paper_id: str) -> bool:
    """Whether the id lies in the block that the bundled sample uses: arXiv never had 90,000 papers in a month.

    Source: https://arxiv.org/stats/monthly_submissions
    """
    number = paper_id.partition(".")[2]
    return len(number) == len("90000") and number >= "90000"


def archive_of(category: str) -> str:
    """The archive of a category: `cs` of `cs.CL`, `hep-th` of `hep-th`."""
    return category.partition(".")[0]
