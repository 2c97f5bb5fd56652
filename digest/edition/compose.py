"""Draws one reader's selection from an edition."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.edition.described import describe
from digest.model.edition import Section, Selection, Taken
from digest.model.topic import Topic, TopicKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.edition.wanted import WantedIndex
    from digest.model.edition import Edition, Entry
    from digest.model.subscriber import Preferences

_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_SMALLEST_SECTION = 2
_AUTHORS = Topic("authors-you-follow", "By authors you follow", TopicKind.PERSONAL)
_KEYWORDS = Topic("your-keywords", "With your keywords", TopicKind.PERSONAL)
_NEWER_VERSIONS = Topic("newer-versions", "Newer versions", TopicKind.REST)
_RISING = Topic("rising-this-week", "Rising this week", TopicKind.REST)
_MOST_RISING, _RISING_SHARE = 5, 4
_OTHERS = Topic("across-the-fields", "Across the fields", TopicKind.REST)


def compose(  # noqa: PLR0913 - what is asked for, and what is known of who asks
    edition: Edition,
    preferences: Preferences,
    index: WantedIndex,
    *,
    per_topic: int,
    had: Collection[str] = (),
    had_newer: Collection[str] = (),
    names: Mapping[str, str] = _NO_NAMES,
    since: date | None = None,
    is_preview: bool = False,
) -> Selection:
    """The best papers that fit the preferences: a lead, then sections by topic.

    Papers by followed authors come first, then those with keywords, then the others, at most `per_topic` of each
    topic; all in the edition's order of rank, which keeps near-copies apart. A quarter of the room at most, beside
    papers of the day, is for papers of earlier days that are rising. Papers that the reader `had` are left out,
    except newer versions where those are wanted and aren't of `had_newer`. `index` is the edition's; `names` are those
    of topics, by slug, that the edition may have no paper of; `since` is the first day where it joins several.
    """
    taken = _take(edition, preferences, index, per_topic=per_topic, had=frozenset(had), had_newer=frozenset(had_newer))
    chosen_by = describe(edition, preferences, names)
    return arrange(edition, taken, chosen_by=chosen_by, since=since, is_preview=is_preview)


def arrange(
    edition: Edition, taken: Taken, *, chosen_by: str, since: date | None = None, is_preview: bool = False
) -> Selection:
    """The same selection from what was taken for it, at any later time.

    Of all, the highest score leads; within a section, and among those of topics, the higher score goes first. Topics
    with a single paper meet in sections by area, which come after.
    """
    entries = {entry.card.paper_id: entry for entry in edition.entries}
    chosen = [entries[key] for key in taken.ids]
    by_score = sorted(chosen, key=lambda entry: (entry.is_news, *entry.strength), reverse=True)
    lead = by_score[0] if by_score else None
    sections = tuple(_sections(edition, taken, by_score[1:]))
    return Selection(edition, lead, sections, chosen_by, taken, since, is_preview)


def _take(  # noqa: PLR0913 - as above
    edition: Edition,
    preferences: Preferences,
    index: WantedIndex,
    *,
    per_topic: int,
    had: frozenset[str],
    had_newer: frozenset[str],
) -> Taken:
    wanted = index.find(preferences)
    fresh = [one for one in edition.entries if one.card.paper_id not in (had_newer if one.is_replacement else had)]
    rising = _rise(fresh, frozenset().union(*wanted.values()), preferences.papers)
    groups: dict[str, list[str]] = {}
    room = preferences.papers - len(rising)
    for why, keys in wanted.items():
        fitting = (entry for entry in fresh if entry.card.paper_id in keys and not entry.is_rising)
        limited = _varied(fitting, per_topic) if why == "choice" else fitting
        groups[why] = [entry.card.paper_id for entry, _ in zip(limited, range(room), strict=False)]
        room -= len(groups[why])
    taken = Taken(*(tuple(groups[why]) for why in ("author", "keyword", "choice")))
    return replace(taken, rising=rising) if taken.ids else taken


def _rise(entries: Iterable[Entry], keys: Container[str], room: int) -> tuple[str, ...]:
    """The papers of earlier days; without one of the day, nobody gets a mail for these."""
    found = (entry.card.paper_id for entry in entries if entry.is_rising and entry.card.paper_id in keys)
    return tuple(islice(found, min(_MOST_RISING, room // _RISING_SHARE)))


def _varied(entries: Iterable[Entry], per_topic: int) -> Iterator[Entry]:
    of_topic: dict[tuple[bool, str], int] = defaultdict(int)
    for entry in entries:
        of_topic[entry.is_replacement, entry.topic] += 1
        if of_topic[entry.is_replacement, entry.topic] <= per_topic:
            yield entry


def _sections(edition: Edition, taken: Taken, by_score: Sequence[Entry]) -> Iterator[Section]:
    for topic, keys in ((_AUTHORS, taken.by_author), (_KEYWORDS, taken.with_keyword)):
        own = tuple(entry for entry in by_score if entry.card.paper_id in keys)
        if own:
            yield Section(topic, len(keys), own)
    others = [entry for entry in by_score if entry.card.paper_id in taken.by_choice]
    yield from _by_topic(edition, [entry for entry in others if not entry.is_replacement])
    rising = tuple(entry for entry in by_score if entry.card.paper_id in taken.rising)
    if rising:
        yield Section(_RISING, edition.rising, rising)
    newer = tuple(entry for entry in others if entry.is_replacement)
    if newer:
        yield Section(_NEWER_VERSIONS, edition.replaced, newer)


def _by_topic(edition: Edition, by_score: Sequence[Entry]) -> Iterator[Section]:
    counted = {one.topic.slug: one for one in edition.topics if one.topic.kind is not TopicKind.REST}
    topics = _large(_group(by_score, lambda entry: entry.topic), counted)
    for slug, found in topics.items():
        yield Section(counted[slug].topic, counted[slug].announced, tuple(found))
    others = [entry for entry in by_score if entry.topic not in topics]
    if others:
        yield from _gather(others, [one for one in edition.news if one.topic not in topics])


def _gather(entries: Sequence[Entry], announced: Sequence[Entry]) -> Iterator[Section]:
    """Sections for what no topic took: by area where two or more meet, then one for all the rest."""
    areas = _large(_group(entries, lambda entry: entry.card.area), {entry.card.area for entry in entries} - {""})
    for area, found in areas.items():
        yield Section(_more_in(area), sum(entry.card.area == area for entry in announced), tuple(found))
    rest = tuple(entry for entry in entries if entry.card.area not in areas)
    if rest:
        yield Section(_OTHERS, sum(entry.card.area not in areas for entry in announced), rest)


def _group(entries: Iterable[Entry], key: Callable[[Entry], str]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups


def _large(groups: dict[str, list[Entry]], allowed: Container[str]) -> dict[str, list[Entry]]:
    return {name: found for name, found in groups.items() if name in allowed and len(found) >= _SMALLEST_SECTION}


def _more_in(area: str) -> Topic:
    return Topic(f"more-in-{'-'.join(area.lower().split())}", f"More in {area}", TopicKind.REST)
