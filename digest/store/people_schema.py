"""The tables of who is who among authors of like names."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from digest.store.schema import UtcDateTime, metadata

# Every name that ever stood on a paper, once, with what it is found by; collaborations have none.
author_names = Table(
    "author_names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("family", Text, nullable=False),
    Column("given", Text, nullable=False, index=True),
    Index("ix_author_names_family", "family", "given"),
)

# What the operator decided; an undone decision stays, with the moment when it was undone.
author_decisions = Table(
    "author_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("family", Text, nullable=False, index=True),
    # Lists of authorships: of one person, and of who isn't that person.
    Column("members", JSON, nullable=False),
    Column("others", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
)
