from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from factories import announce, detailed, make_paper, save_batch
from sqlalchemy import func, select

from digest.errors import StoreError
from digest.model.announcement import AnnounceType
from digest.model.history import PaperHistory, Window, WindowRead
from digest.store import schema
from digest.store.announcements import AnnouncementStore
from digest.store.backfills import BackfillStore

if TYPE_CHECKING:
    from digest.store.database import Database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WINDOW = Window("cs:cs:CL", date(2026, 1, 1), date(2026, 1, 31))
LISTED = date(2026, 1, 14)


def test_a_page_is_saved_with_how_far_its_window_is_read(any_database: Database) -> None:
    store = BackfillStore(any_database)
    paper = detailed(make_paper("2601.00001"))
    page = [PaperHistory(paper, ((1, NOW),))]
    assert store.save_page(page, [announce(paper, on=LISTED)], WindowRead(WINDOW, "two", 1), now=NOW) == 1
    assert store.save_page(page, [announce(paper, on=LISTED)], WindowRead(WINDOW, "", 1, NOW.date()), now=NOW) == 0
    assert store.find_read(["cs:cs:CL"]) == (WindowRead(WINDOW, "", 1, NOW.date()),)
    assert store.find_read(["cs:cs:CV"]) == ()


def test_arxivs_own_documents_take_the_place_of_history(any_database: Database) -> None:
    store, papers = BackfillStore(any_database), [make_paper(f"2601.0000{number}") for number in range(1, 4)]
    store.save_dump(papers, [announce(one, on=LISTED) for one in papers])
    kinds = (AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE)
    thursday = date(2026, 1, 15)
    announced = [announce(one, on=thursday, kind=kind) for one, kind in zip(papers, kinds, strict=True)]
    save_batch(AnnouncementStore(any_database), papers, announced, now=NOW)
    table = schema.announcements
    with any_database.read() as connection:
        counts = connection.execute(select(table.c.paper_id, func.count()).group_by(table.c.paper_id)).all()
    assert sorted(tuple(row) for row in counts) == [("2601.00001", 1), ("2601.00002", 1), ("2601.00003", 2)]


def test_a_page_that_cannot_be_saved_leaves_its_window_where_it_was(database: Database) -> None:
    store = BackfillStore(database)
    unknown = announce(make_paper("2601.99999"), on=LISTED)
    with pytest.raises(StoreError):
        store.save_page([], [unknown], WindowRead(WINDOW, "two", 1), now=NOW)
    assert store.find_read(["cs:cs:CL"]) == ()
