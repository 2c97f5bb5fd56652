"""The day's papers out of the store, through signals, rank and topics, into a frozen edition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.edition.cards import make_card
from digest.edition.freeze import freeze
from digest.edition.why import explain
from digest.errors import NothingToShowError
from digest.model.announcement import AnnounceType
from digest.model.edition import Edition, EditionTopic, Entry
from digest.model.paper import archive_of, is_invented
from digest.model.signal import Score
from digest.pipeline.candidates import Candidates, choose_candidates
from digest.pipeline.late import find_late
from digest.pipeline.proof import count_missing, find_unproven
from digest.rank.diversify import diversify
from digest.rank.score import score
from digest.signals.all import SIGNALS
from digest.signals.attention import NAME as ATTENTION
from digest.signals.day import Day
from digest.text.terms import ENCODER, TermVector, count_terms, weigh
from digest.text.withdrawn import is_withdrawn
from digest.topics.configured import assign
from digest.topics.group import REST, group

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from digest.model.announcement import Batch
    from digest.model.paper import Paper
    from digest.model.topic import TopicRule
    from digest.pipeline.foretell import Foretell
    from digest.pipeline.rising import FindRising
    from digest.store.announcements import AnnouncementStore
    from digest.store.editions import EditionStore
    from digest.store.papers import PaperStore
    from digest.store.vectors import VectorStore
    from digest.topics.group import Grouping

_WITHDRAWN = "it has been withdrawn"
_COMPARED = frozenset(signal.name for signal in SIGNALS if signal.is_compared)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper in its place: its explained score, its topic's slug, and the day of one that was announced earlier."""

    paper_id: str
    score: Score
    topic: str
    first_on: date | None = None


