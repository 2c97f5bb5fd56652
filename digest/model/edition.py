"""An edition: one day's frozen digest, and what is drawn from it for one reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.announcement import DayKind

if TYPE_CHECKING:
    from datetime import date

    from digest.model.announcement import AnnounceType
    from digest.model.signal import Score
    from digest.model.topic import Topic


@dataclass(frozen=True, slots=True)
class Card:
    """What a mail or page shows of a paper, frozen on the day.

    `sentences` are the authors' own, word for word; `novelty` is a percentage or None where it could not be told;
    `area` names the wider field in which papers of small topics meet, or is empty; `first_on` is the day on which a
    paper of an earlier day was announced, None for the day's own; such a one `is_late` when it turned up only now, else
    it is rising.
    """

    paper_id: str
    version: int
    title: str
    authors: tuple[str, ...]
    primary_category: str
    cross_lists: tuple[str, ...]
    announce_type: AnnounceType
    sentences: tuple[str, ...]
    code_url: str | None = None
    project_url: str | None = None
    venue: str | None = None
    novelty: int | None = None
    area: str = ""
    first_on: date | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper in an edition: its rank (1 is best), its topic's slug, its explained score, and why it is here."""

    rank: int
    topic: str
    score: Score
    card: Card
    why: str

    @property
    def is_replacement(self) -> bool:
        """Whether it is a newer version of a paper announced earlier."""
        return self.card.announce_type.is_replacement

    @property
    def is_rising(self) -> bool:
        """Whether it is a paper of an earlier day that gets more attention than others of its age."""
        return self.card.first_on is not None and not self.card.is_late

    @property
    def is_news(self) -> bool:
        """Whether it was announced for the first time that day, or turned up only then."""
        return not self.is_replacement and not self.is_rising

    @property
    def strength(self) -> tuple[float, int]:
        """What entries are compared by: the score, and of equal ones the better rank; the strongest has the highest."""
        return self.score.total, -self.rank


@dataclass(frozen=True, slots=True)
class EditionTopic:
    """A topic with the number of the edition's papers in it."""

    topic: Topic
    announced: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One day's frozen digest.

    `announced` counts the papers announced that day in the operator's categories, new and cross-listed, each once;
    `replaced` the newer versions, whose entries come last, behind those of rising papers of earlier days; `missing` the
    announced papers that arXiv has not yet given; `unproven` are the categories whose listing page could not be read,
    so that nothing proves that all is here.
    `manifest` is the SHA-256 of all the rest in canonical form, in hexadecimal. `day_kind` says whether arXiv announces
    anything on such a day; where it doesn't, the edition is a note of that.
    """

    announced_on: date
    categories: tuple[str, ...]
    announced: int
    replaced: int
    missing: int
    unproven: tuple[str, ...]
    is_sample: bool
    topics: tuple[EditionTopic, ...]
    entries: tuple[Entry, ...]
    manifest: str
    day_kind: DayKind = DayKind.ANNOUNCEMENT

    @property
    def news(self) -> tuple[Entry, ...]:
        """The entries of papers that were announced for the first time, and of those that turned up late."""
        return tuple(entry for entry in self.entries if entry.is_news)

    @property
    def rising(self) -> int:
        """How many papers of earlier days are in it because they are rising."""
        return sum(entry.is_rising for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Taken:
    """The ids of the papers in one selection, by why each is wanted: enough to make the same selection again."""

    by_author: tuple[str, ...] = ()
    with_keyword: tuple[str, ...] = ()
    by_choice: tuple[str, ...] = ()
    rising: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """All of them."""
        return self.by_author + self.with_keyword + self.by_choice + self.rising


@dataclass(frozen=True, slots=True)
class Section:
    """A topic's entries in one selection, best first; `announced` is how many the whole edition has in it."""

    topic: Topic
    announced: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What one reader gets of an edition: a lead, then sections by topic; `chosen_by` says in one line by what.

    `taken` are its papers; `since` is the first day where the edition joins several.
    """

    edition: Edition
    lead: Entry | None
    sections: tuple[Section, ...]
    chosen_by: str
    taken: Taken = Taken()
    since: date | None = None
    is_preview: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All its entries, the lead first, each once."""
        lead = (self.lead,) if self.lead else ()
        return lead + tuple(entry for section in self.sections for entry in section.entries)
