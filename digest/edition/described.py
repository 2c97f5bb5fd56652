"""Says in one line by what a mail's papers were chosen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.model.paper import archive_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.model.edition import Edition
    from digest.model.subscriber import Preferences

_MOST_NAMED = 8


def describe(edition: Edition, preferences: Preferences, names: Mapping[str, str]) -> str:
    """E.g. `cs.CL, cs.LG; topic Reasoning; keyword “proof search”; without “survey”`; `names` are those of topics."""
    return "; ".join(_parts(edition, preferences, names))


def _parts(edition: Edition, asked: Preferences, names: Mapping[str, str]) -> Iterator[str]:
    known = {**names, **{one.topic.slug: one.topic.name for one in edition.topics}}
    takes_all = not (asked.topics or asked.categories or asked.keywords or asked.followed_authors)
    if takes_all or asked.categories or asked.topics:
        yield ", ".join(_short(asked.categories or edition.categories))
    if asked.topics:
        yield _listed("topic", [known.get(slug, slug) for slug in asked.topics])
    if asked.keywords:
        yield _listed("keyword", _quoted(asked.keywords))
    if asked.followed_authors:
        yield _listed("author", asked.followed_authors)
    if asked.muted_keywords or asked.muted_authors:
        yield f"without {', '.join((*_quoted(asked.muted_keywords), *asked.muted_authors))}"
    if not asked.cross_lists:
        yield "no cross-lists"
    if asked.replacements:
        yield "newer versions too"


def _short(categories: tuple[str, ...]) -> Iterator[str]:
    """Many categories of one archive become one part: `math (32 categories)`; others stay as they are."""
    sizes = Counter(map(archive_of, categories))
    told: set[str] = set()
    for code in categories:
        archive = archive_of(code)
        if sizes[archive] <= _MOST_NAMED:
            yield code
        elif archive not in told:
            told.add(archive)
            yield f"{archive} ({sizes[archive]} categories)"


def _listed(noun: str, names: tuple[str, ...] | list[str]) -> str:
    return f"{noun}{'' if len(names) == 1 else 's'} {', '.join(names)}"


def _quoted(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"“{word}”" for word in words)
