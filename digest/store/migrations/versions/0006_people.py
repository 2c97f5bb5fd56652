"""Who is who among authors of like names."""

from __future__ import annotations

from itertools import islice

import sqlalchemy as sa
from alembic import op

from digest.store.people_names import name_row

revision = "0006"
down_revision = "0005"

_PORTION = 5000


def upgrade() -> None:
    """To this version."""
    names = op.create_table(
        "author_names",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_author_names")),
    )
    _fill(names)
    op.create_index(op.f("ix_author_names_given"), "author_names", ["given"], unique=False)
    op.create_index("ix_author_names_family", "author_names", ["family", "given"], unique=False)
    op.create_table(
        "author_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_decisions")),
    )
    op.create_index(op.f("ix_author_decisions_family"), "author_decisions", ["family"], unique=False)


def _fill(names: sa.Table) -> None:
    """The names of every paper that is here already."""
    connection = op.get_bind()
    authorships = sa.table("authorships", sa.column("name"))
    stored = connection.scalars(sa.select(authorships.c.name).distinct()).all()
    rows = (row for name in stored for row in [name_row(name)] if row)
    while portion := list(islice(rows, _PORTION)):
        connection.execute(sa.insert(names), portion)
