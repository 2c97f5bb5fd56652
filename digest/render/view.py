"""One mail as its templates see it: counts, topics, and sections with their cards already finished."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from markupsafe import Markup

from digest.model.announcement import DayKind
from digest.model.topic import TopicKind
from digest.render.filters import one_line, shorten, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.edition import Edition, Entry, Section, Selection
    from digest.model.mail import MailLinks, Sender
    from digest.model.topic import Topic
    from digest.render.fragments import CardFragments, Fragment

# Preferences may name hundreds of keywords; the mail needs to say what kind they are.
_CHOSEN_BY = 600


@dataclass(frozen=True, slots=True)
class SectionView:
    """A topic's part of a mail; `shown` counts its cards, and the lead where that is of this topic and so above."""

    name: str
    shown: int
    announced: int
    is_lead_above: bool
    html: Markup
    text: str
    is_rising: bool = False

    @property
    def share(self) -> str:
        """How many of the edition's papers these are."""
        of = "that rise" if self.is_rising else "announced"
        return f"{whole(self.shown)} of {whole(self.announced)} {of}{', one of them above' * self.is_lead_above}"


@dataclass(frozen=True, slots=True)
class ContentsItem:
    """One item of the contents: a section's name and how many of the mail's papers are in it."""

    name: str
    shown: int


class Nothing(StrEnum):
    """Why a mail has no papers.

    arXiv announced none, though it does on such a day; or doesn't at all, for a holiday or at a weekend; or could not
    be read; or has none for this reader.
    """

    ANNOUNCED = "announced"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    READ = "read"
    FITTING = "fitting"


_OF_DAY = {
    DayKind.ANNOUNCEMENT: Nothing.ANNOUNCED,
    DayKind.HOLIDAY: Nothing.HOLIDAY,
    DayKind.WEEKEND: Nothing.WEEKEND,
}


@dataclass(frozen=True, slots=True)
class MailView:
    """What every template of the digest is given, as `mail`.

    `topics` are the topics' names in the order in which the mail comes to them; `left_out` the topic's name, or None,
    of each entry that the mail has no room for, the highest score first.
    """

    selection: Selection
    links: MailLinks
    sender: Sender
    topics: tuple[str, ...]
    contents: tuple[ContentsItem, ...]
    lead: Fragment | None
    lead_topic: str | None
    sections: tuple[SectionView, ...]
    left_out: tuple[str | None, ...]
    language: str

    @property
    def chosen(self) -> int:
        """How many entries the selection has, shown or not."""
        return len(self.selection.entries)

    @property
    def chosen_news(self) -> int:
        """How many of them were announced for the first time."""
        return sum(entry.is_news and not entry.card.is_late for entry in self.selection.entries)

    @property
    def chosen_late(self) -> int:
        """How many of them were announced on an earlier day, and turned up only now."""
        return sum(entry.card.is_late for entry in self.selection.entries)

    @property
    def chosen_rising(self) -> int:
        """How many of them are papers of earlier days that are rising."""
        return sum(entry.is_rising for entry in self.selection.entries)

    @property
    def lead_label(self) -> str:
        """What stands over the lead; papers of earlier days may have a higher score, but don't lead."""
        if self.chosen == 1:
            return "Your one paper today"
        return "Highest score of the new papers" if self.chosen_rising else "Highest score in this mail"

    @property
    def chosen_newer(self) -> int:
        """How many of them are newer versions."""
        return sum(entry.is_replacement for entry in self.selection.entries)

    @property
    def nothing(self) -> Nothing | None:
        """Why there are none."""
        return None if self.chosen else _nothing(self.selection.edition)

    @property
    def chosen_by(self) -> str:
        """By what they were chosen, as a sentence."""
        return shorten(one_line(self.selection.chosen_by).rstrip(".") + ".", _CHOSEN_BY)

    @property
    def strongest(self) -> tuple[str, ...]:
        """The titles of the two entries with the highest scores, of papers of earlier days only where there are no
        others."""
        best = sorted(_by_score(self.selection), key=lambda entry: entry.is_rising)
        return tuple(one_line(entry.card.title) for entry in best[:2])

    @property
    def omitted(self) -> int:
        """How many entries are left out of the mail."""
        return len(self.left_out)

    @property
    def omitted_from(self) -> tuple[str, ...]:
        """The names of their topics."""
        return tuple(dict.fromkeys(name for name in self.left_out if name))


def mail_view(  # noqa: PLR0913 - what a mail is made of
    selection: Selection,
    shown: Sequence[Entry],
    *,
    links: MailLinks,
    sender: Sender,
    cards: CardFragments,
    language: str = "en",
) -> MailView:
    """The mail that shows only `shown`, which are entries of `selection`, and counts the others as left out."""
    ids = {entry.card.paper_id for entry in shown}
    left_out = [entry for entry in _by_score(selection) if entry.card.paper_id not in ids]
    topics = _topics(selection)
    lead = selection.lead if selection.lead and selection.lead.card.paper_id in ids else None
    views = (_section_view(section, ids, lead=lead, cards=cards) for section in selection.sections)
    sections = tuple(view for view in views if view.html)
    return MailView(
        selection=selection,
        links=links,
        sender=sender,
        topics=_names(selection.entries, topics),
        contents=_contents(sections, lead, topics),
        lead=cards.leads[lead.card.paper_id] if lead else None,
        lead_topic=_name(lead.topic, topics) if lead else None,
        sections=sections,
        left_out=tuple(topics[entry.topic].name if entry.topic in topics else None for entry in left_out),
        language=language,
    )


def _by_score(selection: Selection) -> list[Entry]:
    return sorted(selection.entries, key=lambda entry: entry.strength, reverse=True)


def _nothing(edition: Edition) -> Nothing:
    if edition.announced:
        return Nothing.FITTING
    if edition.missing or edition.unproven:
        return Nothing.READ
    return _OF_DAY[edition.day_kind]


def _topics(selection: Selection) -> dict[str, Topic]:
    counted = [item.topic for item in selection.edition.topics] + [part.topic for part in selection.sections]
    return {topic.slug: topic for topic in counted}


def _name(slug: str, topics: dict[str, Topic]) -> str | None:
    """The topic's name, None for the rest, which is no topic of its own."""
    topic = topics.get(slug)
    return topic.name if topic and topic.kind is not TopicKind.REST else None


def _names(entries: Sequence[Entry], topics: dict[str, Topic]) -> tuple[str, ...]:
    names = (_name(entry.topic, topics) for entry in entries)
    return tuple(dict.fromkeys(name for name in names if name))


def _contents(
    sections: Sequence[SectionView], lead: Entry | None, topics: dict[str, Topic]
) -> tuple[ContentsItem, ...]:
    """The sections' names and counts; before them the lead's topic where it has no section of its own."""
    parts = tuple(ContentsItem(section.name, section.shown) for section in sections)
    if lead is None or lead.topic not in topics or any(section.is_lead_above for section in sections):
        return parts
    return (ContentsItem(topics[lead.topic].name, 1), *parts)


def _section_view(section: Section, ids: set[str], *, lead: Entry | None, cards: CardFragments) -> SectionView:
    shown = [cards.cards[entry.card.paper_id] for entry in section.entries if entry.card.paper_id in ids]
    is_lead_above = lead is not None and lead.topic == section.topic.slug
    return SectionView(
        name=section.topic.name,
        shown=len(shown) + is_lead_above,
        announced=section.announced,
        is_lead_above=is_lead_above,
        html=Markup("").join(card.html for card in shown),
        text="\n".join(card.text for card in shown),
        is_rising=any(entry.is_rising for entry in section.entries),
    )
