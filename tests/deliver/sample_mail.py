"""A mail like those that are sent, for the tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from digest.deliver.envelope import build_message
from digest.links import Links
from digest.model.mail import MailLinks, Message, Rendered, Sender

SECRET = "only for tests"
SENT_AT = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
SENDER = Sender(
    title="The Daily Preprint",
    address="digest@example.org",
    postal_address="1 Example Street, 12345 Sample",
    bounce_address="bounces@example.org",
    list_id="digest.example.org",
)
LINKS = Links("https://digest.example.org", [SECRET]).mail_links(
    "reader-7", unsubscribe_mailto="leave@example.org", edition_path="/editions/2026-11-20"
)
_TITLES = (
    "Sparse attention that keeps what long documents need",
    "How large language models count, and where they stop",
    "A benchmark of translation between spoken and written Catalan",
    "Learning to plan with few demonstrations",
)
_SENTENCE = "We study the question with care and report what we find: “a result” of 0.7 ± 0.1."


def _text() -> str:
    papers = "\n\n".join(
        f"{rank}. {title}\n   A. Author, B. Writer – cs.CL\n   {_SENTENCE}\n   https://arxiv.org/abs/2611.0000{rank}"
        for rank, title in enumerate(_TITLES, 1)
    )
    return (
        f"The Daily Preprint, Friday 20 November 2026\n\n{papers}\n\n"
        f"Change what you get: {LINKS.preferences}\nUnsubscribe: {LINKS.unsubscribe}\n{SENDER.postal_address}\n"
    )


def _html() -> str:
    papers = "\n".join(
        f'<h2 style="margin:24px 0 4px"><a href="https://arxiv.org/abs/2611.0000{rank}">{title}</a></h2>\n'
        f'<p style="margin:0 0 8px">A. Author, B. Writer – cs.CL</p>\n<p style="margin:0">{_SENTENCE}</p>'
        for rank, title in enumerate(_TITLES, 1)
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>The Daily Preprint</title></head>\n'
        f'<body style="margin:0;font-family:sans-serif">\n<h1>Friday 20 November 2026</h1>\n{papers}\n'
        f'<p><a href="{LINKS.preferences}">Change what you get</a> · <a href="{LINKS.unsubscribe}">Unsubscribe</a>'
        f"</p>\n<p>{SENDER.postal_address}</p>\n</body>\n</html>\n"
    )


@dataclass(frozen=True, kw_only=True)
class SampleMail:
    """What a mail is made of; change a part of it, then build."""

    subject: str = "Sparse attention that keeps what long documents need, and 3 more"
    text: str = _text()
    html: str = _html()
    sender: Sender = SENDER
    recipient: str = "reader@example.net"
    links: MailLinks = LINKS
    edition_key: str = "2026-11-20"
    recipient_key: str = "reader-7"
    sent_at: datetime = SENT_AT

    def build(self) -> Message:
        return build_message(
            Rendered(subject=self.subject, text=self.text, html=self.html),
            sender=self.sender,
            recipient=self.recipient,
            links=self.links,
            edition_key=self.edition_key,
            recipient_key=self.recipient_key,
            sent_at=self.sent_at,
            secret=SECRET,
        )

    def titled(self, title: str) -> SampleMail:
        return replace(self, sender=replace(self.sender, title=title))