@dataclass(frozen=True, slots=True)
class PublishReport:
    """The day's edition, whether it had been frozen before, and the categories asked for that it came too early for."""

    edition: Edition
    was_frozen: bool
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Makes editions; an edition, once saved, is never made again.

    Novelty looks back on the newest `look_back` papers of each field; one run encodes at most `encode_at_most` texts
    beside the day's own.
    """

    announcements: AnnouncementStore
    papers: PaperStore
    vectors: VectorStore
    editions: EditionStore
    topics: tuple[TopicRule, ...]
    areas: Mapping[str, str]
    weights: Mapping[str, float]
    diversity: float
    clock: Callable[[], datetime]
    foretell: Foretell | None = None
    rising: FindRising | None = None
    look_back: int = 20_000
    encode_at_most: int = 50_000

    def run(
        self,
        categories: Sequence[str],
        *,
        on: date | None = None,
        told: Callable[[str], None] = lambda _: None,
    ) -> PublishReport:
        """The edition of `on`, or of the newest day announced, of what there is: what is frozen stays.

        NothingToShowError when nothing was announced.
        """
        day = on or self.announcements.find_newest_day()
        if day is None:
            raise NothingToShowError("Publishing an edition: nothing has been ingested yet. Run: digest ingest")
        frozen = self.editions.find(day)
        if frozen:
            left_out = tuple(code for code in categories if code not in frozen.categories)
            return PublishReport(frozen, was_frozen=True, left_out=left_out)
        told("choosing and ranking")
        batches = self._find_batches(day, categories)
        candidates = self._find_candidates(day, tuple(categories))
        edition = self._make(day, tuple(categories), batches, candidates, told)
        return PublishReport(self.editions.save(edition, now=self.clock()), was_frozen=False)

    def _find_batches(self, on: date, categories: Sequence[str]) -> list[Batch]:
        batches = [batch for batch in self.announcements.find_batches(on) if batch.category in categories]
        if not any(batch.seen for batch in batches):
            announced = all(batch.is_proven for batch in batches) if batches else False
            known = "arXiv announced nothing" if announced else "nothing of that day was ingested"
            raise NothingToShowError(
                f"Publishing the edition of {on}: {known} for {', '.join(categories)}. Run digest ingest, or choose "
                "another day with --on."
            )
        return batches

    def _make(
        self,
        on: date,
        categories: tuple[str, ...],
        batches: Sequence[Batch],
        candidates: Candidates,
        told: Callable[[str], None],
    ) -> Edition:
        papers = tuple(self.papers.find_many((*candidates.types, *candidates.late)).values())
        papers = tuple(sorted(papers, key=lambda paper: paper.id))
        day = self._load(on, papers, told)
        readings = [reading for signal in SIGNALS for reading in signal.measure(day)]
        wide = {"forecast": self.foretell.find_chances(on)} if self.foretell else {}
        scores = _withdraw(papers, score(papers, readings, self.weights, wide=wide))
        grouping = group(papers, self.topics, day.vectors)
        order = diversify([paper.id for paper in papers], day.vectors, scores, diversity=self.diversity)
        order = sorted(order, key=lambda paper_id: not scores[paper_id].contributions)
        ranked = [Ranked(paper_id, scores[paper_id], grouping.topic_of[paper_id]) for paper_id in order]
        newer = self._rank_newer_versions(day, candidates)
        rising = self._rank_rising(on, categories, candidates.ids)
        return freeze(
            Edition(
                announced_on=on,
                categories=categories,
                announced=len(papers) - len(candidates.late),
                replaced=len(newer),
                missing=count_missing(batches, candidates),
                unproven=find_unproven(batches, categories),
                is_sample=any(map(is_invented, (*candidates.types, *candidates.replaced))),
                topics=_count_topics(grouping, candidates.late),
                entries=tuple(self._make_entries([*ranked, *rising, *newer], candidates)),
                manifest="",
            )
        )

    def _find_candidates(self, on: date, categories: tuple[str, ...]) -> Candidates:
        announcements = self.announcements.find_announcements(on)
        ids = sorted({one.paper_id for one in announcements})
        chosen = choose_candidates(announcements, self.announcements.find_earlier(ids, before=on), categories)
        late = find_late(on, categories, announcements=self.announcements, editions=self.editions)
        late = {key: one for key, one in late.items() if key not in chosen.types}
        return replace(
            chosen, late=late, replaced={key: one for key, one in chosen.replaced.items() if key not in late}
        )

    def _load(self, on: date, papers: tuple[Paper, ...], told: Callable[[str], None]) -> Day:
        self._encode(papers)
        ids = tuple(paper.id for paper in papers)
        own_ids = frozenset(ids)
        archives = sorted({archive_of(paper.primary_category) for paper in papers})
        known = self.vectors.find_earlier(before=on, archives=archives, encoder=ENCODER, limit=self.look_back)
        # A paper that came late was announced before, and must not be compared with itself.
        earlier = [one for one in known if one[0] not in own_ids]
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
            forecasts=self.foretell.run(on, papers, told=told) if self.foretell else {},
            observations=self.rising.observe(ids, now=self.clock()) if self.rising else {},
        )

    def _encode(self, papers: Sequence[Paper]) -> None:
        """Counts the words of every paper that has no vector yet, the day's own and those of days before."""
        own = [paper.id for paper in papers]
        waiting = self.vectors.find_unencoded(encoder=ENCODER, limit=self.encode_at_most, first=own)
        texts = {paper.id: paper for paper in (*self.papers.find_many(waiting).values(), *papers)}
        uncounted = [texts[paper_id] for paper_id in waiting]
        counted = count_terms([f"{paper.title}\n{paper.abstract}" for paper in uncounted]) if uncounted else []
        encoded = zip(uncounted, counted, strict=True)
        self.vectors.save({paper.id: (paper.version, vector.to_bytes()) for paper, vector in encoded}, encoder=ENCODER)

    def _rank_newer_versions(self, day: Day, candidates: Candidates) -> list[Ranked]:
        """Papers that were only replaced, for those who want to see them: compared among themselves, best first.

        How new their words are is not asked: the nearest earlier paper would be the version before.
        """
        papers = tuple(self.papers.find_many(tuple(candidates.replaced)).values())
        names = [author.name for paper in papers for author in paper.authors]
        known = self.papers.count_earlier_papers(names, before=day.announced_on)
        replaced = replace(day, papers=papers, earlier_by_author=known, forecasts={}, observations={})
        readings = [one for signal in SIGNALS if signal.name != "novelty" for one in signal.measure(replaced)]
        scores = _withdraw(papers, score(papers, readings, self.weights))
        topics = assign(papers, self.topics)
        slugs = {paper.id: topics[paper.id].slug if paper.id in topics else REST.slug for paper in papers}
        return [
            Ranked(one.paper_id, one, slugs[one.paper_id])
            for one in sorted(scores.values(), key=lambda one: (-one.total, one.paper_id))
        ]

    def _rank_rising(self, on: date, categories: Sequence[str], without: Collection[str]) -> list[Ranked]:
        if self.rising is None:
            return []
        found = self.rising.run(
            on,
            categories,
            weight=self.weights.get(ATTENTION, 0),
            without=without,
            now=self.clock(),
        )
        papers = self.papers.find_many([one.paper_id for one in found])
        found = [one for one in found if not _is_gone(papers[one.paper_id])]
        topics = assign(tuple(papers.values()), self.topics)
        slugs = {key: topics[key].slug if key in topics else REST.slug for key in papers}
        return [Ranked(one.paper_id, one.score, slugs[one.paper_id], one.first_on) for one in found]

    def _make_entries(self, ranked: Sequence[Ranked], candidates: Candidates) -> Iterator[Entry]:
        types = {
            **candidates.types,
            **candidates.replaced,
            **{key: one.announce_type for key, one in candidates.late.items()},
        }
        types |= {one.paper_id: AnnounceType.NEW for one in ranked if one.first_on}
        papers = self.papers.find_many([one.paper_id for one in ranked])
        for rank, one in enumerate(ranked, start=1):
            paper = papers[one.paper_id]
            category = paper.primary_category
            area = self.areas.get(category) or self.areas.get(archive_of(category), "")
            came_late = candidates.late.get(one.paper_id)
            card = make_card(
                paper,
                types[one.paper_id],
                one.score,
                area=area,
                first_on=came_late.first_on if came_late else one.first_on,
                is_late=came_late is not None,
            )
            why = explain(one.score.contributions, compared=_COMPARED)
            gone = _is_gone(paper)
            yield Entry(rank, one.topic, one.score, card, _WITHDRAWN if gone else why)


def _is_gone(paper: Paper) -> bool:
    return is_withdrawn(paper.abstract, paper.comment)


def _withdraw(papers: Iterable[Paper], scores: Mapping[str, Score]) -> dict[str, Score]:
    """The scores, but for papers that were withdrawn: those are announced like others, and come last."""
    gone = {paper.id: Score(paper.id, 0.0, ()) for paper in papers if _is_gone(paper)}
    return {**scores, **gone}


def _count_topics(grouping: Grouping, late: Collection[str]) -> tuple[EditionTopic, ...]:
    slugs = [slug for paper_id, slug in grouping.topic_of.items() if paper_id not in late]
    return tuple(EditionTopic(topic, slugs.count(topic.slug)) for topic in grouping.topics)
