"""Draws one reader's selection from an edition."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.model.edition import Section, Selection
from digest.model.topic import Topic, TopicKind

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from digest.model.edition import Edition, Entry
    from digest.model.subscriber import Preferences

_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_SMALLEST_SECTION = 2
_OTHERS = Topic("across-the-fields", "Across the fields", TopicKind.REST)


def compose(
    edition: Edition,
    preferences: Preferences,
    *,
    per_topic: int,
    names: Mapping[str, str] = _NO_NAMES,
    is_preview: bool = False,
) -> Selection:
    """The best papers that fit the preferences, at most `per_topic` of each topic: a lead, then sections by topic.

    Of the preferences, what counts here are topics, categories, cross-lists and the number of papers.
    Papers are taken in the edition's order of rank, which keeps near-copies apart. Of those taken, the highest score
    leads; within a section, and among the sections, the higher score goes first. Topics with a single paper meet in
    sections by area, which come after. `names` are those of topics, by slug, that the edition may have no paper of.
    """
    fitting = [entry for entry in edition.entries if _fits(entry, preferences)]
    taken = _take(fitting, papers=preferences.papers, per_topic=per_topic)
    chosen = sorted(taken, key=lambda entry: entry.strength, reverse=True)
    lead = chosen[0] if chosen else None
    return Selection(edition, lead, _sections(edition, chosen[1:]), _describe(edition, preferences, names), is_preview)


def _fits(entry: Entry, preferences: Preferences) -> bool:
    card = entry.card
    in_topic = not preferences.topics or entry.topic in preferences.topics
    listed = {card.primary_category, *(card.cross_lists if preferences.cross_lists else ())}
    return in_topic and (not preferences.categories or not listed.isdisjoint(preferences.categories))


def _take(entries: Iterable[Entry], *, papers: int, per_topic: int) -> list[Entry]:
    taken: list[Entry] = []
    of_topic: dict[str, int] = defaultdict(int)
    for entry in entries:
        if len(taken) == papers:
            break
        if of_topic[entry.topic] < per_topic:
            of_topic[entry.topic] += 1
            taken.append(entry)
    return taken


def _sections(edition: Edition, by_score: Sequence[Entry]) -> tuple[Section, ...]:
    counted = {one.topic.slug: one for one in edition.topics if one.topic.kind is not TopicKind.REST}
    topics = _large(_group(by_score, lambda entry: entry.topic), counted)
    large = [Section(counted[slug].topic, counted[slug].announced, tuple(found)) for slug, found in topics.items()]
    placed = frozenset(topics)
    others = [entry for entry in by_score if entry.topic not in placed]
    return (*large, *_gather(others, [entry for entry in edition.entries if entry.topic not in placed]))


def _gather(entries: Sequence[Entry], announced: Sequence[Entry]) -> list[Section]:
    """Sections for what no topic took: by area where two or more meet, then one for all the rest."""
    areas = _large(_group(entries, lambda entry: entry.card.area), {entry.card.area for entry in entries} - {""})
    sections = [
        Section(_more_in(area), sum(entry.card.area == area for entry in announced), tuple(found))
        for area, found in areas.items()
    ]
    rest = tuple(entry for entry in entries if entry.card.area not in areas)
    if rest:
        sections.append(Section(_OTHERS, sum(entry.card.area not in areas for entry in announced), rest))
    return sections


def _group(entries: Iterable[Entry], key: Callable[[Entry], str]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups


def _large(groups: dict[str, list[Entry]], allowed: Container[str]) -> dict[str, list[Entry]]:
    return {name: found for name, found in groups.items() if name in allowed and len(found) >= _SMALLEST_SECTION}


def _more_in(area: str) -> Topic:
    return Topic(f"more-in-{'-'.join(area.lower().split())}", f"More in {area}", TopicKind.REST)


def _describe(edition: Edition, preferences: Preferences, names: Mapping[str, str]) -> str:
    known = {**names, **{one.topic.slug: one.topic.name for one in edition.topics}}
    topics = [known.get(slug, slug) for slug in preferences.topics]
    categories = ", ".join(preferences.categories or edition.categories)
    kind = "topic" if len(topics) == 1 else "topics"
    return f"{categories}; {kind} {', '.join(topics)}" if topics else categories
