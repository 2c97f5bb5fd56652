"""What is forecast of papers on the day of their announcement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "backgrounds",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("model", sa.String(length=16), nullable=False),
        sa.Column("text_logit", sa.Float(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_backgrounds_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_backgrounds")),
    )
    op.create_index(op.f("ix_backgrounds_announced_on"), "backgrounds", ["announced_on"], unique=False)
    op.create_table(
        "forecasts",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("model", sa.String(length=16), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("picks", sa.Integer(), nullable=False),
        sa.Column("trained_until", sa.Date(), nullable=False),
        sa.Column("lifts", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_forecasts_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_forecasts")),
    )
    op.create_index("ix_forecasts_announced_on", "forecasts", ["announced_on"], unique=False)
