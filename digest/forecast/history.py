"""The papers so far and which of them were picked up, as arrays; and what of it was known at a day's beginning."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.model.forecast import Announced, Pick

# Later than any day there is.
NEVER = 10**7
# The author of papers that name none.
NOBODY = "?"
# A paper counts as picked up when it is seen from two days before its announcement to seven days after it.
BEFORE, AFTER = 2, 7
# From so many days after its announcement on, what a paper will be is known.
SETTLED = AFTER + 2

_OWNER = re.compile(
    r"(?:github\.com|gitlab\.com|huggingface\.co(?:/datasets|/spaces|/collections|/papers)?|modelscope\.cn(?:/models)?)"
    r"/([\w\-.]+)"
)
_PAGE_OWNER = re.compile(r"([\w\-]{1,63})\.github\.io")
_HOST = re.compile(r"https?://(?:www\.)?([\w\-.]+)")
_NO_LETTER = re.compile(r"[^a-z ]+")


@dataclass(frozen=True, slots=True)
class History:
    """Papers in order of announcement, with days as ordinals (`date.toordinal`).

    `known_on` is the first day at whose beginning (midnight, UTC) a paper's pick was known, NEVER without one;
    `upvotes` those it had then; `is_picked` whether it counts as picked up. `authors` holds the places of each paper's
    authors among `people`, and `owners` those of its authors and of who owns what it links.
    """

    papers: tuple[Announced, ...]
    days: np.ndarray
    known_on: np.ndarray
    upvotes: np.ndarray
    is_picked: np.ndarray
    authors: tuple[tuple[int, ...], ...]
    owners: tuple[tuple[int, ...], ...]
    people: int

    def span(self, day: int) -> slice:
        """The places of a day's papers."""
        return slice(int(np.searchsorted(self.days, day)), int(np.searchsorted(self.days, day, "right")))

    def count_picked(self, first: int, last: int) -> int:
        """How many papers of the days from `first` to `last`, both counted, were picked up."""
        return int(self.is_picked[(self.days >= first) & (self.days <= last)].sum())

    def __iter__(self) -> Iterator[tuple[int, slice]]:
        """Each day there is with the places of its papers, in order."""
        for day in np.unique(self.days):
            yield int(day), self.span(int(day))


def make_history(papers: Iterable[Announced], picks: Iterable[Pick]) -> History:
    """The history of these papers, each once, in the order given within a day."""
    seen: dict[str, Announced] = {}
    for paper in papers:
        seen.setdefault(paper.paper_id, paper)
    ordered = sorted(seen.values(), key=lambda paper: paper.announced_on)
    days = np.array([paper.announced_on.toordinal() for paper in ordered], dtype=np.int64)
    first = _first_picks(picks)
    found = [first.get(paper.paper_id) for paper in ordered]
    picked_on = np.array([pick.seen_at.date().toordinal() if pick else NEVER for pick in found], dtype=np.int64)
    people: dict[str, int] = {}
    authors = [_places(map(plain_name, paper.authors), people) or _places([NOBODY], people) for paper in ordered]
    owners = [(*names, *_places(find_owners(paper), people)) for names, paper in zip(authors, ordered, strict=True)]
    return History(
        papers=tuple(ordered),
        days=days,
        known_on=np.where(picked_on < NEVER, picked_on + 1, NEVER),
        upvotes=np.array([pick.upvotes if pick else 0 for pick in found], dtype=float),
        is_picked=(picked_on - days >= -BEFORE) & (picked_on - days <= AFTER),
        authors=tuple(authors),
        owners=tuple(owners),
        people=len(people),
    )


def by_day(papers: Sequence[Announced]) -> Iterator[tuple[date, list[Announced]]]:
    """Papers in order of announcement, a day at a time."""
    for day, found in groupby(papers, key=lambda paper: paper.announced_on):
        yield day, list(found)


def find_owners(paper: Announced) -> tuple[str, ...]:
    """Who owns the code and the pages that a paper links: accounts, and hosts other than GitHub's own."""
    text = f"{paper.abstract} {paper.comment}".lower()
    accounts = [f"account:{name}" for name in (*_OWNER.findall(text), *_PAGE_OWNER.findall(text))]
    hosts = [f"host:{host}" for host in _HOST.findall(text) if "github" not in host]
    return tuple(dict.fromkeys((*accounts, *hosts)))


def _first_picks(picks: Iterable[Pick]) -> Mapping[str, Pick]:
    first: dict[str, Pick] = {}
    for pick in picks:
        known = first.get(pick.paper_id)
        if known is None or pick.seen_at < known.seen_at:
            first[pick.paper_id] = pick
    return first


def plain_name(name: str) -> str:
    """A name in small letters without accents, so that its spellings meet."""
    letters = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    return " ".join(_NO_LETTER.sub(" ", bare).split()) or name


def _places(names: Iterable[str], known: dict[str, int]) -> tuple[int, ...]:
    return tuple(known.setdefault(name, len(known)) for name in dict.fromkeys(names))
