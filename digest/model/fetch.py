"""What is remembered of documents that were fetched, and of the services that gave them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model.announcement import Problem
    from digest.model.paper import Paper

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Validators:
    """The answer's ETag and Last-Modified headers as the server wrote them (RFC 9110, section 8.8)."""

    address: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched(Generic[T]):
    """A document that was read; `value` is None when it is the same as last time.

    Save `validators` together with what was made of `value`, so that a crash between the two loses nothing.
    """

    value: T | None
    validators: Validators | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """A service wants no request from us before `until`; `why` is one phrase."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class PapersRead:
    """What came of asking for some papers by id; a problem names the ids that did not come."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...] = ()
