"""The tables."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

from digest.model.announcement import AnnounceType

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite itself would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC; ValueError for a naive one, which could mean any zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's signature
        """The moment, aware, in UTC."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


papers = Table(
    "papers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("comment", Text),
    Column("doi", Text),
    Column("journal_ref", Text),
    Column("license", Text),
    Column("submitted_at", UtcDateTime),
    Column("updated_at", UtcDateTime),
    # The version whose details (structured authors, comment, dates) the query API has given; 0 for none yet.
    Column("detailed_version", Integer, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("submitted_at", UtcDateTime),
)

authorships = Table(
    "authorships",
    metadata,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("affiliations", JSON, nullable=False),
)

paper_categories = Table(
    "paper_categories",
    metadata,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("category", String(40), nullable=False, index=True),
)

# Announce types by which a paper becomes known; the others are newer versions of one that was known before.
NEWS = tuple(one.value for one in AnnounceType if one.is_news)
# What the day of an announcement is known by: arXiv's own documents of the day. Others are told by the past alone.
DATED_BY_ARXIV = "arxiv"

announcements = Table(
    "announcements",
    metadata,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True),
    Column("category", String(40), primary_key=True),
    Column("announced_on", Date, primary_key=True),
    Column("announce_type", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("dated_by", String(10), nullable=False, server_default=DATED_BY_ARXIV),
    # By what it came here and when; nothing for what came before that was written down.
    Column("source", String(10), nullable=False, server_default=""),
    Column("read_at", UtcDateTime),
    # Whether the listing page of that category and day names it.
    Column("is_listed", Boolean, nullable=False, server_default=false()),
    Index("ix_announcements_announced_on", "announced_on", "category"),
)

batches = Table(
    "batches",
    metadata,
    Column("category", String(40), primary_key=True),
    Column("announced_on", Date, primary_key=True),
    # What the listing page counts, by its sections.
    Column("stated_new", Integer, nullable=False),
    Column("stated_cross", Integer, nullable=False),
    Column("stated_replace", Integer, nullable=False),
    Column("missing", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

term_vectors = Table(
    "term_vectors",
    metadata,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("encoder", String(40), nullable=False),
    Column("terms", LargeBinary, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("announced_on", Date, nullable=False, unique=True),
    Column("manifest", String(64), nullable=False),
    Column("categories", JSON, nullable=False),
    Column("announced", Integer, nullable=False),
    Column("replaced", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("unproven", JSON, nullable=False),
    Column("is_sample", Boolean, nullable=False),
    Column("day_kind", String(20), nullable=False, server_default="announcement"),
    Column("published_at", UtcDateTime, nullable=False),
)

edition_topics = Table(
    "edition_topics",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("slug", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("announced", Integer, nullable=False),
    UniqueConstraint("edition_id", "slug"),
)

entries = Table(
    "entries",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), primary_key=True, index=True),
    Column("rank", Integer, nullable=False),
    Column("topic", String(80), nullable=False),
    Column("score", Float, nullable=False),
    Column("why", Text, nullable=False),
    Column("card", JSON, nullable=False),
    UniqueConstraint("edition_id", "rank"),
)

contributions = Table(
    "contributions",
    metadata,
    Column("edition_id", Integer, primary_key=True),
    Column("paper_id", String(40), primary_key=True),
    Column("signal", String(40), primary_key=True),
    Column("value", Float, nullable=False),
    Column("percentile", Float, nullable=False),
    Column("field", String(40), nullable=False),
    Column("field_size", Integer, nullable=False),
    Column("weight", Float, nullable=False),
    Column("points", Float, nullable=False),
    Column("source", Text, nullable=False),
    Column("observed_at", UtcDateTime, nullable=False),
    Column("sample_size", Integer),
    Column("note", Text, nullable=False),
    ForeignKeyConstraint(["edition_id", "paper_id"], ["entries.edition_id", "entries.paper_id"]),
)

validators = Table(
    "validators",
    metadata,
    Column("address", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
)

paces = Table(
    "paces",
    metadata,
    Column("service", String(40), primary_key=True),
    Column("free_at", UtcDateTime, nullable=False),
)

closures = Table(
    "closures",
    metadata,
    Column("service", String(40), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("why", Text, nullable=False),
)
