"""Draws one reader's selection from an edition."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.edition import Section, Selection
from digest.model.topic import Topic, TopicKind

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from digest.model.edition import Edition, Entry

_SMALLEST_SECTION = 2
_OTHERS = Topic("across-the-fields", "Across the fields", TopicKind.REST)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader asked for: how many papers at most, in all and of one topic, and of which topics and categories.

    Empty `topics` (slugs) or `categories` mean all; a paper counts for its primary category and its cross-lists.
    """

    papers: int
    per_topic: int
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def compose(edition: Edition, choice: Choice, *, is_preview: bool = False) -> Selection:
    """The best papers that fit the choice: a lead, then sections by topic.

    Papers are taken in the edition's order of rank, which keeps near-copies apart; within a section, and among the
    sections, the higher score goes first. Topics with a single paper meet in sections by area, which come after.
    """
    fitting = [entry for entry in edition.entries if _fits(entry, choice)]
    chosen = _take(fitting, choice)
    lead, rest = (chosen[0], chosen[1:]) if chosen else (None, [])
    return Selection(edition, lead, _sections(edition, rest), _describe(edition, choice), is_preview)


def _fits(entry: Entry, choice: Choice) -> bool:
    card = entry.card
    in_topic = not choice.topics or entry.topic in choice.topics
    listed = {card.primary_category, *card.cross_lists}
    return in_topic and (not choice.categories or not listed.isdisjoint(choice.categories))


def _take(entries: Iterable[Entry], choice: Choice) -> list[Entry]:
    taken: list[Entry] = []
    of_topic: dict[str, int] = defaultdict(int)
    for entry in entries:
        if len(taken) == choice.papers:
            break
        if of_topic[entry.topic] < choice.per_topic:
            of_topic[entry.topic] += 1
            taken.append(entry)
    return taken


def _sections(edition: Edition, entries: Sequence[Entry]) -> tuple[Section, ...]:
    by_score = sorted(entries, key=lambda one: (-one.score.total, one.rank))
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


def _describe(edition: Edition, choice: Choice) -> str:
    names = {one.topic.slug: one.topic.name for one in edition.topics}
    topics = ", ".join(names.get(slug, slug) for slug in choice.topics)
    categories = ", ".join(choice.categories or edition.categories)
    return f"{categories}; topics {topics}" if topics else categories
