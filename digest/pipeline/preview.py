"""One mail of an edition for the operator's eyes: rendered, written to a folder, or sent to one address."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.deliver.envelope import build_message
from digest.edition.compose import compose
from digest.edition.wanted import WantedIndex
from digest.errors import InputError, NothingToShowError
from digest.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from digest.links import Links
    from digest.model.edition import Edition, Selection
    from digest.model.mail import Message, Rendered, Sender
    from digest.model.subscriber import Preferences, Subscriber
    from digest.render.mail import MailRenderer
    from digest.store.editions import EditionStore
    from digest.store.papers import PaperStore

# Whom a preview's mail is for when nobody is named: an address that can never receive (RFC 2606).
NOBODY = "preview@example.org"


@dataclass(frozen=True, slots=True)
class Previewed:
    """A preview's selection, texts and finished mail."""

    selection: Selection
    rendered: Rendered
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Renders editions for a look, at most `per_topic` papers of a topic.

    `topic_names` are those of the configured topics, by slug.
    """

    editions: EditionStore
    papers: PaperStore
    renderer: MailRenderer
    links: Links
    sender: Sender
    secret: str
    per_topic: int
    topic_names: Mapping[str, str]
    clock: Callable[[], datetime]

    def run(self, preferences: Preferences, *, on: date | None = None, recipient: str = NOBODY) -> Previewed:
        """The mail that `recipient` would get of the edition of `on`, or of the newest, by those preferences.

        Raises NothingToShowError when there is no such edition, InputError for a topic that is neither in it nor
        configured.
        """
        edition = self._find(on)
        _check_topics(edition, preferences.topics, self.topic_names)
        return self._previewed(self._select(edition, preferences), recipient, preferences.language)

    def run_for(
        self,
        subscriber: Subscriber,
        *,
        on: date | None = None,
        recipient: str,
        find_had: Callable[[date], Collection[str]],
    ) -> Previewed:
        """The same for a subscriber, without what `find_had` says they had before the edition of a day."""
        edition, preferences = self._find(on), subscriber.preferences
        selection = self._select(edition, preferences, had=find_had(edition.announced_on))
        return self._previewed(selection, recipient, preferences.language)

    def _select(self, edition: Edition, preferences: Preferences, *, had: Collection[str] = ()) -> Selection:
        texts = self.papers.find_texts([entry.card.paper_id for entry in edition.entries])
        return compose(
            edition,
            preferences,
            WantedIndex(edition.entries, texts),
            per_topic=self.per_topic,
            had=had,
            names=self.topic_names,
            is_preview=True,
        )

    def _previewed(self, selection: Selection, recipient: str, language: str) -> Previewed:
        edition = selection.edition
        recipient_key = f"preview:{recipient}"
        links = self.links.mail_links(
            recipient_key,
            unsubscribe_mailto=self.sender.bounce_address,
            edition_path=f"/editions/{edition.announced_on}",
        )
        rendered = self.renderer.render(selection, links=links, sender=self.sender, language=language)
        message = build_message(
            rendered,
            sender=self.sender,
            recipient=recipient,
            links=links,
            edition_key=f"{edition.announced_on}:{edition.manifest}",
            recipient_key=recipient_key,
            sent_at=self.clock(),
            secret=self.secret,
        )
        return Previewed(selection, rendered, message)

    def _find(self, on: date | None) -> Edition:
        edition = self.editions.find(on) if on else self.editions.find_newest()
        if edition:
            return edition
        if on is None:
            raise NothingToShowError("There is no edition yet. Make one: digest daily. Or try: digest preview --sample")
        days = [str(day) for day in self.editions.find_days()[:5]]
        known = (
            f"The newest {'is' if len(days) == 1 else 'are'} {', '.join(days)}."
            if days
            else "There is none yet; make one: digest daily"
        )
        raise NothingToShowError(f"There is no edition of {on}. {known}")


def _check_topics(edition: Edition, slugs: Sequence[str], configured: Iterable[str]) -> None:
    """A configured topic without papers that day is no mistake: there is just nothing of it."""
    own = sorted(one.topic.slug for one in edition.topics)
    known = {*own, *configured}
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        close = [match for slug in unknown for match in difflib.get_close_matches(slug, sorted(known))]
        meant = f" Did you mean {', '.join(dict.fromkeys(close))}?" if close else ""
        raise InputError(
            f"The edition of {edition.announced_on} has no topic {', '.join(unknown)}, and no such topic is configured."
            f"{meant} The edition has: {', '.join(own) or 'none'}"
        )


def write_preview(previewed: Previewed, folder: Path) -> tuple[Path, Path, Path]:
    """Writes digest.html, digest.txt and digest.eml, each whole or not at all; the three paths."""
    contents = {
        "digest.html": previewed.rendered.html.encode(),
        "digest.txt": previewed.rendered.text.encode(),
        "digest.eml": previewed.message.content,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        html, text, mail = (write_whole(folder / name, content) for name, content in contents.items())
    except OSError as error:
        raise InputError(
            f"Writing the preview to {folder}: {error.strerror or error}. Choose another folder with --out."
        ) from error
    return html, text, mail
