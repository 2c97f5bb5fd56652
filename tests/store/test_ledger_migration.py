from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import digest.store.migrations
from digest.model.announcement import AnnounceType, BatchState, ListedPaper, StatedCounts
from digest.store.announcements import AnnouncementStore
from digest.store.database import open_database

if TYPE_CHECKING:
    from pathlib import Path

THURSDAY = date(2026, 11, 19)
PAPER = text(
    "INSERT INTO papers (id, version, title, abstract, detailed_version) VALUES (:id, 1, 'On tides', 'They rise.', 1)"
)
ANNOUNCEMENT = text(
    "INSERT INTO announcements (paper_id, category, announced_on, announce_type, version) "
    "VALUES (:id, :category, '2026-11-19', :kind, 1)"
)
BATCH = text(
    "INSERT INTO batches (category, announced_on, state, expected, seen, missing, changed_at) "
    "VALUES (:category, '2026-11-19', :state, :expected, :seen, :missing, '2026-11-19')"
)


def test_batches_of_before_keep_their_counts_and_what_they_lack(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'digest.db'}"
    engine = create_engine(address)
    config = Config()
    config.set_main_option("script_location", digest.store.migrations.__path__[0])
    missing = json.dumps([["2611.90009", "replace"]])
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        for number, kind in enumerate(("new", "cross", "replace-cross")):
            connection.execute(PAPER, {"id": f"2611.9000{number}"})
            connection.execute(ANNOUNCEMENT, {"id": f"2611.9000{number}", "category": "cs.CL", "kind": kind})
        connection.execute(ANNOUNCEMENT, {"id": "2611.90000", "category": "cs.LG", "kind": "cross"})
        rows = [
            ("cs.CL", "incomplete", 5, 3, missing),
            ("cs.LG", "pending", None, 1, "[]"),
            ("cs.AI", "quiet", 0, 0, "[]"),
        ]
        for row in rows:
            connection.execute(BATCH, dict(zip(("category", "state", "expected", "seen", "missing"), row, strict=True)))
    engine.dispose()
    database = open_database(address)
    batches = {batch.category: batch for batch in AnnouncementStore(database).find_batches(THURSDAY)}
    database.close()
    # One of the five was neither here nor missing by name: it counts as new.
    assert batches["cs.CL"].stated == StatedCounts(new=2, cross=1, replace=2)
    assert (batches["cs.CL"].seen, batches["cs.CL"].missing) == (3, (ListedPaper("2611.90009", AnnounceType.REPLACE),))
    assert {code: batch.state for code, batch in batches.items()} == {
        "cs.CL": BatchState.INCOMPLETE,
        "cs.LG": BatchState.PENDING,
        "cs.AI": BatchState.QUIET,
    }
