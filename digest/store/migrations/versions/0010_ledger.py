"""What was announced, by what it came here, and how often it was asked for."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_SECTIONS = {"new": "new", "cross": "cross", "replace": "replace", "replace-cross": "replace"}


def upgrade() -> None:
    """To this version."""
    op.add_column("announcements", sa.Column("source", sa.String(length=10), nullable=False, server_default=""))
    op.add_column("announcements", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("announcements", sa.Column("is_listed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "editions", sa.Column("day_kind", sa.String(length=20), nullable=False, server_default="announcement")
    )
    _restate_batches()
    op.create_table(
        "inquiries",
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("category", "announced_on", name=op.f("pk_inquiries")),
    )
    op.create_table(
        "alerts",
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("announced_on", "kind", name=op.f("pk_alerts")),
    )


def _restate_batches() -> None:
    """Puts the counts by section in place of the sum; what neither is here nor missing by name counts as new.

    A batch whose page was never read has nothing to keep: its announcements tell of it.
    """
    op.execute(
        "UPDATE announcements SET is_listed = (1 = 1) WHERE dated_by = 'arxiv' AND EXISTS (SELECT 1 FROM batches b "
        "WHERE b.category = announcements.category AND b.announced_on = announcements.announced_on "
        "AND b.expected IS NOT NULL)"
    )
    op.execute("DELETE FROM batches WHERE expected IS NULL")
    for section in dict.fromkeys(_SECTIONS.values()):
        name = f"stated_{section}"
        op.add_column("batches", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    _fill_in()
    with op.batch_alter_table("batches") as table:
        for name in ("state", "expected", "seen"):
            table.drop_column(name)
        for section in dict.fromkeys(_SECTIONS.values()):
            table.alter_column(f"stated_{section}", server_default=None)


def _fill_in() -> None:
    connection = op.get_bind()
    counts: dict[Any, dict[str, int]] = {}
    counted = sa.text(
        "SELECT category, announced_on, announce_type, count(*) AS number FROM announcements "
        "WHERE dated_by = 'arxiv' GROUP BY category, announced_on, announce_type"
    )
    for row in connection.execute(counted):
        of_batch = counts.setdefault((row.category, row.announced_on), {})
        section = _SECTIONS[row.announce_type]
        of_batch[section] = of_batch.get(section, 0) + row.number
    update = sa.text(
        "UPDATE batches SET stated_new = :new, stated_cross = :cross, stated_replace = :replace "
        "WHERE category = :category AND announced_on = :announced_on"
    )
    for row in connection.execute(sa.text("SELECT category, announced_on, expected, missing FROM batches")).all():
        stated = counts.get((row.category, row.announced_on), {})
        missing = json.loads(row.missing) if isinstance(row.missing, str) else row.missing
        for _, kind in missing:
            stated[_SECTIONS[kind]] = stated.get(_SECTIONS[kind], 0) + 1
        values = {section: stated.get(section, 0) for section in ("new", "cross", "replace")}
        values["new"] = max(0, values["new"] + row.expected - sum(values.values()))
        connection.execute(update, {**values, "category": row.category, "announced_on": row.announced_on})
