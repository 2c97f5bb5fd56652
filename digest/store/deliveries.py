"""Deliveries on their way: claimed by one sender, attempted, settled; each step by a conditional update."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, false, or_, select, true, update

from digest.model.delivery import Claimed, DeliveryState
from digest.model.subscriber import SubscriberState
from digest.store.claims import choose, count_due, find_waiting
from digest.store.database import tried_again
from digest.store.mail_schema import backoffs, deliveries, subscribers, suppressions
from digest.store.returned import recount
from digest.store.schema import editions
from digest.store.subscribers import read_subscriber
from digest.store.transitions import ERASED, HELD, UNCERTAIN, WAITING, close, drop_orphans, reopen
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection

    from digest.model.delivery import Attempt, Settled, Waiting
    from digest.store.database import Database

_TOO_LATE = "too late to be sent"


class DeliveryStore:
    """Moves deliveries from state to state; what another sender has moved meanwhile is left alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @tried_again
    def claim(self, owner: str, count: int, *, now: datetime, lease_until: datetime) -> tuple[Claimed, ...]:
        """At most `count` deliveries that are due, those waiting longest first, now claimed by `owner`.

        A subscriber for whom there are several gets the next one when the first is settled.
        """
        with self._database.write() as connection:
            ids = choose(connection, count, now=now)
            for some in chunks(ids):
                connection.execute(
                    update(deliveries)
                    .where(deliveries.c.id.in_(some))
                    .values(state=DeliveryState.CLAIMED.value, owner=owner, lease_until=lease_until)
                )
            return tuple(sorted(_read_claimed(connection, ids), key=lambda one: one.delivery_id))

    @tried_again
    def attempt(self, owner: str, attempts: Sequence[Attempt], *, now: datetime, lease_until: datetime) -> set[int]:
        """Records that these are about to be handed over; the ids of those that may be.

        A subscriber who has left since, or who was suppressed, gets nothing any more: that delivery is excluded.
        """
        if not attempts:
            return set()
        mine = and_(deliveries.c.owner == owner, deliveries.c.state == DeliveryState.CLAIMED.value)
        with self._database.write() as connection:
            named = deliveries.c.id.in_([one.delivery_id for one in attempts])
            standing = _find_standing(connection, and_(mine, named))
            fit = {key for key, state in standing.items() if state == SubscriberState.CONFIRMED.value}
            rows: list[dict[str, Any]] = [
                {"which": one.delivery_id, "key": one.key, "taken": asdict(one.taken), "chosen_by": one.chosen_by}
                for one in attempts
                if one.delivery_id in fit
            ]
            if rows:
                connection.execute(
                    update(deliveries)
                    .where(mine, deliveries.c.id == bindparam("which"))
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
            for delivery_id in standing.keys() - fit:
                which = and_(mine, deliveries.c.id == delivery_id)
                close(connection, which, DeliveryState.EXCLUDED, standing[delivery_id], now=now)
        return fit

    @tried_again
    def hasten(self, on: date, *, now: datetime, expires_at: datetime) -> int:
        """Makes what waits of that day's edition due now; how many mails."""
        edition = select(editions.c.id).where(editions.c.announced_on == on).scalar_subquery()
        waits = (deliveries.c.edition_id == edition, deliveries.c.state.in_(WAITING), deliveries.c.due_at > now)
        with self._database.write() as connection:
            values = {"due_at": now, "expires_at": expires_at}
            return connection.execute(update(deliveries).where(*waits).values(values)).rowcount

    @tried_again
    def exclude(self, owner: str, delivery_id: int, reason: str, *, now: datetime) -> None:
        """Takes out a claimed delivery that has nothing to bring."""
        with self._database.write() as connection:
            close(connection, _claimed(owner, delivery_id), DeliveryState.EXCLUDED, reason, now=now)

    @tried_again
    def fail(self, owner: str, delivery_id: int, reason: str, *, now: datetime) -> None:
        """Gives up a claimed delivery whose mail can't be made."""
        with self._database.write() as connection:
            close(connection, _claimed(owner, delivery_id), DeliveryState.FAILED, reason, now=now)

    @tried_again
    def postpone(self, owner: str, delivery_id: int, reason: str, *, until: datetime) -> None:
        """Has a claimed delivery wait until a moment, because its mail can't be made now; no attempt is used up."""
        values = {"state": DeliveryState.DEFERRED.value, "reason": reason, "due_at": until}
        with self._database.write() as connection:
            mine = _claimed(owner, delivery_id)
            connection.execute(update(deliveries).where(mine).values(owner=None, lease_until=None, **values))
            drop_orphans(connection, [delivery_id])

    @tried_again
    def settle(self, owner: str, settled: Sequence[Settled], *, now: datetime) -> None:
        """Records how attempts ended, all in one transaction; bounces before a mail that got through are forgotten.

        What was for somebody who was erased meanwhile is not tried again, and the server's words are not kept.
        """
        with self._database.write() as connection:
            for one in settled:
                mine = and_(
                    deliveries.c.id == one.delivery_id,
                    deliveries.c.owner == owner,
                    deliveries.c.state == DeliveryState.ATTEMPTING.value,
                )
                if close(connection, mine, one.state, one.reason, now=now) and one.retry_at:
                    in_doubt = true() if one.in_doubt else deliveries.c.in_doubt
                    again = {"due_at": one.retry_at, "in_doubt": in_doubt}
                    connection.execute(update(deliveries).where(deliveries.c.id == one.delivery_id).values(again))
            drop_orphans(connection, [one.delivery_id for one in settled])
            recount(connection, [one.delivery_id for one in settled if one.state is DeliveryState.SENT], now=now)

    @tried_again
    def release(self, owner: str, ids: Collection[int]) -> None:
        """Gives back what was claimed and not attempted, or attempted without reaching the server at all."""
        mine = and_(deliveries.c.owner == owner, deliveries.c.id.in_(ids))
        was_attempting = deliveries.c.state == DeliveryState.ATTEMPTING.value
        with self._database.write() as connection:
            connection.execute(
                update(deliveries)
                .where(mine, _is_held())
                .values(
                    state=DeliveryState.PENDING.value,
                    attempts=deliveries.c.attempts - case((was_attempting, 1), else_=0),
                    owner=None,
                    lease_until=None,
                )
            )
            drop_orphans(connection, list(ids))

    @tried_again
    def expire(self, *, now: datetime) -> int:
        """Settles what is due and too late to be sent; how many.

        What may have arrived by an earlier attempt ends uncertain. The reason keeps what was in the way.
        """
        late = and_(deliveries.c.state.in_(WAITING), deliveries.c.due_at <= now, deliveries.c.expires_at <= now)
        was_in_the_way = deliveries.c.reason != ""
        reason = case((was_in_the_way, f"{_TOO_LATE}: " + deliveries.c.reason), else_=_TOO_LATE)
        with self._database.write() as connection:
            return close(connection, late, DeliveryState.EXPIRED, reason, now=now)

    def find_owners(self) -> tuple[str, ...]:
        """The senders that hold deliveries."""
        statement = select(deliveries.c.owner).where(_is_held()).distinct()
        with self._database.read() as connection:
            return tuple(connection.scalars(statement))

    @tried_again
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
            orphaned = select(deliveries.c.id).where(gone, deliveries.c.subscriber_id.is_(None))
            orphans = list(connection.scalars(orphaned))
            repeated = reopen(connection, again, UNCERTAIN, in_doubt=True)
            left = close(connection, attempting, DeliveryState.UNCERTAIN, UNCERTAIN, now=now)
            claimed = reopen(connection, gone, "")
            drop_orphans(connection, orphans)
            return {"repeated": repeated, "uncertain": left, "claimed": claimed}

    @tried_again
    def back_off(self, domain: str, *, until: datetime, failures: int = 1) -> None:
        """Leaves a domain's mail alone until a moment, or longer if that was said before.

        `failures` more count against it, 0 where it only has enough.
        """
        row = {"domain": domain, "until": until, "failures": failures}
        with self._database.write() as connection:
            upsert(
                connection,
                backoffs,
                [row],
                update=lambda new: {
                    "until": case((backoffs.c.until > new.until, backoffs.c.until), else_=new.until),
                    "failures": backoffs.c.failures + new.failures,
                },
            )

    def find_failures(self, domain: str) -> int:
        """How often in a row a domain asked to come back later."""
        with self._database.read() as connection:
            return connection.scalar(select(backoffs.c.failures).where(backoffs.c.domain == domain)) or 0

    @tried_again
    def forget_failures(self, domains: Collection[str]) -> None:
        """Domains that took mail again."""
        with self._database.write() as connection:
            took = (backoffs.c.domain.in_(domains), backoffs.c.failures > 0)
            connection.execute(update(backoffs).where(*took).values(failures=0))

    def count_due(self, *, now: datetime) -> int:
        """How many deliveries could be sent now."""
        with self._database.read() as connection:
            return count_due(connection, now=now)

    def find_waiting(self, *, now: datetime) -> tuple[Waiting, ...]:
        """What can be sent later only, the soonest first."""
        with self._database.read() as connection:
            return find_waiting(connection, now=now)


def _read_claimed(connection: Connection, ids: Sequence[int]) -> list[Claimed]:
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
    return [
        Claimed(row.delivery_id, row.announced_on, row.first_on, read_subscriber(row), row.domain, row.attempts)
        for some in chunks(ids)
        for row in connection.execute(statement.where(deliveries.c.id.in_(some)))
    ]


def _find_standing(connection: Connection, which: ColumnElement[bool]) -> dict[int, str]:
    """How the subscribers of deliveries stand, by delivery; nobody else can move those until the end."""
    is_suppressed = exists().where(suppressions.c.mailbox == subscribers.c.mailbox).label("is_suppressed")
    statement = (
        select(deliveries.c.id, subscribers.c.state, is_suppressed)
        .outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(which)
        .order_by(deliveries.c.id)
        .with_for_update(of=deliveries)
    )
    return {
        row.id: SubscriberState.SUPPRESSED.value if row.is_suppressed else row.state or ERASED
        for row in connection.execute(statement)
    }


def _claimed(owner: str, delivery_id: int) -> ColumnElement[bool]:
    return and_(
        deliveries.c.id == delivery_id,
        deliveries.c.owner == owner,
        deliveries.c.state == DeliveryState.CLAIMED.value,
    )


def _is_held() -> ColumnElement[bool]:
    return deliveries.c.state.in_(HELD)
