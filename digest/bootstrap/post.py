"""Settings in, ready use cases of subscriptions and mail out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from digest.assets import folder
from digest.bootstrap.inbox import Inbox
from digest.bootstrap.service import smtp_server
from digest.catalogue import load_topics
from digest.model.subscriber import Preferences, SubscriberState
from digest.preferences import Coverage, PreferenceReader
from digest.store.audiences import AudienceStore
from digest.store.deliveries import DeliveryStore
from digest.store.incoming import IncomingStore
from digest.store.notices import NoticeStore
from digest.store.pruning import PruneStore
from digest.store.questions import QuestionStore
from digest.store.sent import SentStore
from digest.store.stops import StopStore
from digest.store.subscribers import SubscriberStore
from digest.store.suppressions import SuppressionStore
from digest.store.tallies import TallyStore
from digest.subscriptions import Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.bootstrap.service import Service
    from digest.deliver.transport import Delivered
    from digest.model.delivery import Missed, Waiting
    from digest.pipeline.due import DueDeliveries
    from digest.pipeline.notices import Notices, NoticesReport
    from digest.pipeline.send import SendReport
    from digest.pipeline.subscriber_table import SubscriberImport
    from digest.pipeline.write import Writer


@dataclass(frozen=True)
class Post:
    """Everything that has to do with subscribers and the mail to them."""

    service: Service

    @cached_property
    def reader(self) -> PreferenceReader:
        """Reads preferences against the configured topics and arXiv's categories."""
        return PreferenceReader(self.service.topic_names, self.service.check_categories)

    @cached_property
    def coverage(self) -> Coverage:
        """What can come at all by the operator's categories; SettingsError for one that arXiv doesn't have."""
        read = frozenset(self.service.categories)
        rules = load_topics(self.service.topics_file)
        covered = (rule.slug for rule in rules if not rule.categories or read.intersection(rule.categories))
        return Coverage(read, frozenset(covered))

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
            questions=QuestionStore(self.service.database),
            tallies=TallyStore(self.service.database, self.service.keys[0]),
            clock=self.service.clock,
            make_key=_make_key,
        )

    @cached_property
    def deliveries(self) -> DeliveryStore:
        """The deliveries."""
        return DeliveryStore(self.service.database)

    @cached_property
    def sent_mails(self) -> SentStore:
        """What was handed over to whom."""
        return SentStore(self.service.database)

    def had_before(self, key: str, on: date) -> frozenset[str]:
        """The papers of that day's edition which a subscriber was sent, leaving out those that came with it."""
        edition = self.service.editions.find(on)
        shared = self.service.editions.find_sharing([one.card.paper_id for one in edition.entries] if edition else [])
        sent = self.sent_mails.find_sent(on, key)
        return self.sent_mails.find_had(key, shared) - frozenset(sent.taken.ids if sent else ())

    @cached_property
    def writer(self) -> Writer:
        """Writing the mails of editions."""
        from digest.pipeline.prepared import PreparedEditions  # noqa: PLC0415 - what isn't needed isn't imported
        from digest.pipeline.write import Writer  # noqa: PLC0415
        from digest.render.mail import MailRenderer  # noqa: PLC0415

        renderer = MailRenderer(folder("templates"))
        return Writer(
            prepared=PreparedEditions(self.service.editions, self.service.papers, renderer),
            sent_mails=self.sent_mails,
            renderer=renderer,
            links=self.service.links,
            sender=self.service.sender,
            command_address=self.service.sender.address,
            secret=self.service.keys[0],
            per_topic=self.service.settings.edition.per_topic,
            topic_names=self.service.topic_names,
        )

    def send(  # noqa: PLR0913 - what an operator can say of a run
        self,
        *,
        stop: Callable[[], bool] = lambda: False,
        dry_run: bool = False,
        on: date | None = None,
        at_once: bool = False,
        despite_stop: bool = False,
        sent: Callable[[int], None] = lambda _: None,
    ) -> SendReport:
        """Sends what is due; a rehearsal freezes the audience and hands nothing over.

        `despite_stop` tries although the mail server refused mail like ours within the last hour.
        """
        from digest.deliver.ownership import Ownership  # noqa: PLC0415
        from digest.pipeline.send import Send  # noqa: PLC0415

        mail = self.service.settings.mail
        with Ownership(self.service.secrets / "senders") as owner:
            sending = Send(
                audiences=AudienceStore(self.service.database),
                deliveries=self.deliveries,
                stops=StopStore(self.service.database),
                subscriptions=self.subscriptions,
                writer=self.writer,
                owner=owner,
                clock=self.service.clock,
                lifetime=timedelta(hours=mail.expires_after_hours),
                resend=mail.uncertain == "resend",
                sleep=sleep,
                rate_per_domain=mail.rate_per_domain,
            )
            hand_over = _leave if dry_run else lambda due: self._deliver(due, stop)
            return sending.run(hand_over, on=on, at_once=at_once, despite_stop=despite_stop, sent=sent)

    def _deliver(self, due: DueDeliveries, stop: Callable[[], bool]) -> Delivered:
        from digest.deliver.carriers import OutboxCarrier, SmtpCarrier  # noqa: PLC0415
        from digest.deliver.outbox import OutboxTransport  # noqa: PLC0415
        from digest.deliver.transport import deliver  # noqa: PLC0415

        mail = self.service.settings.mail
        carrier = (
            SmtpCarrier(smtp_server(self.service.settings))
            if mail.transport == "smtp"
            else OutboxCarrier(OutboxTransport(Path(mail.outbox_dir)))
        )
        return deliver(
            due, carrier, connections=mail.connections, rate_per_second=mail.rate_per_second or None, stop=stop
        )

    def has_subscribers(self) -> bool:
        """Whether anybody would get a digest."""
        return SubscriberState.CONFIRMED in self.subscribers.count()

    def count_due(self) -> int:
        """How many mails could be sent now."""
        return self.deliveries.count_due(now=self.service.clock())

    def find_waiting(self) -> tuple[Waiting, ...]:
        """The mails that can be sent later only, the soonest first."""
        return self.deliveries.find_waiting(now=self.service.clock())

    def find_missed(self) -> Missed | None:
        """Those who were confirmed too late for the newest edition, while it is young."""
        lifetime = timedelta(hours=self.service.settings.mail.expires_after_hours)
        return AudienceStore(self.service.database).find_missed(published_after=self.service.clock() - lifetime)

    @property
    def inbox(self) -> Inbox:
        """Dealing with mail that comes in."""
        return Inbox(self.service, self.subscriptions, self.defaults)

    def tidy_up(self) -> int:
        """Drops what is no longer needed: old counts, old notes, questions that nobody answered; how many of these.

        A mail can be shown in a browser, and none of its papers comes again, for 400 days.
        """
        now = self.service.clock()
        PruneStore(self.service.database).prune(
            sent_before=now - timedelta(days=400), unsent_before=now - timedelta(days=90)
        )
        TallyStore(self.service.database, self.service.keys[0]).forget(before=now - timedelta(days=2))
        IncomingStore(self.service.database).forget(before=now - timedelta(days=90))
        return self.subscribers.forget_unconfirmed(before=now - timedelta(days=30))

    def show(self, value: str) -> str | None:
        """The HTML of a mail by what its link names, `2026-11-20:<key>`; None when there was none."""
        day, _, key = value.partition(":")
        sent = self.sent_mails.find_sent(date.fromisoformat(day), key)
        return None if sent is None else self.writer.show(sent).html

    def importer(self) -> SubscriberImport:
        """Bringing subscribers in from tables."""
        from digest.pipeline.subscriber_table import SubscriberImport  # noqa: PLC0415 - needed by one command

        return SubscriberImport(
            subscriptions=self.subscriptions,
            subscribers=self.subscribers,
            suppressions=self.suppressions,
            reader=self.reader,
            coverage=self.coverage,
            defaults=self.defaults,
            clock=self.service.clock,
            make_key=_make_key,
        )

    def send_notices(self, *, most: int | None = 500) -> NoticesReport:
        """Works off the questions that were written down, then sends the notices that wait: so many, or all."""
        with self.service.transport() as transport:
            try:
                self.subscriptions.take_questions()
            finally:
                # One question that can't be taken keeps nobody else from their mail.
                report = self._notices().run(transport, most=most)
        return report

    def _notices(self) -> Notices:
        from digest.pipeline.notices import Notices  # noqa: PLC0415 - templates and inlining take a while to import
        from digest.render.notice import NoticeRenderer  # noqa: PLC0415

        return Notices(
            store=NoticeStore(self.service.database),
            suppressions=self.suppressions,
            renderer=NoticeRenderer(folder("templates")),
            links=self.service.links,
            sender=self.service.sender,
            command_address=self.service.sender.address,
            secret=self.service.keys[0],
            owner=f"notices-{secrets.token_hex(4)}",
            clock=self.service.clock,
        )


def _leave(_due: DueDeliveries) -> Delivered:
    from digest.deliver.transport import Delivered  # noqa: PLC0415

    return Delivered({})


def _make_key() -> str:
    return secrets.token_urlsafe(12)
