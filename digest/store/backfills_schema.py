"""The table of what was read of the past."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String, Table, Text

from digest.store.schema import UtcDateTime, metadata

# A window of a set's records by the day of their last change. `place` says where its next page begins.
backfills = Table(
    "backfills",
    metadata,
    Column("set_name", String(60), primary_key=True),
    Column("first_on", Date, primary_key=True),
    Column("last_on", Date, primary_key=True),
    Column("place", Text, nullable=False),
    Column("papers", Integer, nullable=False),
    Column("finished_on", Date),
    Column("changed_at", UtcDateTime, nullable=False),
)
