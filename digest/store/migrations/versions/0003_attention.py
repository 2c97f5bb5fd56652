"""What other services say about papers and their authors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "askings",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "paper_id", name=op.f("pk_askings")),
    )
    op.create_table(
        "author_records",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("orcid", sa.String(length=40), nullable=False),
        sa.Column("organisations", sa.JSON(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=True),
        sa.Column("citations", sa.Integer(), nullable=True),
        sa.Column("h_index", sa.Integer(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "source", "position", name=op.f("pk_author_records")),
    )
    op.create_index("ix_author_records_key", "author_records", ["source", "key"], unique=False)
    op.create_index(op.f("ix_author_records_name"), "author_records", ["name"], unique=False)
    op.create_table(
        "mentions",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("mentioned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("repository", sa.String(length=200), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", "paper_id", name=op.f("pk_mentions")),
    )
    op.create_index(op.f("ix_mentions_first_seen_at"), "mentions", ["first_seen_at"], unique=False)
    op.create_index(op.f("ix_mentions_paper_id"), "mentions", ["paper_id"], unique=False)
    op.create_table(
        "observations",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "source", "metric", "observed_at", name=op.f("pk_observations")),
    )
    op.create_index("ix_observations_observed_at", "observations", ["observed_at"], unique=False)
