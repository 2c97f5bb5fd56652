"""What is remembered of a document that was fetched, so that it is fetched again only when it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
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
class PapersRead:
    """What came of asking for some papers by id; a problem names the ids that did not come."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...] = ()
