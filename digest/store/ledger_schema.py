"""The ledger's own tables."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String, Table, Text

from digest.store.schema import UtcDateTime, metadata

# How often a category was asked for what it announced on a day, what hindered, and when it is asked again.
inquiries = Table(
    "inquiries",
    metadata,
    Column("category", String(40), primary_key=True),
    Column("announced_on", Date, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("problem", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("ask_again_at", UtcDateTime),
)

# What the operator is to be told of a day, each kind of news once, and when that was done.
alerts = Table(
    "alerts",
    metadata,
    Column("announced_on", Date, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("told_at", UtcDateTime),
)
