from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from factories import announce, detailed, make_paper, save_batch
from factory_editions import make_edition, make_entry
from fake_archive import FakeArchive
from sqlalchemy import select

from digest.errors import SourceError
from digest.model.announcement import AnnounceType, Problem
from digest.model.history import HistoryPage, PaperHistory, Window
from digest.pipeline.backfill import Backfill, BackfillReport, LoadDump
from digest.pipeline.late import find_late
from digest.store import schema
from digest.store.announcements import AnnouncementStore
from digest.store.backfills import BackfillStore
from digest.store.editions import EditionStore
from digest.store.papers import PaperStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model.paper import Paper
    from digest.store.database import Database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SET = "cs:cs:CL"
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 28)
# A Tuesday morning in New York: listed under Wednesday.
SUBMITTED = datetime(2026, 1, 13, 15, tzinfo=UTC)
LISTED = date(2026, 1, 14)


def history(
    paper_id: str = "2601.00001", *, versions: int = 1, categories: tuple[str, ...] = ("cs.CL", "cs.AI")
) -> PaperHistory:
    times = tuple((number, SUBMITTED + timedelta(days=30 * (number - 1))) for number in range(1, versions + 1))
    paper = make_paper(
        paper_id, version=versions, categories=categories, submitted_at=SUBMITTED, updated_at=times[-1][1]
    )
    return PaperHistory(paper, times)


@dataclass
class Past:
    """A store, and the archive that fills it."""

    database: Database
    archive: FakeArchive

    def backfill(self, until: date = FEBRUARY) -> BackfillReport:
        reading = Backfill(archive=self.archive, store=BackfillStore(self.database), clock=lambda: NOW)
        return reading.run([SET], since=JANUARY, until=until)

    def announced(self) -> list[tuple[str, str, date, str, str]]:
        table = schema.announcements
        with self.database.read() as connection:
            rows = connection.execute(select(table).order_by(table.c.paper_id, table.c.category, table.c.announced_on))
            return [(row.paper_id, row.category, row.announced_on, row.announce_type, row.dated_by) for row in rows]

    def ingest(self, paper: Paper, category: str, on: date, kind: AnnounceType) -> None:
        """As arXiv's own documents of a day bring it."""
        one = announce(paper, category=category, on=on, kind=kind)
        save_batch(AnnouncementStore(self.database), [paper], [one], now=NOW)


@pytest.fixture
def past(database: Database) -> Past:
    return Past(database, FakeArchive())


def test_a_paper_is_kept_with_its_versions_and_an_estimate_of_its_announcement(past: Past) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history(versions=3),), deleted=2)
    report = past.backfill()
    assert (report.tally.papers, report.tally.new_papers, report.tally.deleted, report.left) == (1, 1, 2, 0)
    assert PaperStore(past.database).find("2601.00001") == history(versions=3).paper
    with past.database.read() as connection:
        versions = connection.execute(select(schema.versions).order_by(schema.versions.c.version)).all()
    assert [(row.version, row.submitted_at) for row in versions] == list(history(versions=3).versions)
    assert past.announced() == [
        ("2601.00001", "cs.AI", LISTED, "cross", "estimate"),
        ("2601.00001", "cs.CL", LISTED, "new", "estimate"),
    ]
    assert AnnouncementStore(past.database).find_newest_day() is None


def test_a_paper_whose_first_version_has_no_time_gets_no_announcement(past: Past) -> None:
    one = history()
    past.archive.pages[JANUARY, ""] = HistoryPage(
        (PaperHistory(replace(one.paper, submitted_at=None), ()),), problems=(Problem("oai", "odd"),)
    )
    report = past.backfill()
    assert (report.tally.undated, len(report.tally.problems), past.announced()) == (1, 1, [])
    assert PaperStore(past.database).find("2601.00001")


def test_a_newer_version_that_is_stored_is_never_overwritten(past: Past) -> None:
    newer = detailed(make_paper("2601.00001", version=3, title="The third", categories=("cs.CL",)))
    AnnouncementStore(past.database).save_details([newer], now=NOW)
    past.archive.pages[JANUARY, ""] = HistoryPage((history(versions=2),))
    past.backfill()
    found = PaperStore(past.database).find("2601.00001")
    assert found
    assert (found.version, found.title, found.categories) == (3, "The third", ("cs.CL",))


