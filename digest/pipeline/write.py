"""One subscriber's mail of an edition: chosen, rendered and addressed; and the same again at any later time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.deliver.envelope import build_message
from digest.deliver.identity import delivery_key
from digest.edition.compose import arrange, compose
from digest.model.delivery import Attempt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.links import Links
    from digest.model.delivery import Claimed, SentMail
    from digest.model.edition import Selection
    from digest.model.mail import MailLinks, Message, Rendered, Sender
    from digest.model.subscriber import Subscriber
    from digest.pipeline.prepared import PreparedEdition, PreparedEditions
    from digest.render.mail import MailRenderer
    from digest.store.sent import SentStore


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail that is ready to be handed over, and what to record of it before."""

    attempt: Attempt
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes mails, at most `per_topic` papers of a topic; `topic_names` are the configured topics' names by slug."""

    prepared: PreparedEditions
    sent_mails: SentStore
    renderer: MailRenderer
    links: Links
    sender: Sender
    command_address: str
    secret: str
    per_topic: int
    topic_names: Mapping[str, str]

    def write(self, claimed: Claimed, *, now: datetime) -> WrittenMail | None:
        """The mail of a delivery, or None when the edition has nothing that the subscriber wants and hasn't had."""
        edition = self.prepared.find(claimed.first_on, claimed.edition_on)
        subscriber = claimed.subscriber
        had = self.sent_mails.find_had(
            subscriber.key, edition.sharing, and_after=claimed.edition_on, without=claimed.delivery_id
        )
        selection = compose(
            edition.edition,
            subscriber.preferences,
            edition.index,
            per_topic=self.per_topic,
            had=had,
            had_newer=self._find_had_newer(claimed, edition),
            names=self.topic_names,
            since=edition.since,
        )
        if not selection.entries:
            return None
        message = self._message(selection, edition, subscriber, now)
        key = delivery_key(_edition_key(selection), subscriber.key, secret=self.secret)
        return WrittenMail(Attempt(claimed.delivery_id, key, selection.taken, selection.chosen_by), message)

    def _find_had_newer(self, claimed: Claimed, edition: PreparedEdition) -> frozenset[str]:
        """The papers whose newer version of this edition may have come already, with an earlier one."""
        if not (edition.repeating and claimed.subscriber.preferences.replacements):
            return frozenset()
        return self.sent_mails.find_had(claimed.subscriber.key, edition.repeating, without=claimed.delivery_id)

    def rewrite(self, sent: SentMail) -> Message:
        """The mail of a delivery as it was handed over, byte for byte as long as templates and settings stay."""
        edition = self.prepared.find(sent.first_on, sent.edition_on)
        return self._message(self._selection(sent, edition), edition, sent.subscriber, sent.attempted_at)

    def show(self, sent: SentMail) -> Rendered:
        """The texts of a delivery as they were handed over."""
        edition = self.prepared.find(sent.first_on, sent.edition_on)
        return self._render(self._selection(sent, edition), edition, sent.subscriber)

    def _selection(self, sent: SentMail, edition: PreparedEdition) -> Selection:
        return arrange(edition.edition, sent.taken, chosen_by=sent.chosen_by, since=edition.since)

    def _message(
        self, selection: Selection, edition: PreparedEdition, subscriber: Subscriber, sent_at: datetime
    ) -> Message:
        return build_message(
            self._render(selection, edition, subscriber),
            sender=self.sender,
            recipient=subscriber.address,
            links=self._links(selection, subscriber),
            edition_key=_edition_key(selection),
            recipient_key=subscriber.key,
            sent_at=sent_at,
            secret=self.secret,
        )

    def _render(self, selection: Selection, edition: PreparedEdition, subscriber: Subscriber) -> Rendered:
        return self.renderer.render(
            selection,
            links=self._links(selection, subscriber),
            sender=self.sender,
            cards=edition.cards,
            language=subscriber.preferences.language,
        )

    def _links(self, selection: Selection, subscriber: Subscriber) -> MailLinks:
        value = f"{selection.edition.announced_on}:{subscriber.key}"
        return self.links.mail_links(
            subscriber.key,
            unsubscribe_mailto=self.command_address,
            edition_path=f"/deliveries/{self.links.sign('delivery', value)}",
        )


def _edition_key(selection: Selection) -> str:
    return f"{selection.edition.announced_on}:{selection.edition.manifest}"
