"""Forgetting people: what is deleted, and what is blanked so that an edition's sums stay right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, exists, select, update

from digest.model.delivery import DeliveryState
from digest.store.mail_schema import backoffs, deliveries, notices, subscribers
from digest.store.upsert import chunks

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

_ERASED = "erased"


def forget(connection: Connection, who: ColumnElement[bool]) -> int:
    """Deletes those subscribers with all that is known of them; how many.

    Mail that waits is taken out; what a sender holds at this moment, that sender finds to be nobody's. Of each delivery
    only its edition, times and state stay; a domain that nobody else is at is forgotten too.
    """
    found = select(subscribers.c.id).where(who)
    domains = list(connection.scalars(select(subscribers.c.domain).where(who).distinct()))
    theirs = deliveries.c.subscriber_id.in_(found)
    excluded = DeliveryState.EXCLUDED.value
    waits = deliveries.c.state.in_((DeliveryState.PENDING.value, DeliveryState.DEFERRED.value))
    connection.execute(update(deliveries).where(theirs, waits).values(state=excluded))
    # The reason may be a server's words, or ours, with the address in them.
    reason = case((deliveries.c.state == excluded, _ERASED), else_="")
    blank: dict[str, Any] = {"reason": reason, "domain": "", "key": None, "taken": None, "chosen_by": None}
    connection.execute(update(deliveries).where(theirs).values(blank))
    gone = connection.execute(delete(subscribers).where(who)).rowcount
    is_shared = exists().where(subscribers.c.domain == backoffs.c.domain)
    for some in chunks(domains):
        connection.execute(delete(backoffs).where(backoffs.c.domain.in_(some), ~is_shared))
    return gone


def close_questions(connection: Connection, subscriber_id: Any) -> None:
    """Makes the links useless that were sent to a subscriber so far, and forgets what was asked for with them."""
    theirs = (notices.c.subscriber_id == subscriber_id, notices.c.wishes.is_not(None))
    connection.execute(update(notices).where(*theirs).values(wishes=None, source=None))
