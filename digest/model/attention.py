"""Who talks about a paper, how much, and what other services know of its authors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.model.fetch import Validators


@dataclass(frozen=True, slots=True)
class Subject:
    """A paper to ask about: when it was announced, and where its code lies as "owner/name", if anywhere."""

    paper_id: str
    announced_on: date
    repository: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One dated value of one attention metric of a paper, as `source` told it."""

    paper_id: str
    source: str
    metric: str
    value: float
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Mention:
    """One sighting of a paper elsewhere: where, and since when as far as the source says.

    `key` is the source's own name of the sighting, so that the same one is known again. `organisation` is who stands
    behind it there, `repository` the code that is linked there as "owner/name"; either may be empty.
    """

    paper_id: str
    source: str
    key: str
    url: str
    title: str
    mentioned_at: datetime | None
    observed_at: datetime
    organisation: str = ""
    repository: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What a source says of one author of one paper, in the paper's order from 1; None where it says nothing.

    `key` is the source's own identifier of the author. `papers`, `citations` and `h_index` count the author's whole
    work, as known there.
    """

    paper_id: str
    position: int
    source: str
    key: str
    name: str
    observed_at: datetime
    orcid: str = ""
    organisations: tuple[str, ...] = ()
    papers: int | None = None
    citations: int | None = None
    h_index: int | None = None


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one answer brought. `asked` are the papers it settles, whether the source knew them or not.

    `unchanged` are those whose last values still hold. Save `validators` together with the rest.
    """

    asked: tuple[str, ...]
    observations: tuple[Observation, ...] = ()
    mentions: tuple[Mention, ...] = ()
    authors: tuple[AuthorRecord, ...] = ()
    unchanged: tuple[str, ...] = ()
    validators: tuple[Validators, ...] = ()
