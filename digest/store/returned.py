"""Mail that came back: what is noted of it, and how often in a row it did."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, update

from digest.model.delivery import DeliveryState
from digest.store.mail_schema import deliveries, subscribers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

CAME_BACK = "came back:"
NOT_LIKED = "refused as mail like ours:"
# A relay takes every mail, and says days later that it couldn't pass one on: most give up after five (RFC 5321,
# section 4.5.4.1).
_REPORTED_WITHIN = timedelta(days=7)


def recount(connection: Connection, sent: Sequence[int], *, now: datetime) -> None:
    """Forgets, for those to whom these deliveries went, the bounces before a mail that surely got through.

    Surely got through what a server took a week ago and nobody reported since.
    """
    theirs = select(deliveries.c.subscriber_id).where(deliveries.c.id.in_(sent))
    counted = select(subscribers.c.id).where(subscribers.c.id.in_(theirs), subscribers.c.bounces > 0)
    for subscriber_id in connection.scalars(counted).all():
        in_a_row = _count_since_success(connection, subscriber_id, now - _REPORTED_WITHIN)
        if in_a_row is not None:
            fewer = update(subscribers).where(subscribers.c.id == subscriber_id, subscribers.c.bounces > in_a_row)
            connection.execute(fewer.values(bounces=in_a_row))


def _count_since_success(connection: Connection, subscriber_id: int, before: datetime) -> int | None:
    """How many mails came back after the last that got through; None when it isn't known of any."""
    came_back = deliveries.c.reason.startswith(CAME_BACK, autoescape=True)
    got_through = and_(
        deliveries.c.subscriber_id == subscriber_id,
        deliveries.c.state == DeliveryState.SENT.value,
        deliveries.c.attempted_at <= before,
        ~came_back,
    )
    last = connection.scalar(select(func.max(deliveries.c.attempted_at)).where(got_through))
    if last is None:
        return None
    since = (deliveries.c.subscriber_id == subscriber_id, deliveries.c.attempted_at > last, came_back)
    return connection.scalar(select(func.count()).where(*since)) or 0
