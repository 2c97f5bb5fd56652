"""What is stored of the mail to one subscriber: their own record, for them to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from digest.store.mail_schema import deliveries, notices, subscribers
from digest.store.schema import editions
from digest.store.wishes import read_wishes

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Row

    from digest.model.subscriber import Preferences
    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class RecordedMail:
    """One mail, sent or on its way: `what` is `digest` or the kind of a notice, `reason` how the server put it.

    `edition_on` and `papers` are a digest's alone; `at` is when it was last tried, or is due. `wishes` are what a
    question asks for that was passed on and not answered yet.
    """

    what: str
    state: str
    at: datetime
    reason: str
    edition_on: date | None = None
    chosen_by: str = ""
    papers: tuple[str, ...] = ()
    wishes: Preferences | None = None


class OwnRecordStore:
    """Finds the mails of one subscriber."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_mails(self, key: str) -> tuple[RecordedMail, ...]:
        """Every mail to the subscriber with that key, the newest first."""
        mine = select(subscribers.c.id).where(subscribers.c.key == key).scalar_subquery()
        sent = (
            select(deliveries, editions.c.announced_on)
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .where(deliveries.c.subscriber_id == mine)
        )
        told = select(notices).where(notices.c.subscriber_id == mine)
        with self._database.read() as connection:
            mails = [_digest(row) for row in connection.execute(sent)]
            mails += [_notice(row) for row in connection.execute(told)]
        return tuple(sorted(mails, key=lambda mail: mail.at, reverse=True))


def _digest(row: Row[tuple[Any, ...]]) -> RecordedMail:
    papers = tuple(paper for papers in (row.taken or {}).values() for paper in papers)
    return RecordedMail(
        "digest", row.state, row.attempted_at or row.due_at, row.reason, row.announced_on, row.chosen_by or "", papers
    )


def _notice(row: Row[tuple[Any, ...]]) -> RecordedMail:
    wishes = read_wishes(row.wishes) if row.wishes else None
    return RecordedMail(row.kind, row.state, row.due_at, row.reason, wishes=wishes)
