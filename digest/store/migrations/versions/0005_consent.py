"""What keeps consent and privacy beside the first tables of subscribers."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# Who was suppressed before this was kept: what happened to them last, apart from that, tells the state to go back to.
_STATE_BEFORE = """
    UPDATE subscribers SET state_before = COALESCE((
        SELECT CASE what WHEN 'asked' THEN 'unconfirmed' WHEN 'paused' THEN 'paused' WHEN 'unsubscribed'
            THEN 'unsubscribed' ELSE 'confirmed' END
        FROM subscriber_events
        WHERE subscriber_id = subscribers.id AND what NOT IN ('suppressed', 'lifted', 'changed')
        ORDER BY id DESC LIMIT 1
    ), 'unsubscribed') WHERE state = 'suppressed'
"""


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    mailbox_keys = op.create_table(
        "mailbox_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_keys")),
    )
    op.bulk_insert(mailbox_keys, [{"key": secrets.token_urlsafe(32)}])
    op.add_column("notices", sa.Column("key", sa.String(length=24), nullable=True))
    op.add_column("notices", sa.Column("wishes", sa.JSON(), nullable=True))
    op.add_column("notices", sa.Column("source", sa.Text(), nullable=True))
    op.create_index(op.f("ix_notices_key"), "notices", ["key"], unique=False)
    op.add_column("subscribers", sa.Column("state_before", sa.String(length=20), nullable=True))
    op.execute(_STATE_BEFORE)
    _tell_mailboxes_apart()


def _tell_mailboxes_apart() -> None:
    """Letters that only count as equal, such as ß and ss, make two mailboxes; those of before are spelt anew."""
    subscribers = sa.table("subscribers", *map(sa.column, ("id", "address", "mailbox")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(subscribers)).all():
        local_part, _, domain = row.address.rpartition("@")
        mailbox = f"{local_part.lower()}@{domain}"
        if not row.address.isascii() and mailbox != row.mailbox:
            connection.execute(sa.update(subscribers).where(subscribers.c.id == row.id).values(mailbox=mailbox))
