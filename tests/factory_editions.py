"""Invented editions for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from factories import NOON, THURSDAY

from digest.edition.freeze import freeze
from digest.model.announcement import AnnounceType
from digest.model.edition import Card, Edition, EditionTopic, Entry
from digest.model.signal import Contribution, Score
from digest.model.topic import Topic, TopicKind

if TYPE_CHECKING:
    from datetime import date

TIDES = Topic("tides", "Tides and currents", TopicKind.CONFIGURED)
WINDS = Topic("winds", "Winds", TopicKind.CLUSTER)
REST = Topic("more-papers", "More papers", TopicKind.REST)


def make_contribution(signal: str = "novelty", **changes: Any) -> Contribution:
    values: dict[str, Any] = {
        "signal": signal,
        "value": 0.7,
        "percentile": 0.9,
        "field": "cs.CL",
        "field_size": 40,
        "weight": 1.0,
        "points": 45.0,
        "source": "earlier cs papers in this store",
        "observed_at": NOON,
        "sample_size": 300,
        "note": "unlike the 300 earlier cs papers seen here",
    }
    return Contribution(**{**values, **changes})


def make_entry(rank: int, *, topic: Topic = TIDES, score: float | None = None, **card: Any) -> Entry:
    paper_id = f"2611.{90_000 + rank}"
    values: dict[str, Any] = {
        "paper_id": paper_id,
        "version": 1,
        "title": f"On the tides of paper {paper_id}",
        "authors": ("Ada Northmere", "Bo Fell"),
        "primary_category": "cs.CL",
        "cross_lists": (),
        "announce_type": AnnounceType.NEW,
        "sentences": ("We show that tides rise.",),
        "novelty": 90,
    }
    total = 100.0 - rank if score is None else score
    contributions = (make_contribution(points=total - 1), make_contribution("code", points=1.0))
    return Entry(rank, topic.slug, Score(paper_id, total, contributions), Card(**{**values, **card}), "it stands out")


def make_edition(*entries: Entry, on: date = THURSDAY, **changes: Any) -> Edition:
    topics = []
    for topic in (TIDES, WINDS, REST):
        count = sum(entry.topic == topic.slug for entry in entries)
        if count:
            topics.append(EditionTopic(topic, count))
    values: dict[str, Any] = {
        "announced_on": on,
        "categories": ("cs.CL",),
        "announced": len(entries),
        "replaced": 3,
        "missing": 0,
        "unproven": (),
        "is_sample": False,
        "topics": tuple(topics),
        "entries": entries,
        "manifest": "",
    }
    return freeze(Edition(**{**values, **changes}))
