"""How each attention source wants to be given its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.sources.attention import github, huggingface, openalex, semantic_scholar

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Access:
    """What a polite client adds to each request: headers and query parameters, none without a key."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


def access(source: str, key: str) -> Access:
    """For the source of that name and a key, which may be empty; Hacker News has no keys."""
    if not key:
        return Access()
    match source:
        case github.NAME | huggingface.NAME:
            return Access(headers={"Authorization": f"Bearer {key}"})
        case semantic_scholar.NAME:
            return Access(headers={"x-api-key": key})
        case openalex.NAME:
            return Access(query={"api_key": key})
        case _:
            return Access()
