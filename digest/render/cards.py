"""What a paper's card says, ready for a template: links, badges and texts no longer than a mail can bear."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.render.filters import one_line, short_authors, shorten

if TYPE_CHECKING:
    from datetime import date

    from digest.model.edition import Card, Entry

# Bounds far above what is usual, so that no single paper can fill a mail: characters.
_TITLE = 300
_SENTENCE = 700
_NAME = 80
_BADGE = 60
_WHY = 300
_LINK = 500
# The characters of RFC 3986, so that an address stays one word in the text part and valid in HTML.
_WEB_ADDRESS = re.compile(
    r"https?://[\w.-]+(?::\d+)?(?:[/?#](?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Badge:
    """A short fact about a paper; with an address it is a link."""

    label: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class CardView:
    """One entry as the templates write it; `score` is whole, 0 to 100; `quotation` has its quotation marks."""

    paper_id: str
    title: str
    abs_address: str
    pdf_address: str
    authors: str
    category: str
    quotation: str
    badges: tuple[Badge, ...]
    why: str
    score: int


def card_view(entry: Entry) -> CardView:
    """The card of `entry`."""
    card = entry.card
    names = [shorten(one_line(name), _NAME) for name in card.authors]
    return CardView(
        paper_id=card.paper_id,
        title=shorten(one_line(card.title), _TITLE),
        abs_address=f"https://arxiv.org/abs/{card.paper_id}",
        pdf_address=f"https://arxiv.org/pdf/{card.paper_id}",
        authors=short_authors(names),
        category=card.primary_category,
        quotation=" … ".join(f"“{shorten(one_line(text), _SENTENCE)}”" for text in card.sentences[:2]),
        badges=tuple(_badges(card)),
        why=shorten(one_line(entry.why), _WHY),
        score=min(max(math.floor(entry.score.total + 0.5), 0), 100),
    )


def _badges(card: Card) -> list[Badge]:
    links = (("Code", card.code_url), ("Project page", card.project_url))
    badges = []
    if card.first_on:
        badges.append(Badge(f"announced {card.first_on:%A}" if card.is_late else f"announced {_date(card.first_on)}"))
    badges += [Badge(label, address) for label, address in links if address and _is_usable(address)]
    if card.venue:
        badges.append(Badge(shorten(one_line(card.venue), _BADGE)))
    if card.novelty is not None:
        badges.append(Badge(f"Novelty {card.novelty}%"))
    if card.cross_lists:
        badges.append(Badge(shorten(f"also {', '.join(card.cross_lists)}", _BADGE)))
    return badges


def _date(day: date) -> str:
    return f"{day:%B} {day.day}"


def _is_usable(address: str) -> bool:
    """Addresses come from abstracts: only a well-formed one that opens a page becomes a link."""
    return len(address) <= _LINK and _WEB_ADDRESS.fullmatch(address) is not None
