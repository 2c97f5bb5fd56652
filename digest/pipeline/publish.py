"""The day's papers out of the store, through signals, rank and topics, into a frozen edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.edition.cards import make_card
from digest.edition.freeze import freeze
from digest.edition.why import explain
from digest.errors import IncompleteDayError, NothingToShowError
from digest.model.announcement import BatchState
from digest.model.edition import Edition, EditionTopic, Entry
from digest.model.paper import archive_of
from digest.pipeline.candidates import Candidates, choose_candidates
from digest.rank.diversify import diversify
from digest.rank.score import score
from digest.signals.all import SIGNALS
from digest.signals.day import Day
from digest.text.terms import ENCODER, TermVector, count_terms, weigh
from digest.topics.group import group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from digest.model.announcement import Batch
    from digest.model.paper import Paper
    from digest.model.signal import Score
    from digest.model.topic import TopicRule
    from digest.store.announcements import AnnouncementStore
    from digest.store.editions import EditionStore
    from digest.store.papers import PaperStore
    from digest.store.vectors import VectorStore
    from digest.topics.group import Grouping

# How many earlier papers novelty looks back on, and how many texts one run encodes at most.
_LOOK_BACK = 20_000
# The share of a day's announcements that may be missing from its edition, which then says so.
_MOST_MISSING = 0.05
_ENCODE_AT_MOST = 50_000


@dataclass(frozen=True, slots=True)
class PublishReport:
    """The day's edition, and whether it had been frozen before."""

    edition: Edition
    was_frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Makes editions; an edition, once saved, is never made again."""

    announcements: AnnouncementStore
    papers: PaperStore
    vectors: VectorStore
    editions: EditionStore
    topics: tuple[TopicRule, ...]
    areas: Mapping[str, str]
    weights: Mapping[str, float]
    diversity: float
    clock: Callable[[], datetime]

    def run(
        self,
        categories: Sequence[str],
        *,
        on: date | None = None,
        is_sample: bool = False,
        as_is: bool = False,
        told: Callable[[str], None] = lambda _: None,
    ) -> PublishReport:
        """The edition of `on`, or of the newest day announced; NothingToShowError when nothing was announced.

        IncompleteDayError while a category could not be read, or more than a few papers are missing: what is frozen
        stays, so a failure must not become an edition. `as_is` freezes what there is.
        """
        day = on or self.announcements.find_newest_day()
        if day is None:
            raise NothingToShowError("Publishing an edition: nothing has been ingested yet. Run: digest ingest")
        frozen = self.editions.find(day)
        if frozen:
            return PublishReport(frozen, was_frozen=True)
        told("choosing and ranking")
        batches = self._find_batches(day, categories)
        if not as_is:
            _check_whole(day, batches, categories)
        edition = self._make(day, tuple(categories), batches, is_sample=is_sample)
        return PublishReport(self.editions.save(edition, now=self.clock()), was_frozen=False)

    def _find_batches(self, on: date, categories: Sequence[str]) -> list[Batch]:
        batches = [batch for batch in self.announcements.find_batches(on) if batch.category in categories]
        if not batches:
            raise NothingToShowError(
                f"Publishing the edition of {on}: nothing of that day was ingested for {', '.join(categories)}. "
                "Run digest ingest, or choose another day with --on."
            )
        return batches

    def _make(self, on: date, categories: tuple[str, ...], batches: Sequence[Batch], *, is_sample: bool) -> Edition:
        candidates = self._find_candidates(on, categories)
        papers = tuple(self.papers.find_many(tuple(candidates.types)).values())
        papers = tuple(sorted(papers, key=lambda paper: paper.id))
        day = self._load(on, papers)
        readings = [reading for signal in SIGNALS for reading in signal.measure(day)]
        scores = score(papers, readings, self.weights)
        grouping = group(papers, self.topics, day.vectors)
        order = diversify([paper.id for paper in papers], day.vectors, scores, diversity=self.diversity)
        return freeze(
            Edition(
                announced_on=on,
                categories=categories,
                announced=len(papers),
                replaced=candidates.replaced,
                missing=_count_missing(batches),
                unproven=_unproven(batches, categories),
                is_sample=is_sample,
                topics=_count_topics(grouping),
                entries=tuple(self._make_entries(papers, candidates, order, scores, grouping)),
                manifest="",
            )
        )

    def _find_candidates(self, on: date, categories: tuple[str, ...]) -> Candidates:
        announcements = self.announcements.find_announcements(on)
        ids = sorted({one.paper_id for one in announcements})
        return choose_candidates(announcements, self.announcements.find_earlier(ids, before=on), categories)

    def _load(self, on: date, papers: tuple[Paper, ...]) -> Day:
        self._encode(papers)
        ids = [paper.id for paper in papers]
        archives = sorted({archive_of(paper.primary_category) for paper in papers})
        earlier = self.vectors.find_earlier(before=on, archives=archives, encoder=ENCODER, limit=_LOOK_BACK)
        own = self.vectors.find(ids, encoder=ENCODER)
        stored = [*(terms for _, _, terms in earlier), *(own[paper_id] for paper_id in ids)]
        weighted = weigh([TermVector.from_bytes(terms) for terms in stored], earlier=len(earlier))
        names = [author.name for paper in papers for author in paper.authors]
        return Day(
            announced_on=on,
            measured_at=self.clock(),
            papers=papers,
            vectors=weighted[len(earlier) :],
            earlier_vectors=weighted[: len(earlier)],
            earlier_categories=tuple(category for _, category, _ in earlier),
            earlier_by_author=self.papers.count_earlier_papers(names, before=on),
            earlier_papers=self.papers.count_earlier(before=on),
        )

    def _encode(self, papers: Sequence[Paper]) -> None:
        """Counts the words of every paper that has no vector yet, the day's own and those of days before."""
        waiting = self.vectors.find_unencoded(encoder=ENCODER, limit=_ENCODE_AT_MOST)
        texts = {paper.id: paper for paper in (*self.papers.find_many(waiting).values(), *papers)}
        uncounted = [texts[paper_id] for paper_id in waiting]
        counted = count_terms([f"{paper.title}\n{paper.abstract}" for paper in uncounted]) if uncounted else []
        encoded = zip(uncounted, counted, strict=True)
        self.vectors.save({paper.id: (paper.version, vector.to_bytes()) for paper, vector in encoded}, encoder=ENCODER)

    def _make_entries(
        self,
        papers: Sequence[Paper],
        candidates: Candidates,
        order: Sequence[str],
        scores: Mapping[str, Score],
        grouping: Grouping,
    ) -> Iterator[Entry]:
        by_id = {paper.id: paper for paper in papers}
        for rank, paper_id in enumerate(order, start=1):
            paper, scored = by_id[paper_id], scores[paper_id]
            category = paper.primary_category
            area = self.areas.get(category) or self.areas.get(archive_of(category), "")
            card = make_card(paper, candidates.types[paper_id], scored, area=area)
            yield Entry(rank, grouping.topic_of[paper_id], scored, card, explain(scored.contributions))


