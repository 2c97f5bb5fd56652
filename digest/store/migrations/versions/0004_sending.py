"""What sending needs beside the first tables of mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "stops",
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("why", name=op.f("pk_stops")),
    )
    op.add_column("audiences", sa.Column("dropped", sa.JSON(), nullable=True))
    op.add_column("deliveries", sa.Column("in_doubt", sa.Boolean(), server_default=sa.false(), nullable=False))
    # What is pending after an attempt may have arrived.
    op.execute("UPDATE deliveries SET in_doubt = TRUE WHERE state = 'pending' AND attempts > 0")
    op.create_index("ix_deliveries_domain", "deliveries", ["state", "due_at", "domain", "id"], unique=False)
    op.create_index(op.f("ix_suppressions_mailbox"), "suppressions", ["mailbox"], unique=False)
