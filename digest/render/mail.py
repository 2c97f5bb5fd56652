"""Makes the mail of a day: the subject, the text part and the HTML part of one selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.mail import MailLinks, Rendered, Sender
from digest.render.encoding import ROOM, encoded_size
from digest.render.environment import Templates
from digest.render.fragments import CardFragments
from digest.render.view import MailView, mail_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from digest.model.edition import Entry, Selection

_MAIL = "email/digest"


class MailRenderer:
    """Renders selections with the templates in a folder; make it once, and the cards of an edition once too."""

    def __init__(self, templates: Path) -> None:
        self._templates = Templates(templates)

    def cards(self, entries: Iterable[Entry]) -> CardFragments:
        """The finished cards of `entries`, for any number of mails of their edition."""
        return CardFragments.of(entries, templates=self._templates)

    def render(
        self,
        selection: Selection,
        *,
        links: MailLinks,
        sender: Sender,
        cards: CardFragments | None = None,
        language: str = "en",
    ) -> Rendered:
        """The mail of `selection`, dates in `language`; `cards` must hold all its entries, and are made when not given.

        Its HTML part stays below 100,000 bytes when encoded as quoted-printable: what is too much is left out, worst
        rank first, counted in `omitted` and said in the mail. RenderError when a template can't be used.
        """
        cards = cards or self.cards(selection.entries)
        shown = sorted(selection.entries, key=lambda entry: (entry is not selection.lead, entry.rank))
        while True:
            view = mail_view(selection, shown, links=links, sender=sender, cards=cards, language=language)
            rendered = self._rendered(view)
            excess = encoded_size(rendered.html) - ROOM
            if excess <= 0 or not shown:
                return rendered
            shown = _without_worst(shown, excess, cards=cards)

    def _rendered(self, view: MailView) -> Rendered:
        subject = " ".join(self._templates.render(f"{_MAIL}/subject.txt", mail=view).split())
        return Rendered(
            subject=subject,
            text=self._templates.render(f"{_MAIL}/body.txt", mail=view),
            html=self._templates.render(f"{_MAIL}/body.html", mail=view, subject=subject),
            omitted=view.omitted,
        )


def _without_worst(shown: Sequence[Entry], excess: int, *, cards: CardFragments) -> list[Entry]:
    """`shown` without as many of its last entries as are needed to make room for `excess` bytes, at least one."""
    kept = list(shown)
    while kept and excess > 0:
        excess -= cards.cards[kept.pop().card.paper_id].html_size
    return kept
