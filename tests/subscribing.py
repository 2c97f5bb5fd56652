"""Subscribers for tests: a stopped clock that can be turned, and the use cases over a real store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from digest.model.subscriber import Asked, NoticeKind, Preferences, Subscriber
from digest.store.mail_schema import notices, subscribers
from digest.store.notices import ClaimedNotice, NoticeStore
from digest.store.questions import QuestionStore
from digest.store.subscribers import SubscriberStore
from digest.store.suppressions import SuppressionStore
from digest.store.tallies import TallyStore
from digest.subscriptions import Subscriptions

if TYPE_CHECKING:
    from digest.store.database import Database

START = datetime(2026, 11, 19, 12, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, ahead: timedelta) -> None:
        self.now += ahead


@dataclass
class Desk:
    """The use cases, and a look at what they left."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    keys: tuple[str, ...] = ("secret",)

    def __post_init__(self) -> None:
        numbers = count(1)
        self.store = SubscriberStore(self.database)
        self.suppressions = SuppressionStore(self.database, self.keys)
        self.use = Subscriptions(
            subscribers=self.store,
            suppressions=self.suppressions,
            questions=QuestionStore(self.database),
            tallies=TallyStore(self.database, self.keys[0]),
            clock=self.clock,
            make_key=lambda: f"key{next(numbers)}",
        )

    def take_notices(self) -> list[tuple[NoticeKind, str]]:
        """The notices that wait, in order, and settles them."""
        store = NoticeStore(self.database)
        taken: list[ClaimedNotice] = []
        while claimed := store.claim("test", now=self.clock.now, lease_until=self.clock.now + timedelta(minutes=5)):
            store.settle("test", claimed.notice_id, "sent", "250")
            taken.append(claimed)
        return [(one.kind, one.subscriber.address) for one in taken]

    def ask(
        self, address: str = "ada@example.org", preferences: Preferences | None = None, source: str = "web"
    ) -> Asked:
        return self.use.ask(address, preferences or Preferences(), source=source)

    def confirmed(self, address: str = "ada@example.org", preferences: Preferences | None = None) -> Subscriber:
        self.ask(address, preferences)
        self.take_notices()
        return self.confirm(address)

    def confirm(self, address: str = "ada@example.org") -> Subscriber:
        """Presses the button behind the last link that went to the address."""
        return self.use.confirm(self.use.find(address).key, self.question(address), source="web")

    def question(self, address: str = "ada@example.org") -> int:
        """What the last link that went to the address stands for, beside the subscriber."""
        newest = select(func.max(notices.c.id)).where(
            notices.c.subscriber_id == subscribers.c.id,
            notices.c.kind == NoticeKind.CONFIRM.value,
            subscribers.c.key == self.use.find(address).key,
        )
        with self.database.read() as connection:
            return int(connection.scalar(newest) or 0)
