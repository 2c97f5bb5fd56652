from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY, WEDNESDAY, detailed, make_feed, make_item, make_listing, make_paper
from fake_arxiv import FakeArxiv
from power_cut import PowerCutError, crash_at

from digest.errors import SourceError
from digest.model.announcement import Announcement, AnnounceType, BatchState
from digest.pipeline.ingest import Ingest, IngestReport
from digest.store.announcements import AnnouncementStore
from digest.store.database import Database, open_database
from digest.store.fetches import FetchStore
from digest.store.papers import PaperStore

if TYPE_CHECKING:
    from pathlib import Path

NEW, CROSS, REPLACE, REPLACE_CROSS = AnnounceType
ONE = make_paper("2611.90001", categories=("cs.CL", "cs.LG"))
TWO = make_paper("2611.90002")
OLD = make_paper("2610.90003", version=2, categories=("cs.LG",))
CATEGORIES = ("cs.CL", "cs.LG")
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


def whole_day() -> FakeArxiv:
    """Two papers in cs.CL, of which the feed lacks one; in cs.LG a cross-list and a replacement."""
    return FakeArxiv(
        listings={
            "cs.CL": make_listing((ONE.id, NEW), (TWO.id, NEW)),
            "cs.LG": make_listing((ONE.id, CROSS), (OLD.id, REPLACE), category="cs.LG"),
        },
        feeds={
            "cs.CL": make_feed(make_item(ONE)),
            "cs.LG": make_feed(make_item(ONE, CROSS), make_item(OLD, REPLACE), category="cs.LG"),
        },
        papers={paper.id: detailed(paper) for paper in (ONE, TWO, OLD)},
    )


def ingest(arxiv: FakeArxiv, database: Database) -> IngestReport:
    return Ingest(arxiv, AnnouncementStore(database), lambda: NOON).run(CATEGORIES)


def states(report: IngestReport) -> list[tuple[str, BatchState]]:
    return [(line.batch.category, line.state) for line in report.lines]


def rows(file: Path) -> list[str]:
    """All that the database holds, but for the key that each one makes for itself."""
    connection = sqlite3.connect(file)
    found = [line for line in connection.iterdump() if not line.startswith('INSERT INTO "mailbox_keys"')]
    connection.close()
    return sorted(found)


def test_a_day_ends_complete_with_what_the_feed_lacked_filled_in(database: Database) -> None:
    report = ingest(whole_day(), database)
    assert states(report) == [("cs.CL", BatchState.COMPLETE), ("cs.LG", BatchState.COMPLETE)]
    assert [line.batch.seen for line in report.lines] == [2, 2]
    found = PaperStore(database).find_many([ONE.id, TWO.id, OLD.id])
    assert {paper.comment for paper in found.values()} == {"12 pages"}


def test_the_same_day_again_changes_nothing_and_asks_for_nothing(database: Database, tmp_path: Path) -> None:
    ingest(whole_day(), database)
    before = rows(tmp_path / "digest.db")
    again = whole_day()
    ingest(again, database)
    assert rows(tmp_path / "digest.db") == before
    assert again.asked == []


def test_a_category_that_cannot_be_read_does_not_stop_the_others(database: Database) -> None:
    arxiv = whole_day()
    del arxiv.listings["cs.LG"], arxiv.feeds["cs.LG"]
    report = ingest(arxiv, database)
    assert states(report)[1] == ("cs.LG", BatchState.BROKEN)
    assert [remark.where for remark in report.remarks] == ["cs.LG", "cs.LG"]
    assert AnnouncementStore(database).find_batches(THURSDAY)[0].state is BatchState.COMPLETE


def test_nothing_readable_at_all_is_an_error_and_leaves_the_store_empty(database: Database, tmp_path: Path) -> None:
    before = rows(tmp_path / "digest.db")
    with pytest.raises(SourceError, match="No category could be read"):
        ingest(FakeArxiv(), database)
    assert rows(tmp_path / "digest.db") == before


def test_another_day_than_the_one_asked_for_is_refused(database: Database) -> None:
    with pytest.raises(SourceError, match="arXiv lists 2026-11-19 now, not 2026-11-18"):
        Ingest(whole_day(), AnnouncementStore(database), lambda: NOON).run(CATEGORIES, on=WEDNESDAY)


