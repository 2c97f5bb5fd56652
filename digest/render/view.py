"""One mail as its templates see it: counts, themes, and sections with their cards already finished."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from markupsafe import Markup

from digest.model.topic import TopicKind
from digest.render.filters import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.edition import Edition, Entry, Section, Selection
    from digest.model.mail import MailLinks, Sender
    from digest.model.topic import Topic
    from digest.render.fragments import CardFragments, Fragment

# Preferences may name hundreds of phrases; the mail needs to say what kind they are.
_CHOSEN_BY = 600


@dataclass(frozen=True, slots=True)
class SectionView:
    """A topic's part of a mail; `shown` counts its cards, and the lead where that `is_above` and of this topic."""

    name: str
    shown: int
    announced: int
    is_lead_above: bool
    html: Markup
    text: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A line of the contents: a topic's name and how many of the mail's papers are in it."""

    name: str
    shown: int


class Nothing(StrEnum):
    """Why a mail has no papers: arXiv announced none, could not be read, or has none for this reader."""

    ANNOUNCED = "announced"
    READ = "read"
    FITTING = "fitting"


@dataclass(frozen=True, slots=True)
class MailView:
    """What every template of the digest is given, as `mail`.

    `chosen` counts the selection, `nothing` says why that is 0; `omitted` counts those that are left out of the mail;
    `themes` are the topics' names in order of their best paper; `strongest` the titles of the two best papers.
    """

    selection: Selection
    links: MailLinks
    sender: Sender
    chosen: int
    nothing: Nothing | None
    chosen_by: str
    themes: tuple[str, ...]
    strongest: tuple[str, ...]
    contents: tuple[Theme, ...]
    lead: Fragment | None
    lead_topic: str | None
    sections: tuple[SectionView, ...]
    omitted: int
    omitted_from: tuple[str, ...]


def mail_view(
    selection: Selection, shown: Sequence[Entry], *, links: MailLinks, sender: Sender, cards: CardFragments
) -> MailView:
    """The mail that shows only `shown`, which are entries of `selection`, and counts the others as left out."""
    ids = {entry.card.paper_id for entry in shown}
    ranked = sorted(selection.entries, key=lambda entry: entry.rank)
    left_out = [entry for entry in ranked if entry.card.paper_id not in ids]
    topics = _topics(selection)
    lead = selection.lead if selection.lead and selection.lead.card.paper_id in ids else None
    views = (_section_view(section, ids, lead=lead, cards=cards) for section in selection.sections)
    sections = tuple(view for view in views if view.html)
    return MailView(
        selection=selection,
        links=links,
        sender=sender,
        chosen=len(ranked),
        nothing=None if ranked else _nothing(selection.edition),
        chosen_by=shorten(one_line(selection.chosen_by).rstrip(".") + ".", _CHOSEN_BY),
        themes=_themes(ranked, topics),
        strongest=tuple(one_line(entry.card.title) for entry in ranked[:2]),
        contents=_contents(sections, lead, topics),
        lead=cards.leads[lead.card.paper_id] if lead else None,
        lead_topic=_name(lead.topic, topics) if lead else None,
        sections=sections,
        omitted=len(left_out),
        omitted_from=tuple(dict.fromkeys(topics[entry.topic].name for entry in left_out if entry.topic in topics)),
    )


def _nothing(edition: Edition) -> Nothing:
    if edition.announced:
        return Nothing.FITTING
    return Nothing.READ if edition.missing or edition.unproven else Nothing.ANNOUNCED


def _topics(selection: Selection) -> dict[str, Topic]:
    counted = [item.topic for item in selection.edition.topics] + [part.topic for part in selection.sections]
    return {topic.slug: topic for topic in counted}


def _name(slug: str, topics: dict[str, Topic]) -> str | None:
    """The topic's name, None for the rest, which is no theme."""
    topic = topics.get(slug)
    return topic.name if topic and topic.kind is not TopicKind.REST else None


def _themes(ranked: Sequence[Entry], topics: dict[str, Topic]) -> tuple[str, ...]:
    names = (_name(entry.topic, topics) for entry in ranked)
    return tuple(dict.fromkeys(name for name in names if name))


def _contents(sections: Sequence[SectionView], lead: Entry | None, topics: dict[str, Topic]) -> tuple[Theme, ...]:
    """The sections' names and counts; before them the lead's topic where it has no section of its own."""
    parts = tuple(Theme(section.name, section.shown) for section in sections)
    if lead is None or lead.topic not in topics or any(section.is_lead_above for section in sections):
        return parts
    return (Theme(topics[lead.topic].name, 1), *parts)


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
    )
