"""Questions for the digest that came over the pages: written down before the answer, worked off after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select, update

from digest.store.database import tried_again
from digest.store.mail_schema import questions
from digest.store.wishes import read_wishes, write_wishes

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model.subscriber import Preferences
    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody asked for the digest at an address, and for `wishes` with it; `source` is where that was."""

    question_id: int
    address: str
    wishes: Preferences
    source: str
    asked_at: datetime


class QuestionStore:
    """Keeps questions until they are worked off; saving one takes the same whoever it is about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @tried_again
    def save(self, address: str, wishes: Preferences, *, source: str, now: datetime) -> None:
        """Writes a question down."""
        row = {"address": address, "wishes": write_wishes(wishes), "source": source, "asked_at": now}
        with self._database.write() as connection:
            connection.execute(insert(questions).values(row))

    @tried_again
    def claim(self, *, now: datetime, lease_until: datetime) -> Question | None:
        """The question that has waited longest, now claimed; one whose claim ran out counts as waiting."""
        waits = or_(questions.c.lease_until.is_(None), questions.c.lease_until <= now)
        oldest = select(questions).where(waits).order_by(questions.c.id).limit(1).with_for_update(skip_locked=True)
        with self._database.write() as connection:
            row = connection.execute(oldest).one_or_none()
            if row is None:
                return None
            claimed = update(questions).where(questions.c.id == row.id).values(lease_until=lease_until)
            connection.execute(claimed)
            return Question(row.id, row.address, read_wishes(row.wishes), row.source, row.asked_at)

    @tried_again
    def drop(self, question_id: int) -> None:
        """Forgets a question that was worked off."""
        with self._database.write() as connection:
            connection.execute(delete(questions).where(questions.c.id == question_id))