def test_a_category_whose_page_is_of_an_earlier_day_is_told_as_stale(database: Database) -> None:
    arxiv = whole_day()
    arxiv.listings["cs.LG"] = make_listing((OLD.id, REPLACE), category="cs.LG", on=WEDNESDAY)
    report = ingest(arxiv, database)
    assert states(report) == [
        ("cs.CL", BatchState.COMPLETE),
        ("cs.LG", BatchState.STALE),
    ]
    assert "still that of 2026-11-18" in report.remarks[-1].what


def test_without_any_feed_the_listing_and_the_query_api_bring_the_day(database: Database) -> None:
    arxiv = whole_day()
    arxiv.feeds.clear()
    report = ingest(arxiv, database)
    assert {line.state for line in report.lines} == {BatchState.COMPLETE}
    kinds = {
        (one.paper_id, one.category): one.announce_type
        for one in AnnouncementStore(database).find_announcements(THURSDAY)
    }
    assert kinds == {
        (ONE.id, "cs.CL"): NEW,
        (TWO.id, "cs.CL"): NEW,
        (ONE.id, "cs.LG"): CROSS,
        (OLD.id, "cs.LG"): REPLACE,
    }


def test_a_paper_that_arxiv_does_not_give_stays_missing_and_comes_with_the_next_run(database: Database) -> None:
    arxiv = whole_day()
    kept = arxiv.papers.pop(TWO.id)
    report = ingest(arxiv, database)
    assert [one.paper_id for one in report.lines[0].batch.missing] == [TWO.id]
    assert report.problems
    arxiv.papers[TWO.id] = kept
    assert {line.state for line in ingest(arxiv, database).lines} == {BatchState.COMPLETE}


def test_a_stale_feed_without_a_listing_is_told_and_not_saved(database: Database) -> None:
    ingest(whole_day(), database)
    friday = whole_day()
    friday.listings.clear()
    friday.feeds = {"cs.CL": make_feed(make_item(ONE), make_item(TWO), dated_on=THURSDAY.replace(day=20))}
    report = ingest(friday, database)
    assert states(report) == [
        ("cs.CL", BatchState.STALE),
        ("cs.LG", BatchState.BROKEN),
    ]
    assert AnnouncementStore(database).find_newest_day() == THURSDAY


def test_a_feed_without_a_page_belongs_to_the_day_that_the_other_pages_state(database: Database) -> None:
    arxiv = whole_day()
    del arxiv.listings["cs.LG"]
    arxiv.feeds["cs.LG"] = make_feed(make_item(ONE, CROSS), category="cs.LG", dated_on=SATURDAY)
    report = ingest(arxiv, database)
    assert report.announced_on == THURSDAY
    assert states(report) == [
        ("cs.CL", BatchState.COMPLETE),
        ("cs.LG", BatchState.PENDING),
    ]
    assert AnnouncementStore(database).find_newest_day() == THURSDAY


def test_a_stale_feed_dated_on_a_weekend_takes_no_day_from_the_pages(database: Database) -> None:
    ingest(whole_day(), database)
    later = whole_day()
    del later.listings["cs.LG"]
    later.listings["cs.CL"] = make_listing((TWO.id, NEW), on=FRIDAY)
    later.feeds = {
        "cs.CL": make_feed(make_item(TWO)),
        "cs.LG": make_feed(make_item(ONE, CROSS), make_item(OLD, REPLACE), category="cs.LG", dated_on=SATURDAY),
    }
    report = ingest(later, database)
    assert report.announced_on == FRIDAY
    assert [line.state for line in report.lines] == [BatchState.COMPLETE, BatchState.STALE]


def test_a_feed_alone_takes_nothing_back_that_a_page_has_proven(database: Database) -> None:
    proven = ingest(whole_day(), database).lines
    later = whole_day()
    later.listings.clear()
    assert ingest(later, database).lines == proven


