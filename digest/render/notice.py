"""Makes the mails about a subscription itself: one folder of templates a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.mail import Rendered
from digest.render.environment import Templates

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from digest.model.mail import Sender
    from digest.model.subscriber import NoticeKind


@dataclass(frozen=True, slots=True)
class NoticeLinks:
    """Where a notice leads: `action` to what it is about, the others to the subscriber's own pages."""

    action: str
    preferences: str
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What the templates of a notice are given, as `notice`; nothing in it was typed by a stranger."""

    sender: Sender
    links: NoticeLinks
    command_address: str
    good_until: date
    paused_until: date | None
    language: str


class NoticeRenderer:
    """Renders notices with the templates in a folder."""

    def __init__(self, templates: Path) -> None:
        self._templates = Templates(templates)

    def render(self, kind: NoticeKind, notice: NoticeView) -> Rendered:
        """The mail of that kind; RenderError when a template can't be used."""
        folder = f"email/{kind.value}"
        subject = " ".join(self._templates.render(f"{folder}/subject.txt", notice=notice).split())
        return Rendered(
            subject=subject,
            text=self._templates.render(f"{folder}/body.txt", notice=notice),
            html=self._templates.render(f"{folder}/body.html", notice=notice, subject=subject),
        )
