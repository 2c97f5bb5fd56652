"""Settings in, ready use cases of subscriptions and mail out."""

from __future__ import annotations

import secrets
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from digest.assets import folder
from digest.bootstrap.service import smtp_server
from digest.model.subscriber import Preferences, SubscriberState
from digest.preferences import PreferenceReader
from digest.store.audiences import AudienceStore
from digest.store.deliveries import DeliveryStore
from digest.store.incoming import IncomingStore
from digest.store.notices import NoticeStore
from digest.store.subscribers import SubscriberStore
from digest.store.suppressions import SuppressionStore
from digest.store.tallies import TallyStore
from digest.subscriptions import Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.bootstrap.service import Service
    from digest.deliver.inbound.arrival import Arrival
    from digest.deliver.transport import Delivered
    from digest.pipeline.hear import Hear
    from digest.pipeline.notices import Notices, NoticesReport
    from digest.pipeline.send import DueDeliveries, SendReport
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

    @cached_property
    def deliveries(self) -> DeliveryStore:
        """The deliveries."""
        return DeliveryStore(self.service.database)

    def had_before(self, key: str, on: date) -> frozenset[str]:
        """The papers of that day's edition which a subscriber was sent, leaving out those that came with it."""
        sent = self.deliveries.find_sent(on, key)
        return self.deliveries.find_had(key, [on]) - frozenset(sent.taken.ids if sent else ())

    @cached_property
    def writer(self) -> Writer:
        """Writing the mails of editions."""
        from digest.pipeline.prepared import PreparedEditions  # noqa: PLC0415 - what isn't needed isn't imported
        from digest.pipeline.write import Writer  # noqa: PLC0415
        from digest.render.mail import MailRenderer  # noqa: PLC0415

        renderer = MailRenderer(folder("templates"))
        return Writer(
            prepared=PreparedEditions(self.service.editions, self.service.papers, renderer),
            deliveries=self.deliveries,
            renderer=renderer,
            links=self.service.links,
            sender=self.service.sender,
            command_address=self.service.sender.address,
            secret=self.service.keys[0],
            per_topic=self.service.settings.edition.per_topic,
            topic_names=self.service.topic_names,
        )

    def send(
        self,
        *,
        stop: Callable[[], bool] = lambda: False,
        dry_run: bool = False,
        on: date | None = None,
        at_once: bool = False,
        sent: Callable[[int], None] = lambda _: None,
    ) -> SendReport:
        """Sends what is due; a rehearsal freezes the audience and hands nothing over."""
        from digest.deliver.ownership import Ownership  # noqa: PLC0415
        from digest.pipeline.send import Send  # noqa: PLC0415

        mail = self.service.settings.mail
        with Ownership(self.service.secrets / "senders") as owner:
            sending = Send(
                audiences=AudienceStore(self.service.database),
                deliveries=self.deliveries,
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
            return sending.run(hand_over, on=on, at_once=at_once, sent=sent)

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
        """How many mails are due now and not sent yet."""
        return self.deliveries.count_due(now=self.service.clock())

    def hear(self) -> Hear:
        """Dealing with mail that comes in."""
        from digest.pipeline.hear import Hear  # noqa: PLC0415

        return Hear(
            incoming=IncomingStore(self.service.database),
            subscriptions=self.subscriptions,
            defaults=self.defaults,
            bounce_address=self.service.sender.bounce_address,
            keys=self.service.keys,
            clock=self.service.clock,
        )

    def read_inbox(self) -> dict[str, int]:
        """Deals with the mails that wait in the maildir and the IMAP folder of the settings; how many of each kind."""
        hear, counted = self.hear(), Counter[str]()
        for arrival in self._arrivals():
            counted[hear.take(arrival.mail)] += 1
            arrival.settle()
        return dict(counted)

    def _arrivals(self) -> Iterator[Arrival]:
        from digest.deliver.inbound.imap import ImapFolder, read_imap  # noqa: PLC0415
        from digest.deliver.inbound.maildir import read_maildir  # noqa: PLC0415

        inbox = self.service.settings.inbox
        if inbox.maildir:
            yield from read_maildir(Path(inbox.maildir))
        if inbox.imap_host:
            password = inbox.imap_password.get_secret_value()
            yield from read_imap(
                ImapFolder(inbox.imap_host, inbox.imap_username, password, inbox.imap_port, inbox.imap_folder)
            )

    @contextmanager
    def lmtp(self) -> Iterator[None]:
        """Takes mail on the LMTP port of the settings while the block runs; nothing where none is set."""
        inbox = self.service.settings.inbox
        if not inbox.lmtp_port:
            yield
            return
        from digest.deliver.inbound.lmtp import lmtp_port  # noqa: PLC0415

        hear = self.hear()
        with lmtp_port(lambda mail: _drop(hear.take(mail)), port=inbox.lmtp_port, host=inbox.lmtp_host):
            yield

    def tidy_up(self) -> int:
        """Drops what is no longer needed: old counts, old notes, questions that nobody answered; how many of these."""
        now = self.service.clock()
        TallyStore(self.service.database, self.service.keys[0]).forget(before=now - timedelta(days=2))
        IncomingStore(self.service.database).forget(before=now - timedelta(days=90))
        return self.subscribers.forget_unconfirmed(before=now - timedelta(days=30))

    def show(self, value: str) -> str | None:
        """The HTML of a mail by what its link names, `2026-11-20:<key>`; None when there was none."""
        day, _, key = value.partition(":")
        sent = self.deliveries.find_sent(date.fromisoformat(day), key)
        return None if sent is None else self.writer.show(sent).html

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


def _drop(_kind: str) -> None:
    """LMTP wants to know only that a mail was dealt with."""


def _leave(_due: DueDeliveries) -> Delivered:
    from digest.deliver.transport import Delivered  # noqa: PLC0415

    return Delivered({})


def _make_key() -> str:
    return secrets.token_urlsafe(12)
