"""A whole sending service over a real store, with a hand-written engine in place of mail servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from conftest import ROOT
from factories import make_paper
from factory_editions import make_edition
from subscribing import Desk

from digest.deliver.ownership import Ownership
from digest.links import Links
from digest.model.delivery import Outcome, Result
from digest.model.mail import Sender
from digest.pipeline.prepared import PreparedEditions
from digest.pipeline.send import Send
from digest.pipeline.write import Writer
from digest.render.mail import MailRenderer
from digest.store.announcements import AnnouncementStore
from digest.store.audiences import AudienceStore
from digest.store.deliveries import DeliveryStore
from digest.store.editions import EditionStore
from digest.store.papers import PaperStore
from digest.store.sent import SentStore
from digest.store.stops import StopStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from digest.model.delivery import DeliveryCounts
    from digest.model.edition import Entry
    from digest.model.mail import Message
    from digest.pipeline.due import DueDeliveries
    from digest.pipeline.send import SendReport
    from digest.store.database import Database

SENDER = Sender(
    "The Daily Preprint", "digest@example.org", "1 Tide Street", "bounces@example.org", "digest.example.org"
)
SENT = Result(Outcome.SENT, "250 taken", 250)


@dataclass
class Handed:
    stopped_by: str = ""
    answer: str = ""


@dataclass
class Engine:
    """Hands over one mail after the other; `answers` by address, everything else is taken."""

    answers: dict[str, Result] = field(default_factory=dict)
    mails: list[Message] = field(default_factory=list)
    before_attempt: Callable[[], object] = lambda: None

    def __call__(self, due: DueDeliveries) -> Handed:
        while tickets := due.claim(10):
            self.before_attempt()
            ready = due.attempt(tickets)
            for ticket, message in zip(tickets, ready, strict=True):
                if message is None:
                    continue
                result = self.answers.get(message.recipient, SENT)
                if result.outcome is Outcome.UNREACHABLE:
                    due.release([ticket])
                    return Handed("relay")
                self.mails.append(message)
                due.settle([(ticket, result)])
        return Handed()


@dataclass
class Office:
    """A desk with editions, and a sender."""

    database: Database
    place: Path
    resend: bool = True
    rate_per_domain: float = 0
    templates: Path = ROOT / "templates"

    def __post_init__(self) -> None:
        self.desk = Desk(self.database)
        self.engine = Engine()
        self.audiences = AudienceStore(self.database)
        self.deliveries = DeliveryStore(self.database)
        self.sent_mails = SentStore(self.database)

    def publish(self, on: date, *entries: Entry, **changes: object) -> None:
        papers = [make_paper(one.card.paper_id, title=one.card.title) for one in entries]
        AnnouncementStore(self.database).save_details(papers, now=self.desk.clock.now)
        edition = make_edition(*entries, on=on, **changes)
        EditionStore(self.database).save(edition, now=self.desk.clock.now)

    def send(
        self,
        engine: Callable[[DueDeliveries], Handed] | None = None,
        *,
        on: date | None = None,
        at_once: bool = False,
        despite_stop: bool = False,
    ) -> SendReport:
        with Ownership(self.place / "senders") as owner:
            sender = self.sender(owner)
            return sender.run(engine or self.engine, on=on, at_once=at_once, despite_stop=despite_stop)

    def sender(self, owner: Ownership) -> Send:
        return Send(
            audiences=self.audiences,
            deliveries=self.deliveries,
            stops=StopStore(self.database),
            subscriptions=self.desk.use,
            writer=self.writer(),
            owner=owner,
            clock=self.desk.clock,
            lifetime=timedelta(hours=20),
            resend=self.resend,
            sleep=lambda seconds: self.desk.clock.turn(timedelta(seconds=seconds)),
            rate_per_domain=self.rate_per_domain,
        )

    def writer(self) -> Writer:
        renderer = MailRenderer(self.templates)
        editions = EditionStore(self.database)
        return Writer(
            prepared=PreparedEditions(editions, PaperStore(self.database), renderer),
            sent_mails=self.sent_mails,
            renderer=renderer,
            links=Links("https://digest.example.org", ["secret"]),
            sender=SENDER,
            command_address="digest@example.org",
            secret="secret",
            per_topic=6,
            topic_names={},
        )

    def counts(self, on: date) -> DeliveryCounts:
        found = self.audiences.count(on)
        assert found
        assert found.adds_up
        return found