def test_every_page_is_read_and_the_windows_to_the_present_have_no_end(past: Past) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history("2601.00001"),), "two")
    past.archive.pages[JANUARY, "two"] = HistoryPage((history("2601.00002"),), "three")
    past.archive.pages[JANUARY, "three"] = HistoryPage((history("2601.00003"),))
    report = past.backfill(until=NOW.date())
    assert (report.tally.pages, report.tally.papers, report.tally.windows) == (13, 3, 11)
    assert past.archive.asked[:3] == [(JANUARY, place, False) for place in ("", "two", "three")]
    assert [to_present for *_, to_present in past.archive.asked[3:]] == [False] * 9 + [True]


def test_a_second_run_asks_for_the_last_day_alone_or_for_nothing(past: Past) -> None:
    past.backfill()
    past.archive.asked.clear()
    assert past.backfill().tally.windows == 0
    assert past.archive.asked == []
    past.backfill(until=NOW.date())
    past.archive.asked.clear()
    past.backfill(until=NOW.date())
    assert past.archive.asked == [(NOW.date(), "", True)]


def test_a_run_that_was_cut_off_goes_on_at_its_place(past: Past) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history("2601.00001"),), "two")
    original = past.archive.read_page

    def cut_off(window: Window, place: str, *, to_present: bool) -> HistoryPage:
        if place:
            raise KeyboardInterrupt
        return original(window, place, to_present=to_present)

    past.archive.read_page = cut_off  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        past.backfill()
    past.archive.read_page = original  # type: ignore[method-assign]
    past.archive.pages[JANUARY, "two"] = HistoryPage((history("2601.00002"),))
    past.archive.asked.clear()
    past.backfill()
    assert past.archive.asked == [(JANUARY, "two", False), (date(2026, 2, 1), "", False)]
    assert len(PaperStore(past.database).find_many(["2601.00001", "2601.00002"])) == 2


def test_a_place_that_arxiv_forgot_begins_the_window_again_and_loses_nothing(past: Past) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history("2601.00001"),), "two")
    past.archive.pages[JANUARY, "two"] = HistoryPage((), is_expired=True)
    report = past.backfill()
    assert len(report.tally.failures) == 1
    assert "again and again" in report.tally.failures[0].what
    past.archive.pages[JANUARY, ""] = HistoryPage((history("2601.00001"), history("2601.00002")))
    assert past.backfill().tally.failures == []
    assert len(PaperStore(past.database).find_many(["2601.00001", "2601.00002"])) == 2


def test_one_window_that_fails_stops_no_other_and_is_read_by_the_next_run(past: Past) -> None:
    past.archive.errors.append(JANUARY)
    past.archive.pages[date(2026, 2, 1), ""] = HistoryPage((history(),))
    report = past.backfill()
    assert (report.tally.papers, report.left, len(report.tally.failures)) == (1, 1, 1)
    past.archive.errors.clear()
    past.archive.asked.clear()
    assert past.backfill().left == 0
    assert [first for first, *_ in past.archive.asked] == [JANUARY]


def test_two_failures_in_a_row_end_the_run(past: Past) -> None:
    past.archive.errors += [JANUARY, date(2026, 2, 1)]
    report = past.backfill(until=date(2026, 6, 30))
    assert (len(past.archive.asked), report.left) == (2, 6)


def test_empty_pages_without_end_are_an_error(past: Past) -> None:
    for number in range(40):
        past.archive.pages[JANUARY, str(number) if number else ""] = HistoryPage((), str(number + 1))
    assert "one empty page after the other" in past.backfill().tally.failures[0].what


@pytest.mark.parametrize("ingested_first", [True, False])
def test_arxivs_own_announcement_goes_before_the_estimate_in_whatever_order(past: Past, ingested_first: bool) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history(),))
    paper, friday = history().paper, date(2026, 1, 16)

    def ingest() -> None:
        past.ingest(paper, "cs.CL", friday, AnnounceType.NEW)

    for step in (ingest, past.backfill) if ingested_first else (past.backfill, ingest):
        step()
    assert past.announced() == [("2601.00001", "cs.CL", friday, "new", "arxiv")]


def test_a_cross_list_that_came_later_replaces_what_was_estimated_of_its_category(past: Past) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history(),))
    past.backfill()
    past.ingest(history().paper, "cs.AI", date(2026, 1, 22), AnnounceType.CROSS)
    assert past.announced() == [
        ("2601.00001", "cs.AI", date(2026, 1, 22), "cross", "arxiv"),
        ("2601.00001", "cs.CL", LISTED, "new", "estimate"),
    ]


