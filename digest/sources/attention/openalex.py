"""OpenAlex: how often papers are cited, and their authors' institutions and h-indices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from digest.errors import SourceError
from digest.model.attention import AuthorRecord, Harvest, Observation
from digest.sources.answers import quota_wait
from digest.sources.attention.reading import (
    ACCEPT_JSON,
    LONGEST_TEXT,
    Record,
    as_count,
    as_key,
    as_list,
    as_orcid,
    as_paper_id,
    as_record,
    as_text,
    nested,
    not_as_agreed,
    read_record,
    records,
)
from digest.sources.attention.spending import Purse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime, timedelta

    from digest.model.attention import Subject
    from digest.sources.answers import Answer
    from digest.sources.http import PoliteClient

NAME = "openalex"
# https://developers.openalex.org/guides/filtering: at most 50 values may be joined with "|".
BATCH = 50
# https://developers.openalex.org/api-reference/authentication: $0.10 for 1,000 filtered lists.
PRICE = Decimal("0.0001")
_DOI = "10.48550/arxiv."


@dataclass(frozen=True, slots=True)
class Work:
    """What is said of one paper; the authors are without numbers, which are asked for apart."""

    citations: int
    observed_at: datetime
    authors: tuple[AuthorRecord, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """An author's whole work in numbers; None where nothing is said."""

    papers: int | None = None
    citations: int | None = None
    h_index: int | None = None


@dataclass(frozen=True, kw_only=True)
class OpenAlex:
    """Asks the API at `url`, without a slash at the end, for at most `most_dollars` a run."""

    client: PoliteClient
    url: str
    clock: Callable[[], datetime]
    most_dollars: float = 0.05
    name: str = field(default=NAME, init=False)

    def observe(self, subjects: Sequence[Subject], *, on: date) -> Iterator[Harvest]:  # noqa: ARG002 - citations are as of now
        """For each 50 subjects one harvest of citations, then one for each 50 of their authors.

        A paper counts as asked about once its authors have come. SourceError when anything fails or the money is
        used up.
        """
        run = _Run(self, Purse(Decimal(str(self.most_dollars)), PRICE))
        ids = tuple(dict.fromkeys(one.paper_id for one in subjects))
        for start in range(0, len(ids), BATCH):
            yield from run.observe(ids[start : start + BATCH])


class _Run:
    """One round: what it may still spend, and the authors that it knows already."""

    def __init__(self, source: OpenAlex, purse: Purse) -> None:
        self._source = source
        self._purse = purse
        self._numbers: dict[str, Numbers] = {}
        self._used_up: timedelta | None = None

    def observe(self, ids: tuple[str, ...]) -> Iterator[Harvest]:
        address, answer = self._ask("works", "doi", [_DOI + one for one in ids], "doi,cited_by_count,authorships")
        works, odd = parse_works(answer.body, ids, where=address, observed_at=self._source.clock())
        told = tuple(
            Observation(one, NAME, "citations", work.citations, work.observed_at) for one, work in works.items()
        )
        waiting = {one: work.authors for one, work in works.items()}
        unknown = tuple(one for one in ids if one not in works and one not in odd)
        complete = self._take_complete(waiting)
        yield replace(complete, asked=unknown + complete.asked, observations=told)
        keys = dict.fromkeys(author.key for authors in waiting.values() for author in authors)
        new = [key for key in keys if key not in self._numbers]
        for start in range(0, len(new), BATCH):
            self._learn(new[start : start + BATCH])
            yield self._take_complete(waiting)

    def _learn(self, keys: list[str]) -> None:
        address, answer = self._ask("authors", "openalex", keys, "id,works_count,cited_by_count,summary_stats")
        found = parse_authors(answer.body, where=address)
        self._numbers.update((key, found.get(key, Numbers())) for key in keys)

    def _take_complete(self, waiting: dict[str, tuple[AuthorRecord, ...]]) -> Harvest:
        """The papers all of whose authors are known by now; they wait no longer."""
        done = [one for one, authors in waiting.items() if all(author.key in self._numbers for author in authors)]
        records = (author for one in done for author in waiting.pop(one))
        return Harvest(tuple(done), authors=tuple(_with_numbers(one, self._numbers[one.key]) for one in records))

    def _ask(self, what: str, filtered: str, values: list[str], wanted: str) -> tuple[str, Answer]:
        """The answer, with the address that stands for it in errors: the whole one names fifty papers."""
        where = f"{self._source.url}/{what}"
        if self._used_up is not None:
            raise self._source.client.stay_away(where, problem="has no quota left", wait=self._used_up)
        self._purse.check(where)
        query = urlencode({"filter": f"{filtered}:{'|'.join(values)}", "select": wanted, "per-page": 100}, safe=":/,")
        try:
            answer = self._source.client.ask(f"{where}?{query}", accept=ACCEPT_JSON)
        except SourceError as error:
            raise SourceError(where, error.problem, hint=error.hint) from error
        self._purse.note(answer.headers)
        self._used_up = quota_wait(answer.headers, now=self._source.clock())
        return where, answer


