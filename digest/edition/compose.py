"""Draws one reader's selection from an edition."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.edition import Section, Selection
from digest.model.topic import Topic, TopicKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    sections, the higher score goes first. Topics with a single paper share one section at the end.
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
    by_topic: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: (-one.score.total, one.rank)):
        by_topic[entry.topic].append(entry)
    counted = {one.topic.slug: one for one in edition.topics}
    large = [
        Section(counted[slug].topic, counted[slug].announced, tuple(found))
        for slug, found in by_topic.items()
        if len(found) >= _SMALLEST_SECTION and counted[slug].topic.kind is not TopicKind.REST
    ]
    placed = {section.topic.slug for section in large}
    others = [slug for slug in by_topic if slug not in placed]
    return (*large, *_gather(others, by_topic, edition))


def _gather(slugs: Sequence[str], by_topic: dict[str, list[Entry]], edition: Edition) -> tuple[Section, ...]:
    if not slugs:
        return ()
    counted = {one.topic.slug: one for one in edition.topics}
    if len(slugs) == 1:
        only = counted[slugs[0]]
        return (Section(only.topic, only.announced, tuple(by_topic[slugs[0]])),)
    entries = sorted(
        (entry for slug in slugs for entry in by_topic[slug]), key=lambda one: (-one.score.total, one.rank)
    )
    return (Section(_OTHERS, sum(counted[slug].announced for slug in slugs), tuple(entries)),)


def _describe(edition: Edition, choice: Choice) -> str:
    names = {one.topic.slug: one.topic.name for one in edition.topics}
    topics = ", ".join(names.get(slug, slug) for slug in choice.topics)
    categories = ", ".join(choice.categories or edition.categories)
    return f"{categories}; topics {topics}" if topics else categories
