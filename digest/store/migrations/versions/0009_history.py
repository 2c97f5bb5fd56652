"""How far the past was read, and by what each announcement is dated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "backfills",
        sa.Column("set_name", sa.String(length=60), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("set_name", "first_on", "last_on", name=op.f("pk_backfills")),
    )
    op.add_column("announcements", sa.Column("dated_by", sa.String(length=10), nullable=False, server_default="arxiv"))