def test_a_replacement_leaves_the_estimate_except_in_its_own_place(past: Past) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history(),))
    past.backfill()
    past.ingest(history().paper, "cs.CL", date(2026, 1, 22), AnnounceType.REPLACE)
    past.ingest(history().paper, "cs.AI", LISTED, AnnounceType.REPLACE_CROSS)
    assert past.announced() == [
        ("2601.00001", "cs.AI", LISTED, "replace-cross", "arxiv"),
        ("2601.00001", "cs.CL", LISTED, "new", "estimate"),
        ("2601.00001", "cs.CL", date(2026, 1, 22), "replace", "arxiv"),
    ]


def test_a_day_is_what_arxivs_documents_say_and_history_counts_once_it_is_sure(past: Past) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history(),))
    past.backfill()
    store = AnnouncementStore(past.database)
    assert store.find_announcements(LISTED) == ()
    assert store.find_earlier(["2601.00001"], before=LISTED + timedelta(days=20)) == ()
    earlier = store.find_earlier(["2601.00001"], before=LISTED + timedelta(days=31))
    assert [(one.category, one.announced_on) for one in earlier] == [("cs.AI", LISTED), ("cs.CL", LISTED)]
    assert store.find_undetailed(LISTED) == ()


def test_what_history_brings_of_a_day_that_has_its_edition_is_not_late(past: Past) -> None:
    editions, announcements = EditionStore(past.database), AnnouncementStore(past.database)
    other = detailed(make_paper("2601.00009"))
    announcements.save_details([other], now=NOW)
    editions.save(make_edition(make_entry(1, paper_id="2601.00009"), on=LISTED), now=NOW)
    past.archive.pages[JANUARY, ""] = HistoryPage((history(),))
    past.backfill()
    next_day = LISTED + timedelta(days=1)
    assert find_late(next_day, ["cs.CL"], announcements=announcements, editions=editions) == {}
    past.ingest(history().paper, "cs.CL", LISTED, AnnounceType.NEW)
    assert set(find_late(next_day, ["cs.CL"], announcements=announcements, editions=editions)) == {"2601.00001"}


def papers_of_a_file() -> Iterator[tuple[Paper, date]]:
    for number in range(1, 2501):
        paper = make_paper(f"2601.{number:05}", categories=("cs.CL", "cs.AI") if number % 2 else ("cs.CV",))
        yield paper, LISTED + timedelta(days=number % 3)


def test_a_files_papers_are_announced_when_it_says(past: Past) -> None:
    told: list[int] = []
    load = LoadDump(BackfillStore(past.database))
    report = load.run(papers_of_a_file(), told=told.append)
    assert (report.papers, report.new_papers, report.left_out, told) == (2500, 2500, 0, [1000, 2000, 2500])
    assert (report.first_on, report.last_on) == (LISTED, LISTED + timedelta(days=2))
    assert ("2601.00001", "cs.AI", LISTED + timedelta(days=1), "cross", "file") in past.announced()
    before = past.announced()
    assert load.run(papers_of_a_file()).new_papers == 0
    assert past.announced() == before
    assert AnnouncementStore(past.database).find_undetailed(LISTED, since=LISTED) == ()


def test_days_and_categories_choose_among_a_files_papers(past: Past) -> None:
    load = LoadDump(BackfillStore(past.database))
    report = load.run(papers_of_a_file(), since=LISTED, until=LISTED, categories=["cs.AI"])
    assert report.papers == sum(number % 3 == 0 and number % 2 == 1 for number in range(1, 2501))
    assert report.papers + report.left_out == 2500
    assert {day for _, _, day, *_ in past.announced()} == {LISTED}


def test_a_file_goes_before_an_estimate_and_not_before_arxiv(past: Past) -> None:
    past.archive.pages[JANUARY, ""] = HistoryPage((history("2601.00001"), history("2601.00002")))
    past.backfill()
    past.ingest(history("2601.00002").paper, "cs.CL", date(2026, 1, 16), AnnounceType.NEW)
    thursday = date(2026, 1, 15)
    load = LoadDump(BackfillStore(past.database))
    load.run([(history(key).paper, thursday) for key in ("2601.00001", "2601.00002")])
    past.archive.errors.clear()
    assert past.announced() == [
        ("2601.00001", "cs.AI", thursday, "cross", "file"),
        ("2601.00001", "cs.CL", thursday, "new", "file"),
        ("2601.00002", "cs.CL", date(2026, 1, 16), "new", "arxiv"),
    ]


def test_what_a_broken_file_held_before_its_flaw_is_kept(past: Past) -> None:
    def broken() -> Iterator[tuple[Paper, date]]:
        yield make_paper("2601.00001"), LISTED
        raise SourceError("file, line 2", "is no paper")

    with pytest.raises(SourceError, match="line 2: is no paper"):
        LoadDump(BackfillStore(past.database)).run(broken())
    assert PaperStore(past.database).find("2601.00001")
