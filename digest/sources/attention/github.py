"""GitHub: how many people starred or forked the code that belongs to a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.errors import SourceError
from digest.model.attention import Harvest, Observation
from digest.sources.answers import SHUT_OUT_FOR, quota_wait, validators_of
from digest.sources.attention.failures import Failures
from digest.sources.attention.reading import as_count, nested, read_explanation, read_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime, timedelta

    from digest.model.attention import Subject
    from digest.sources.answers import Answer
    from digest.sources.http import PoliteClient

NAME = "github"
ACCEPT = "application/vnd.github+json"
_REPOSITORY = re.compile(r"(?!.*/\.{1,2}$)[A-Za-z0-9][A-Za-z0-9_-]{0,38}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
# Gone, or blocked: for its content (451) or against the terms of use (403, with the reason in the body).
_READABLE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """Asks the REST API at `url`, without a slash at the end, only for what changed."""

    client: PoliteClient
    url: str
    clock: Callable[[], datetime]
    name: str = field(default=NAME, init=False)

    def observe(self, subjects: Sequence[Subject], *, on: date) -> Iterator[Harvest]:  # noqa: ARG002 - stars are as of now
        """One harvest for each repository, which may belong to several papers; papers without one are left out.

        One that fails costs its papers; SourceError when GitHub has no more requests for us, at the third failure in a
        row, or at the end.
        """
        failures = Failures()
        used_up: timedelta | None = None
        for repository, ids in _by_repository(subjects).items():
            if used_up is not None:
                raise self.client.stay_away(self._address(repository), problem="has no quota left", wait=used_up)
            try:
                harvest, used_up = self._ask(repository, ids)
            except SourceError as error:
                failures.note(error)
            else:
                failures.note_success()
                yield harvest
        failures.tell()

    def _address(self, repository: str) -> str:
        return f"{self.url}/repos/{quote(repository, safe='/')}"

    def _ask(self, repository: str, ids: tuple[str, ...]) -> tuple[Harvest, timedelta | None]:
        """What came, and how long to wait if it was the last that GitHub gives us."""
        # What follows "#" isn't sent. It keeps apart who asked: a paper that is new to a repository must not be told
        # that nothing changed since another paper asked.
        known_as = f"{self._address(repository)}#{','.join(ids)}"
        known = self.client.memory.find_validators(known_as)
        answer = self.client.ask(known_as, accept=ACCEPT, readable=_READABLE, known=known)
        now = self.clock()
        used_up = quota_wait(answer.headers, now=now)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return Harvest(ids, unchanged=ids), used_up
        if answer.status != HTTPStatus.OK:
            self._check_gone(answer)
            return Harvest(ids), used_up
        values = parse_repository(answer.body, where=self._address(repository))
        found = tuple(Observation(one, NAME, metric, value, now) for one in ids for metric, value in values.items())
        validators = validators_of(answer, address=known_as)
        if not values:
            return Harvest(()), used_up
        return Harvest(ids, found, validators=(validators,) if validators else ()), used_up

    def _check_gone(self, answer: Answer) -> None:
        """A 403 that isn't about this one repository is about us."""
        if answer.status != HTTPStatus.FORBIDDEN:
            return
        if not nested(read_explanation(answer.body), "block"):
            raise self.client.stay_away(answer.address, problem="answered 403 Forbidden", wait=SHUT_OUT_FOR)


def parse_repository(body: bytes, *, where: str) -> dict[str, int]:
    """The metrics' values in an answer, nothing when it has no stars; SourceError when it is no JSON object."""
    repository = read_record(body, where=where)
    stars, forks = (as_count(repository.get(name)) for name in ("stargazers_count", "forks_count"))
    if stars is None:
        return {}
    return {"stars": stars} | ({} if forks is None else {"forks": forks})


def _by_repository(subjects: Sequence[Subject]) -> dict[str, tuple[str, ...]]:
    """The papers of each repository, as its first paper spells it; GitHub makes no difference of case."""
    spelt: dict[str, str] = {}
    found: dict[str, dict[str, None]] = {}
    for one in subjects:
        if _REPOSITORY.fullmatch(one.repository):
            repository = spelt.setdefault(one.repository.lower(), one.repository)
            found.setdefault(repository, {})[one.paper_id] = None
    return {repository: tuple(ids) for repository, ids in found.items()}
