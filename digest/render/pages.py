"""Makes web pages: the mail's own cards, with a style sheet in place of inlined styles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2
from babel import Locale

from digest.model.mail import MailLinks, Sender
from digest.render.environment import Templates
from digest.render.fragments import CardFragments
from digest.render.view import mail_view

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.edition import Selection

_SHEETS = ("email/_base/inline.css", "email/_base/screen.css", "site.css")
# An edition on a page is for nobody in particular.
_NO_LINKS = MailLinks(edition="", preferences="", unsubscribe="", unsubscribe_mailto="")
_NO_SENDER = Sender(title="", address="", postal_address="", bounce_address="", list_id="")


class PageRenderer:
    """Renders pages with the templates in a folder.

    What its folder `web` has under the name of a mail's template goes before that one: a page has no style attributes,
    so that its policy need not allow any.
    """

    def __init__(self, templates: Path) -> None:
        self._templates = Templates(templates, loader=jinja2.FileSystemLoader([templates / "web", templates]))

    def render(self, name: str, *, frame: object, view: object) -> str:
        """The page `name`, such as `subscribe`; RenderError when its template can't be used."""
        return self._templates.render(f"{name}.html", frame=frame, view=view)

    def edition(self, selection: Selection) -> str:
        """What a selection's mail shows between its head and its foot, as a piece of a page."""
        cards = CardFragments.of(selection.entries, templates=self._templates)
        mail = mail_view(selection, selection.entries, links=_NO_LINKS, sender=_NO_SENDER, cards=cards)
        return self._templates.render("_cards.html", mail=mail)

    def stylesheet(self) -> str:
        """The style sheet of all pages: the mail's, then what pages have besides."""
        return "\n".join(self._templates.render(name) for name in _SHEETS)

    def icon(self) -> str:
        """The icon that browsers show beside the title, as SVG."""
        return self._templates.render("icon.svg")


def language_name(code: str) -> str:
    """What a language calls itself, such as `Deutsch` for `de`."""
    name: str = Locale.parse(code, sep="-").get_display_name() or code
    return name[:1].upper() + name[1:]
