"""The tables of what other services say about papers and their authors."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text

from digest.store.schema import UtcDateTime, metadata

# Papers are named by id without a foreign key: the services know papers that no category here announced, and those
# tell of authors too.

# A time series: rows are only ever added.
observations = Table(
    "observations",
    metadata,
    Column("paper_id", String(40), primary_key=True),
    Column("source", String(40), primary_key=True),
    Column("metric", String(40), primary_key=True),
    Column("observed_at", UtcDateTime, primary_key=True),
    Column("value", Float, nullable=False),
    Index("ix_observations_observed_at", "observed_at"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("paper_id", String(40), primary_key=True, index=True),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("mentioned_at", UtcDateTime),
    # When we saw it first: what was known before that moment can't rest on it.
    Column("first_seen_at", UtcDateTime, nullable=False, index=True),
    Column("organisation", Text, nullable=False),
    Column("repository", String(200), nullable=False),
    Column("authors", JSON, nullable=False),
)

# What each source said last of each author of a paper.
author_records = Table(
    "author_records",
    metadata,
    Column("paper_id", String(40), primary_key=True),
    Column("source", String(40), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("key", String(80), nullable=False),
    Column("name", Text, nullable=False, index=True),
    Column("orcid", String(40), nullable=False),
    Column("organisations", JSON, nullable=False),
    Column("papers", Integer),
    Column("citations", Integer),
    Column("h_index", Integer),
    Column("observed_at", UtcDateTime, nullable=False),
    Index("ix_author_records_key", "source", "key"),
)

# When a source last answered for a paper, and whether it knew it.
askings = Table(
    "askings",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("paper_id", String(40), primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("is_known", Boolean, nullable=False),
)