def parse_works(
    body: bytes, ids: Sequence[str], *, where: str, observed_at: datetime
) -> tuple[dict[str, Work], frozenset[str]]:
    """What an answer says of the papers with these ids, told apart by DOI, and those whose work is odd.

    Of several works with one DOI the most cited counts.
    """
    found: dict[str, Work] = {}
    odd: set[str] = set()
    for work in _results(body, where):
        paper_id = _paper_of(work)
        if paper_id is None or paper_id not in ids:
            continue
        citations = as_count(work.get("cited_by_count"))
        if citations is None:
            odd.add(paper_id)
        elif paper_id not in found or found[paper_id].citations < citations:
            found[paper_id] = Work(citations, observed_at, tuple(_authors(paper_id, work, observed_at)))
    return {one: found[one] for one in ids if one in found}, frozenset(odd - found.keys())


def parse_authors(body: bytes, *, where: str) -> dict[str, Numbers]:
    """The authors in an answer, by key."""
    found: dict[str, Numbers] = {}
    for author in _results(body, where):
        key = _short(author.get("id"))
        if key:
            found[key] = Numbers(
                papers=as_count(author.get("works_count")),
                citations=as_count(author.get("cited_by_count")),
                h_index=as_count(nested(author, "summary_stats").get("h_index")),
            )
    return found


def _results(body: bytes, where: str) -> Iterator[Record]:
    results = read_record(body, where=where).get("results")
    if as_list(results) is None:
        raise not_as_agreed(where)
    return records(results)


def _paper_of(work: Record) -> str | None:
    """By its DOI: https://info.arxiv.org/help/doi.html."""
    doi = work.get("doi")
    name = doi.lower().rpartition("doi.org/")[2] if isinstance(doi, str) and len(doi) < LONGEST_TEXT else ""
    return as_paper_id(name.removeprefix(_DOI)) if name.startswith(_DOI) else None


def _authors(paper_id: str, work: Record, observed_at: datetime) -> Iterator[AuthorRecord]:
    for position, element in enumerate(as_list(work.get("authorships")) or (), start=1):
        authorship = as_record(element) or {}
        author = nested(authorship, "author")
        key, name = _short(author.get("id")), as_text(author.get("display_name"))
        if key and name:
            places = (as_text(place.get("display_name")) for place in records(authorship.get("institutions")))
            yield AuthorRecord(
                paper_id=paper_id,
                position=position,
                source=NAME,
                key=key,
                name=name,
                observed_at=observed_at,
                orcid=as_orcid(author.get("orcid")),
                organisations=tuple(dict.fromkeys(place for place in places if place)),
            )


def _short(identifier: object) -> str | None:
    """The last part of an id such as https://openalex.org/A5040568538."""
    return as_key(identifier.rpartition("/")[2]) if isinstance(identifier, str) else None


def _with_numbers(author: AuthorRecord, numbers: Numbers) -> AuthorRecord:
    return replace(author, papers=numbers.papers, citations=numbers.citations, h_index=numbers.h_index)
