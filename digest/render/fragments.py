"""Finished pieces of mail: each paper's card, made once an edition and joined into any number of mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from digest.render.cards import card_view
from digest.render.encoding import encoded_size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model.edition import Entry
    from digest.render.environment import Templates

_BASE = "email/_base"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One card in both parts of a mail; `html_size` is in bytes, quoted-printable."""

    html: Markup
    text: str
    html_size: int


@dataclass(frozen=True, slots=True)
class CardFragments:
    """The cards of an edition's entries: large, for a mail's lead, and ordinary; by paper id."""

    leads: dict[str, Fragment]
    cards: dict[str, Fragment]

    @classmethod
    def of(cls, entries: Iterable[Entry], *, templates: Templates) -> CardFragments:
        """Both cards of each of `entries`."""
        leads: dict[str, Fragment] = {}
        cards: dict[str, Fragment] = {}
        for view in map(card_view, entries):
            text = templates.render(f"{_BASE}/card.txt", card=view)
            leads[view.paper_id] = _fragment(templates.render(f"{_BASE}/lead.html", card=view), text)
            cards[view.paper_id] = _fragment(templates.render(f"{_BASE}/card.html", card=view), text)
        return cls(leads, cards)


def _fragment(html: str, text: str) -> Fragment:
    # Trusted as markup: it comes from a template that escaped what papers say.
    return Fragment(Markup(html), text, encoded_size(html))  # noqa: S704
