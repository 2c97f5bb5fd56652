"""Semantic Scholar: how often papers are cited, and what is known of their authors' work."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.model.attention import AuthorRecord, Harvest, Observation
from digest.sources.attention.failures import Failures
from digest.sources.attention.reading import (
    ACCEPT_JSON,
    Record,
    as_count,
    as_key,
    as_list,
    as_orcid,
    as_record,
    as_text,
    as_texts,
    nested,
    not_as_agreed,
    read_explanation,
    read_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from digest.model.attention import Subject
    from digest.sources.answers import Answer
    from digest.sources.http import PoliteClient

NAME = "semantic_scholar"
# https://api.semanticscholar.org/api-docs/graph#tag/Paper-Data/operation/post_graph_get_papers
BATCH = 500
FIELDS = (
    "citationCount",
    "influentialCitationCount",
    "authors.name",
    "authors.hIndex",
    "authors.citationCount",
    "authors.paperCount",
    "authors.affiliations",
    "authors.externalIds",
)
_REFUSED = frozenset({HTTPStatus.BAD_REQUEST})


@dataclass(frozen=True, kw_only=True)
class SemanticScholar:
    """Asks the Academic Graph API at `url`, the site without a slash at the end."""

    client: PoliteClient
    url: str
    clock: Callable[[], datetime]
    name: str = field(default=NAME, init=False)

    def observe(self, subjects: Sequence[Subject], *, on: date) -> Iterator[Harvest]:  # noqa: ARG002 - citations are as of now
        """One harvest for each 500 subjects.

        A batch that fails costs its papers; SourceError at the third in a row, or at the end.
        """
        ids = tuple(dict.fromkeys(one.paper_id for one in subjects))
        failures = Failures()
        for start in range(0, len(ids), BATCH):
            try:
                harvest = self._ask(ids[start : start + BATCH])
            except SourceError as error:
                failures.note(error)
            else:
                failures.note_success()
                yield harvest
        failures.tell()

    def _ask(self, ids: tuple[str, ...]) -> Harvest:
        address = f"{self.url}/graph/v1/paper/batch?fields={','.join(FIELDS)}"
        body = json.dumps({"ids": [f"ARXIV:{paper_id}" for paper_id in ids]}).encode()
        answer = self.client.post(
            address, body=body, content_type="application/json", accept=ACCEPT_JSON, readable=_REFUSED
        )
        if answer.status == HTTPStatus.BAD_REQUEST:
            _check_none_known(answer, where=address)
            return Harvest(asked=ids)
        return parse_batch(answer.body, ids, where=address, observed_at=self.clock())


def parse_batch(body: bytes, ids: Sequence[str], *, where: str, observed_at: datetime) -> Harvest:
    """What an answer says of the papers with these ids, which it holds in their order, null for an unknown one.

    SourceError when it holds more or fewer: whose numbers would they be?
    """
    elements = as_list(read_json(body, where=where))
    if elements is None:
        raise not_as_agreed(where)
    if len(elements) != len(ids):
        raise SourceError(where, f"answers for {len(elements)} papers when asked about {len(ids)}")
    asked: list[str] = []
    observations: list[Observation] = []
    authors: list[AuthorRecord] = []
    for paper_id, element in zip(ids, elements, strict=True):
        paper = as_record(element) or {}
        values = _values(paper)
        if element is None or values:
            asked.append(paper_id)
        observations += [Observation(paper_id, NAME, metric, value, observed_at) for metric, value in values.items()]
        authors += _authors(paper_id, paper, observed_at) if values else ()
    return Harvest(tuple(asked), tuple(observations), authors=tuple(authors))


def _check_none_known(answer: Answer, *, where: str) -> None:
    """A batch of papers that are all unknown yet, such as the day's, is refused with 400 and not answered with nulls.

    It says "No valid paper ids given"; SourceError for any other refusal.
    """
    said = as_text(read_explanation(answer.body).get("error"))
    if "no valid paper ids" not in said.lower():
        raise SourceError(where, f"answered 400 Bad Request: {said or 'no reason given'}"[:200])


def _values(paper: Record) -> dict[str, int]:
    """The metrics' values; none without the citations, which every paper there has."""
    citations = as_count(paper.get("citationCount"))
    if citations is None:
        return {}
    influential = as_count(paper.get("influentialCitationCount"))
    found = {"citations": citations, "influential citations": influential}
    return {metric: value for metric, value in found.items() if value is not None}


def _authors(paper_id: str, paper: Record, observed_at: datetime) -> Iterator[AuthorRecord]:
    for position, element in enumerate(as_list(paper.get("authors")) or (), start=1):
        author = as_record(element) or {}
        key, name = as_key(author.get("authorId")), as_text(author.get("name"))
        if key and name:
            yield AuthorRecord(
                paper_id=paper_id,
                position=position,
                source=NAME,
                key=key,
                name=name,
                observed_at=observed_at,
                orcid=as_orcid(nested(author, "externalIds").get("ORCID")),
                organisations=as_texts(author.get("affiliations")),
                papers=as_count(author.get("paperCount")),
                citations=as_count(author.get("citationCount")),
                h_index=as_count(author.get("hIndex")),
            )
