"""The steps between a delivery's states, as statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, null, select, update

from digest.model.delivery import DeliveryState
from digest.store.mail_schema import deliveries
from digest.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

WAITING = (DeliveryState.PENDING.value, DeliveryState.DEFERRED.value)
HELD = (DeliveryState.CLAIMED.value, DeliveryState.ATTEMPTING.value)
UNCERTAIN = "the connection or the program ended before the server answered"
ERASED = "erased"
# Ends that say that nothing was sent.
_UNSENT = (DeliveryState.EXCLUDED, DeliveryState.EXPIRED)


def close(
    connection: Connection, which: ColumnElement[bool], state: DeliveryState, reason: Any, *, now: datetime
) -> int:
    """Moves deliveries to a state in which nobody holds them; how many.

    One that may have arrived by an earlier attempt ends uncertain rather than as never sent.
    """
    values: dict[str, Any] = {"state": state.value, "reason": reason}
    if state in _UNSENT:
        values = {
            "state": case((deliveries.c.in_doubt, DeliveryState.UNCERTAIN.value), else_=state.value),
            "reason": case((deliveries.c.in_doubt, UNCERTAIN), else_=reason),
        }
    values |= {"settled_at": now, "owner": None, "lease_until": None}
    return connection.execute(update(deliveries).where(which).values(values)).rowcount


def reopen(connection: Connection, which: ColumnElement[bool], reason: str, *, in_doubt: bool = False) -> int:
    """Has deliveries wait again; how many."""
    values: dict[str, Any] = {"state": DeliveryState.PENDING.value, "owner": None, "lease_until": None}
    values |= {"reason": reason, "in_doubt": True} if in_doubt else {"reason": reason}
    return connection.execute(update(deliveries).where(which).values(values)).rowcount


def drop_orphans(connection: Connection, ids: Sequence[int]) -> None:
    """Takes out what waits for somebody who was erased while it was on its way; what was sent tells nothing more."""
    told = {"reason": "", "domain": "", "key": None, "taken": null(), "chosen_by": None}
    excluded = {"state": DeliveryState.EXCLUDED.value, "reason": ERASED}
    for some in chunks(ids):
        orphaned = select(deliveries.c.id).where(deliveries.c.id.in_(some), deliveries.c.subscriber_id.is_(None))
        if orphans := connection.scalars(orphaned).all():
            theirs = deliveries.c.id.in_(orphans)
            connection.execute(update(deliveries).where(theirs).values(told))
            connection.execute(update(deliveries).where(theirs, deliveries.c.state.in_(WAITING)).values(excluded))