def test_a_feed_alone_is_not_taken_for_another_day_than_its_own(database: Database) -> None:
    arxiv = whole_day()
    arxiv.listings.clear()
    with pytest.raises(SourceError, match="No category could be read"):
        Ingest(arxiv, AnnouncementStore(database), lambda: NOON).run(CATEGORIES, on=WEDNESDAY)
    assert AnnouncementStore(database).find_newest_day() is None


def test_what_a_day_lacked_is_asked_for_again_on_the_days_after_it(database: Database) -> None:
    thursday = whole_day()
    kept = thursday.papers.pop(TWO.id)
    ingest(thursday, database)
    friday = FakeArxiv({name: make_listing(category=name, on=FRIDAY) for name in CATEGORIES}, papers={kept.id: kept})
    report = ingest(friday, database)
    assert (report.announced_on, friday.asked) == (FRIDAY, [TWO.id])
    assert {batch.state for batch in AnnouncementStore(database).find_batches(THURSDAY)} == {BatchState.COMPLETE}


def test_a_paper_that_another_category_told_of_is_not_missing(database: Database) -> None:
    arxiv = whole_day()
    arxiv.listings["cs.CL"] = make_listing((ONE.id, NEW), (OLD.id, REPLACE))
    arxiv.feeds = {"cs.LG": arxiv.feeds["cs.LG"]}
    arxiv.papers.clear()
    report = ingest(arxiv, database)
    assert [(line.batch.seen, line.batch.missing) for line in report.lines] == [(2, ()), (2, ())]
    kinds = {(one.paper_id, one.announce_type, one.version) for one in stored(database, "cs.CL")}
    assert kinds == {(ONE.id, NEW, 1), (OLD.id, REPLACE_CROSS, 2)}


def stored(database: Database, category: str) -> tuple[Announcement, ...]:
    return AnnouncementStore(database).find_announcements(THURSDAY, category=category)


def test_a_replacement_of_a_known_paper_stays_missing_until_its_version_is_told(database: Database) -> None:
    ingest(whole_day(), database)
    page = make_listing((ONE.id, REPLACE), on=FRIDAY)
    arxiv = FakeArxiv({"cs.CL": page, "cs.LG": make_listing(category="cs.LG", on=FRIDAY)})
    assert [one.paper_id for one in ingest(arxiv, database).lines[0].batch.missing] == [ONE.id]


def test_a_day_in_the_store_can_be_asked_for_when_arxiv_is_further(database: Database) -> None:
    ingest(whole_day(), database)
    friday = FakeArxiv({name: make_listing(category=name, on=FRIDAY) for name in CATEGORIES})
    report = Ingest(friday, AnnouncementStore(database), lambda: NOON).run(CATEGORIES, on=THURSDAY)
    assert [line.state for line in report.lines] == [BatchState.COMPLETE, BatchState.COMPLETE]
    assert "arXiv lists 2026-11-20 now, not 2026-11-19" in [remark.what for remark in report.remarks]


def test_a_quiet_day_is_the_newest_day(database: Database) -> None:
    ingest(whole_day(), database)
    ingest(FakeArxiv({name: make_listing(category=name, on=FRIDAY) for name in CATEGORIES}), database)
    assert AnnouncementStore(database).find_newest_day() == FRIDAY


def test_the_validators_of_a_feed_are_kept_once_its_batch_is(database: Database) -> None:
    ingest(whole_day(), database)
    found = FetchStore(database, paces=database).find_validators("https://rss.example.org/cs.CL")
    assert found is not None
    assert found.etag == "abc"


def test_a_crash_at_any_statement_leaves_a_store_that_the_next_run_completes(tmp_path: Path) -> None:
    clean = open_database(f"sqlite:///{tmp_path / 'clean.db'}")
    statements = crash_at(clean, 0)
    ingest(whole_day(), clean)
    clean.close()
    total = statements[0]
    assert total > 20
    for fatal in range(1, total + 1):
        file = tmp_path / f"{fatal}.db"
        database = open_database(f"sqlite:///{file}")
        crash_at(database, fatal)
        with pytest.raises(PowerCutError):
            ingest(whole_day(), database)
        database.close()
        healed = open_database(f"sqlite:///{file}")
        ingest(whole_day(), healed)
        healed.close()
        assert rows(file) == rows(tmp_path / "clean.db"), f"after a crash at statement {fatal}"