def _check_whole(on: date, batches: Sequence[Batch], categories: Sequence[str]) -> None:
    read = {batch.category for batch in batches}
    unread = [category for category in categories if category not in read]
    missing, announced = _count_missing(batches), sum(batch.expected or batch.seen for batch in batches)
    lacks = [f"nothing of {', '.join(unread)} was read"] if unread else []
    if missing > _MOST_MISSING * announced:
        lacks.append(f"{missing:,} of {announced:,} announcements are missing")
    if lacks:
        raise IncompleteDayError(
            f"Publishing the edition of {on}: {' and '.join(lacks)}. Run digest daily again later, or freeze what "
            "there is with: digest publish --as-is"
        )


def _count_missing(batches: Sequence[Batch]) -> int:
    return len({one.paper_id for batch in batches for one in batch.missing if not one.announce_type.is_replacement})


def _unproven(batches: Sequence[Batch], categories: Sequence[str]) -> tuple[str, ...]:
    proven = {batch.category for batch in batches if batch.state in (BatchState.COMPLETE, BatchState.QUIET)}
    short = {batch.category for batch in batches if batch.missing}
    return tuple(category for category in categories if category not in proven | short)


def _count_topics(grouping: Grouping) -> tuple[EditionTopic, ...]:
    slugs = list(grouping.topic_of.values())
    return tuple(EditionTopic(topic, slugs.count(topic.slug)) for topic in grouping.topics)
