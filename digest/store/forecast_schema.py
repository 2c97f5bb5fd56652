"""The tables of what is forecast."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from digest.store.schema import UtcDateTime, metadata

# What later forecasts need of each announced paper, as the text model of that name read it.
backgrounds = Table(
    "backgrounds",
    metadata,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True),
    Column("announced_on", Date, nullable=False, index=True),
    Column("model", String(16), nullable=False),
    Column("text_logit", Float, nullable=False),
    # Names, one a line.
    Column("authors", Text, nullable=False),
    Column("owners", Text, nullable=False),
)

# What was forecast on the day of the announcement: never changed afterwards.
forecasts = Table(
    "forecasts",
    metadata,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True),
    Column("announced_on", Date, nullable=False),
    Column("model", String(16), nullable=False),
    Column("chance", Float, nullable=False),
    Column("picks", Integer, nullable=False),
    Column("trained_until", Date, nullable=False),
    Column("lifts", JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Index("ix_forecasts_announced_on", "announced_on"),
)

# How good the ranking of each day was, as far as it is known what came of it.
measured_days = Table(
    "measured_days",
    metadata,
    Column("announced_on", Date, primary_key=True),
    Column("papers", Integer, nullable=False),
    Column("picked", Integer, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("ranked_by", Text, nullable=False),
    Column("measured_at", UtcDateTime, nullable=False),
)
