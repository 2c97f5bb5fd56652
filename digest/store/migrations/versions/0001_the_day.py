"""Papers, announcements and their batches, editions with entries and contributions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "batches",
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("category", "announced_on", name=op.f("pk_batches")),
    )
    op.create_table(
        "closures",
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_closures")),
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("manifest", sa.String(length=64), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("unproven", sa.JSON(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("announced_on", name=op.f("uq_editions_announced_on")),
    )
    op.create_table(
        "paces",
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_paces")),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("journal_ref", sa.Text(), nullable=True),
        sa.Column("license", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detailed_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
    )
    op.create_table(
        "validators",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_validators")),
    )
    op.create_table(
        "announcements",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("announce_type", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_announcements_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", "category", "announced_on", name=op.f("pk_announcements")),
    )
    op.create_index("ix_announcements_announced_on", "announcements", ["announced_on", "category"], unique=False)
    op.create_table(
        "authorships",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("affiliations", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_authorships_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", "position", name=op.f("pk_authorships")),
    )
    op.create_index(op.f("ix_authorships_name"), "authorships", ["name"], unique=False)
    op.create_table(
        "edition_topics",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_edition_topics_edition_id_editions")),
        sa.PrimaryKeyConstraint("edition_id", "position", name=op.f("pk_edition_topics")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_edition_topics_edition_id_slug")),
    )
    op.create_table(
        "entries",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_entries_edition_id_editions")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_entries_paper_id_papers")),
        sa.PrimaryKeyConstraint("edition_id", "paper_id", name=op.f("pk_entries")),
        sa.UniqueConstraint("edition_id", "rank", name=op.f("uq_entries_edition_id_rank")),
    )
    op.create_index(op.f("ix_entries_paper_id"), "entries", ["paper_id"], unique=False)
    op.create_table(
        "paper_categories",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_paper_categories_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", "position", name=op.f("pk_paper_categories")),
    )
    op.create_index(op.f("ix_paper_categories_category"), "paper_categories", ["category"], unique=False)
    op.create_table(
        "term_vectors",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("encoder", sa.String(length=40), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_term_vectors_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_term_vectors")),
    )
    op.create_table(
        "versions",
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_versions_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", "version", name=op.f("pk_versions")),
    )
    op.create_table(
        "contributions",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.String(length=40), nullable=False),
        sa.Column("signal", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("percentile", sa.Float(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("field_size", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id", "paper_id"],
            ["entries.edition_id", "entries.paper_id"],
            name=op.f("fk_contributions_edition_id_paper_id_entries"),
        ),
        sa.PrimaryKeyConstraint("edition_id", "paper_id", "signal", name=op.f("pk_contributions")),
    )
