"""Deliveries on their way: claimed by one sender, attempted, settled; each step by a conditional update."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, false, func, or_, select, update

from digest.model.delivery import Claimed, DeliveryState, SentMail
from digest.model.edition import Taken
from digest.model.subscriber import SubscriberState
from digest.store.mail_schema import backoffs, deliveries, subscribers
from digest.store.schema import editions, entries
from digest.store.subscribers import read_subscriber
from digest.store.transitions import close, find_due, reopen
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from digest.model.delivery import Attempt, Settled
    from digest.store.database import Database

_WAITING = (DeliveryState.PENDING.value, DeliveryState.DEFERRED.value)
# States in which the papers of a mail are, or may be, in the subscriber's hands.
_HAD = tuple(state.value for state in (DeliveryState.ATTEMPTING, DeliveryState.SENT, DeliveryState.UNCERTAIN))
ERASED = "erased"


class DeliveryStore:
    """Moves deliveries from state to state; what another sender has moved meanwhile is left alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, owner: str, count: int, *, now: datetime, lease_until: datetime) -> tuple[Claimed, ...]:
        """At most `count` deliveries that are due, those waiting longest first, now claimed by `owner`."""
        with self._database.write() as connection:
            ids: list[int] = []
            for state in _WAITING:
                due = find_due(state, now).limit(count - len(ids)).with_for_update(skip_locked=True)
                ids += connection.scalars(due)
            for some in chunks(ids):
                connection.execute(
                    update(deliveries)
                    .where(deliveries.c.id.in_(some))
                    .values(state=DeliveryState.CLAIMED.value, owner=owner, lease_until=lease_until)
                )
            statement = (
                select(
                    deliveries.c.id.label("delivery_id"),
                    editions.c.announced_on,
                    deliveries.c.first_on,
                    deliveries.c.attempts,
                    subscribers,
                )
                .join(editions, editions.c.id == deliveries.c.edition_id)
                .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            )
            found = [
                Claimed(row.delivery_id, row.announced_on, row.first_on, read_subscriber(row), row.domain, row.attempts)
                for some in chunks(ids)
                for row in connection.execute(statement.where(deliveries.c.id.in_(some)))
            ]
        return tuple(sorted(found, key=lambda one: one.delivery_id))

    def attempt(self, owner: str, attempts: Sequence[Attempt], *, now: datetime, lease_until: datetime) -> set[int]:
        """Records that these are about to be handed over; the ids of those that may be.

        A subscriber who has left since, or who was suppressed, gets nothing any more: that delivery is excluded.
        """
        if not attempts:
            return set()
        mine = and_(deliveries.c.owner == owner, deliveries.c.state == DeliveryState.CLAIMED.value)
        ids = [one.delivery_id for one in attempts]
        with self._database.write() as connection:
            found = (
                select(deliveries.c.id, subscribers.c.state)
                .outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
                .where(mine, deliveries.c.id.in_(ids))
            )
            states = {row.id: row.state for row in connection.execute(found)}
            gone = {key: state or ERASED for key, state in states.items() if state != SubscriberState.CONFIRMED.value}
            rows: list[dict[str, Any]] = [
                {
                    "which": one.delivery_id,
                    "key": one.key,
                    "taken": asdict(one.taken),
                    "chosen_by": one.chosen_by,
                }
                for one in attempts
                if one.delivery_id in states.keys() - gone.keys()
            ]
            if rows:
                connection.execute(
                    update(deliveries)
                    .where(deliveries.c.id == bindparam("which"))
                    .values(
                        state=DeliveryState.ATTEMPTING.value,
                        attempts=deliveries.c.attempts + 1,
                        attempted_at=now,
                        lease_until=lease_until,
                        key=bindparam("key"),
                        taken=bindparam("taken"),
                        chosen_by=bindparam("chosen_by"),
                    ),
                    rows,
                )
            for delivery_id, reason in gone.items():
                close(connection, deliveries.c.id == delivery_id, DeliveryState.EXCLUDED, reason, now)
            return {row["which"] for row in rows}

    def hasten(self, on: date, *, now: datetime, expires_at: datetime) -> int:
        """Makes what waits of that day's edition due now; how many mails."""
        edition = select(editions.c.id).where(editions.c.announced_on == on).scalar_subquery()
        waits = (deliveries.c.edition_id == edition, deliveries.c.state.in_(_WAITING), deliveries.c.due_at > now)
        with self._database.write() as connection:
            values = {"due_at": now, "expires_at": expires_at}
            return connection.execute(update(deliveries).where(*waits).values(values)).rowcount

    def exclude(self, owner: str, delivery_id: int, reason: str, *, now: datetime) -> None:
        """Takes out a claimed delivery that has nothing to bring."""
        mine = and_(
            deliveries.c.id == delivery_id,
            deliveries.c.owner == owner,
            deliveries.c.state == DeliveryState.CLAIMED.value,
        )
        with self._database.write() as connection:
            close(connection, mine, DeliveryState.EXCLUDED, reason, now)

    def settle(self, owner: str, settled: Sequence[Settled], *, now: datetime) -> None:
        """Records how attempts ended, all in one transaction; a mail that got through forgets earlier bounces."""
        with self._database.write() as connection:
            for one in settled:
                mine = and_(
                    deliveries.c.id == one.delivery_id,
                    deliveries.c.owner == owner,
                    deliveries.c.state == DeliveryState.ATTEMPTING.value,
                )
                close(connection, mine, one.state, one.reason, now, retry_at=one.retry_at)
            sent = [one.delivery_id for one in settled if one.state is DeliveryState.SENT]
            got_through = select(deliveries.c.subscriber_id).where(deliveries.c.id.in_(sent))
            connection.execute(
                update(subscribers)
                .where(subscribers.c.id.in_(got_through), subscribers.c.bounces > 0)
                .values(bounces=0)
            )

    def release(self, owner: str, ids: Collection[int]) -> None:
        """Gives back what was claimed and not attempted, or attempted without reaching the server at all."""
        mine = and_(deliveries.c.owner == owner, deliveries.c.id.in_(ids))
        was_attempting = deliveries.c.state == DeliveryState.ATTEMPTING.value
        held = deliveries.c.state.in_((DeliveryState.CLAIMED.value, DeliveryState.ATTEMPTING.value))
        with self._database.write() as connection:
            connection.execute(
                update(deliveries)
                .where(mine, held)
                .values(
                    state=DeliveryState.PENDING.value,
                    attempts=deliveries.c.attempts - case((was_attempting, 1), else_=0),
                    owner=None,
                    lease_until=None,
                )
            )

    def expire(self, *, now: datetime) -> int:
        """Settles what is too late to be sent; how many."""
        late = and_(deliveries.c.state.in_(_WAITING), deliveries.c.expires_at <= now)
        with self._database.write() as connection:
            return close(connection, late, DeliveryState.EXPIRED, "too late to be sent", now)

    def find_owners(self) -> tuple[str, ...]:
        """The senders that hold deliveries."""
        statement = select(deliveries.c.owner).where(_is_held()).distinct()
        with self._database.read() as connection:
            return tuple(connection.scalars(statement))

    def recover(self, dead: Collection[str], *, resend: bool, most_attempts: int, now: datetime) -> dict[str, int]:
        """Takes over from senders that are gone: those of `dead`, and those whose lease has run out.

        What they had claimed is pending again. What they were handing over is uncertain: it is sent once more, with the
        same Message-ID, if `resend` says so and it wasn't tried `most_attempts` times; else it is left alone.
        Returns how many were `repeated`, left `uncertain`, and only `claimed`.
        """
        gone = and_(_is_held(), or_(deliveries.c.owner.in_(dead), deliveries.c.lease_until <= now))
        attempting = and_(gone, deliveries.c.state == DeliveryState.ATTEMPTING.value)
        again = and_(attempting, deliveries.c.attempts < most_attempts) if resend else false()
        with self._database.write() as connection:
            repeated = reopen(connection, again, _UNCERTAIN)
            left = close(connection, attempting, DeliveryState.UNCERTAIN, _UNCERTAIN, now)
            return {"repeated": repeated, "uncertain": left, "claimed": reopen(connection, gone, "")}

    def find_had(self, key: str, days: Collection[date], *, without: int | None = None) -> frozenset[str]:
        """The papers that the editions of `days` have in common with what a subscriber was sent, in any version."""
        in_editions = select(entries.c.paper_id).join(editions).where(editions.c.announced_on.in_(days))
        statement = (
            select(deliveries.c.taken)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(subscribers.c.key == key, deliveries.c.state.in_(_HAD), deliveries.c.key.is_not(None))
        )
        if without is not None:
            statement = statement.where(deliveries.c.id != without)
        with self._database.read() as connection:
            present = set(connection.scalars(in_editions))
            had = {one for told in connection.scalars(statement) for one in _taken(told).ids}
        return frozenset(had & present)

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

    def back_off(self, domain: str, *, until: datetime, failures: int = 1) -> None:
        """Leaves a domain's mail alone until a moment; `failures` more count against it, 0 where it only has enough."""
        row = {"domain": domain, "until": until, "failures": failures}
        with self._database.write() as connection:
            upsert(
                connection,
                backoffs,
                [row],
                update=lambda new: {"until": new.until, "failures": backoffs.c.failures + new.failures},
            )

    def find_failures(self, domain: str) -> int:
        """How often in a row a domain asked to come back later."""
        with self._database.read() as connection:
            return connection.scalar(select(backoffs.c.failures).where(backoffs.c.domain == domain)) or 0

    def forget_failures(self, domains: Collection[str]) -> None:
        """Domains that took mail again."""
        with self._database.write() as connection:
            took = (backoffs.c.domain.in_(domains), backoffs.c.failures > 0)
            connection.execute(update(backoffs).where(*took).values(failures=0))

    def count_due(self, *, now: datetime) -> int:
        """How many deliveries wait that are due."""
        statement = select(func.count()).where(deliveries.c.state.in_(_WAITING), deliveries.c.due_at <= now)
        with self._database.read() as connection:
            return connection.scalar(statement) or 0


_UNCERTAIN = "the connection or the program ended before the server answered"


def _taken(told: dict[str, list[str]]) -> Taken:
    return Taken(**{why: tuple(ids) for why, ids in told.items()})


def _is_held() -> ColumnElement[bool]:
    return deliveries.c.state.in_((DeliveryState.CLAIMED.value, DeliveryState.ATTEMPTING.value))
