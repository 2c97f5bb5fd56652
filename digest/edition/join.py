"""Joins editions of several days, for a mail that brings them together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from digest.model.announcement import DayKind
from digest.model.edition import EditionTopic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.edition import Edition, Entry
    from digest.model.topic import Topic


def join(editions: Sequence[Edition]) -> Edition:
    """One edition of all, dated and named as the newest: each paper once, as its newest edition has it.

    A paper that was announced on one of the days is that day's, though it be replaced or rising since. The ranks begin
    anew, by score; what is counted is summed, newer versions once a paper. It is a note that arXiv
    announces nothing only where all of them are. A single edition comes back as it is.
    """
    if len(editions) == 1:
        return editions[0]
    by_day = sorted(editions, key=lambda one: one.announced_on)
    newest = by_day[-1]
    everything = [entry for edition in by_day for entry in edition.entries]
    # What is news on one of the days goes before its newer versions, and both before a paper that only rises.
    entries = {entry.card.paper_id: entry for entry in sorted(everything, key=_weight)}
    return replace(
        newest,
        categories=tuple(dict.fromkeys(name for one in reversed(by_day) for name in one.categories)),
        announced=sum(one.announced for one in by_day),
        replaced=sum(entry.is_replacement for entry in entries.values()),
        missing=sum(one.missing for one in by_day),
        unproven=tuple(dict.fromkeys(name for one in by_day for name in one.unproven)),
        is_sample=any(one.is_sample for one in by_day),
        topics=_topics(by_day),
        entries=_ranked(list(entries.values())),
        day_kind=_kind(by_day),
    )


def _kind(editions: Sequence[Edition]) -> DayKind:
    """That of the newest, unless arXiv announces something on one of the days."""
    kinds = [one.day_kind for one in editions]
    return DayKind.ANNOUNCEMENT if DayKind.ANNOUNCEMENT in kinds else kinds[-1]


def _weight(entry: Entry) -> int:
    return 2 if entry.is_news else 1 if entry.is_replacement else 0


def _topics(editions: Sequence[Edition]) -> tuple[EditionTopic, ...]:
    counts: Counter[str] = Counter()
    topics: dict[str, Topic] = {}
    for edition in editions:
        for one in edition.topics:
            counts[one.topic.slug] += one.announced
            topics[one.topic.slug] = one.topic
    return tuple(EditionTopic(topic, counts[slug]) for slug, topic in topics.items())


def _ranked(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    ordered = sorted(
        entries, key=lambda one: (one.is_replacement, one.is_rising, -one.score.total, one.rank, one.card.paper_id)
    )
    return tuple(replace(entry, rank=rank) for rank, entry in enumerate(ordered, start=1))
