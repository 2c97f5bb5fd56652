"""Settings in, ready use cases of subscriptions and mail out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from digest.assets import folder
from digest.model.subscriber import Preferences
from digest.preferences import PreferenceReader
from digest.store.notices import NoticeStore
from digest.store.subscribers import SubscriberStore
from digest.store.suppressions import SuppressionStore
from digest.store.tallies import TallyStore
from digest.subscriptions import Subscriptions

if TYPE_CHECKING:
    from digest.bootstrap.service import Service
    from digest.pipeline.notices import Notices, NoticesReport
    from digest.pipeline.subscriber_table import SubscriberImport


@dataclass(frozen=True)
class Post:
    """Everything that has to do with subscribers and the mail to them."""

    service: Service

    @cached_property
    def reader(self) -> PreferenceReader:
        """Reads preferences against the configured topics and arXiv's categories."""
        return PreferenceReader(self.service.topic_names, self.service.check_categories)

    @property
    def defaults(self) -> Preferences:
        """What a subscriber gets who asks for nothing in particular."""
        return Preferences(papers=self.service.settings.edition.papers)

    @cached_property
    def subscribers(self) -> SubscriberStore:
        """The subscribers."""
        return SubscriberStore(self.service.database)

    @cached_property
    def suppressions(self) -> SuppressionStore:
        """The addresses that get no mail."""
        return SuppressionStore(self.service.database, self.service.keys)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What subscribers can do."""
        return Subscriptions(
            subscribers=self.subscribers,
            suppressions=self.suppressions,
            tallies=TallyStore(self.service.database, self.service.keys[0]),
            clock=self.service.clock,
            make_key=_make_key,
        )

    def importer(self) -> SubscriberImport:
        """Bringing subscribers in from tables."""
        from digest.pipeline.subscriber_table import SubscriberImport  # noqa: PLC0415 - needed by one command

        return SubscriberImport(
            subscriptions=self.subscriptions,
            subscribers=self.subscribers,
            suppressions=self.suppressions,
            reader=self.reader,
            defaults=self.defaults,
            clock=self.service.clock,
            make_key=_make_key,
        )

    def send_notices(self) -> NoticesReport:
        """Sends the notices that wait."""
        with self.service.transport() as transport:
            return self._notices().run(transport)

    def _notices(self) -> Notices:
        from digest.pipeline.notices import Notices  # noqa: PLC0415 - templates and inlining take a while to import
        from digest.render.notice import NoticeRenderer  # noqa: PLC0415

        return Notices(
            store=NoticeStore(self.service.database),
            renderer=NoticeRenderer(folder("templates")),
            links=self.service.links,
            sender=self.service.sender,
            command_address=self.service.sender.address,
            secret=self.service.keys[0],
            owner=f"notices-{secrets.token_hex(4)}",
            clock=self.service.clock,
        )


def _make_key() -> str:
    return secrets.token_urlsafe(12)
