"""What was handed over to whom: enough to write the same mail again, and to bring no paper twice."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, exists, or_, select

from digest.model.delivery import DeliveryState, SentMail
from digest.model.edition import Taken
from digest.store.mail_schema import deliveries, subscribers
from digest.store.schema import editions
from digest.store.subscribers import read_subscriber

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Select

    from digest.store.database import Database

# States in which the papers of a mail are, or may be, in the subscriber's hands.
_ARRIVED = tuple(state.value for state in (DeliveryState.ATTEMPTING, DeliveryState.SENT, DeliveryState.UNCERTAIN))


@cache
def _had() -> Select[Any]:
    """The statement behind `find_had`; built once, since each mail asks and most of the time would go there."""
    days: Any = bindparam("days", expanding=True)
    drew_on = editions.alias("drew_on")
    # Most mails are of one edition; only for the others must be looked at what they joined.
    is_of = deliveries.c.edition_id.in_(select(drew_on.c.id).where(drew_on.c.announced_on.in_(days)))
    joined = exists().where(
        drew_on.c.announced_on.in_(days),
        drew_on.c.announced_on.between(deliveries.c.first_on, editions.c.announced_on),
    )
    has_joined = and_(deliveries.c.first_on < editions.c.announced_on, joined)
    return (
        select(deliveries.c.taken)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .where(
            subscribers.c.key == bindparam("key"),
            deliveries.c.id != bindparam("without"),
            deliveries.c.key.is_not(None),
            or_(deliveries.c.state.in_(_ARRIVED), deliveries.c.in_doubt),
            or_(is_of, has_joined, editions.c.announced_on > bindparam("after")),
        )
    )


class SentStore:
    """Looks back on what subscribers were sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_had(
        self, key: str, days: Collection[date], *, and_after: date | None = None, without: int | None = None
    ) -> frozenset[str]:
        """The papers of all mails by which a subscriber had, or may have had, something of the editions of `days`.

        Mails of editions that came `and_after` a day count too, the delivery `without` doesn't.
        """
        values = {"key": key, "days": tuple(days), "after": and_after or date.max, "without": without or 0}
        with self._database.read() as connection:
            return frozenset(one for told in connection.scalars(_had(), values) for one in _taken(told).ids)

    def find_sent(self, on: date, key: str) -> SentMail | None:
        """What was handed over to a subscriber of that day's edition, by the last attempt."""
        of_both = (editions.c.announced_on == on, subscribers.c.key == key, deliveries.c.key.is_not(None))
        statement = (
            select(
                deliveries.c.first_on,
                deliveries.c.taken,
                deliveries.c.chosen_by,
                deliveries.c.attempted_at,
                subscribers,
            )
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(*of_both)
        )
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
            if row is None:
                return None
            return SentMail(on, row.first_on, read_subscriber(row), _taken(row.taken), row.chosen_by, row.attempted_at)


def _taken(told: dict[str, list[str]]) -> Taken:
    return Taken(**{why: tuple(ids) for why, ids in told.items()})
