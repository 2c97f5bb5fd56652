"""The steps between a delivery's states, as statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select, update

from digest.model.delivery import DeliveryState
from digest.store.mail_schema import backoffs, deliveries

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement


def find_due(state: str, now: datetime) -> Any:
    """Ids of deliveries in a state that are due, those waiting longest first; not of domains that are left alone."""
    is_waiting = exists().where(backoffs.c.domain == deliveries.c.domain, backoffs.c.until > now)
    return (
        select(deliveries.c.id)
        .where(deliveries.c.state == state, deliveries.c.due_at <= now, deliveries.c.expires_at > now, ~is_waiting)
        .order_by(deliveries.c.due_at, deliveries.c.id)
    )


def close(  # noqa: PLR0913, PLR0917 - a transition and its record
    connection: Any,
    which: ColumnElement[bool],
    state: DeliveryState,
    reason: str,
    now: datetime,
    retry_at: datetime | None = None,
) -> int:
    """Moves deliveries to a state in which nobody holds them, due again at `retry_at`; how many."""
    values: dict[str, Any] = {
        "state": state.value,
        "reason": reason,
        "settled_at": now,
        "owner": None,
        "lease_until": None,
    }
    if retry_at:
        values["due_at"] = retry_at
    changed: int = connection.execute(update(deliveries).where(which).values(values)).rowcount
    return changed


def reopen(connection: Any, which: ColumnElement[bool], reason: str) -> int:
    """Has deliveries wait again; how many."""
    values = {"state": DeliveryState.PENDING.value, "reason": reason, "owner": None, "lease_until": None}
    changed: int = connection.execute(update(deliveries).where(which).values(values)).rowcount
    return changed
