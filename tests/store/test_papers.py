from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from factories import NOON, THURSDAY, WEDNESDAY, announce, detailed, make_paper, save_batch

from digest.model.announcement import AnnounceType, Batch, BatchState, ListedPaper, Provenance, StatedCounts
from digest.model.fetch import Validators
from digest.model.paper import Author
from digest.store.announcements import AnnouncementStore
from digest.store.fetches import FetchStore
from digest.store.papers import PaperStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model.paper import Paper
    from digest.store.database import Database


def save(
    database: Database, *papers: Paper, on: date = THURSDAY, missing: Sequence[tuple[str, AnnounceType]] = ()
) -> None:
    announcements = [announce(paper, on=on) for paper in papers]
    save_batch(AnnouncementStore(database), papers, announcements, missing=missing)


def save_details(database: Database, *papers: Paper) -> None:
    AnnouncementStore(database).save_details(papers, now=NOON)


def test_a_paper_comes_back_as_it_was_saved(database: Database) -> None:
    paper = make_paper(categories=("cs.CL", "cs.LG"), doi="10.1/x", journal_ref="J. Tides 1")
    save(database, paper)
    assert PaperStore(database).find(paper.id) == paper
    assert PaperStore(database).find("2611.99999") is None


def test_details_replace_what_the_feed_told_and_keep_its_licence(database: Database) -> None:
    paper = make_paper()
    save(database, paper)
    told = detailed(paper, authors=(Author("Ada Northmere", ("Fell College",)),), title="On tides")
    save_details(database, told)
    assert PaperStore(database).find(paper.id) == replace(told, license=paper.license)


def test_the_feed_read_again_does_not_undo_details(database: Database) -> None:
    paper = make_paper()
    save(database, paper)
    save_details(database, detailed(paper))
    before = PaperStore(database).find(paper.id)
    save(database, paper)
    assert PaperStore(database).find(paper.id) == before
    assert AnnouncementStore(database).find_undetailed(THURSDAY) == ()


def test_a_paper_known_from_the_query_api_alone_gets_its_licence_from_the_feed(database: Database) -> None:
    paper = make_paper()
    save_details(database, detailed(paper))
    save(database, paper)
    found = PaperStore(database).find(paper.id)
    assert found is not None
    assert (found.license, found.comment) == (paper.license, "12 pages")


def test_a_newer_version_replaces_an_older_one_and_waits_for_its_details(database: Database) -> None:
    paper = make_paper()
    save(database, paper)
    save_details(database, detailed(paper))
    newer = replace(paper, version=2, title="On the tides, revised", authors=(Author("Bo Fell"),))
    save(database, newer)
    found = PaperStore(database).find(paper.id)
    assert found is not None
    assert (found.version, found.title, found.authors) == (2, "On the tides, revised", (Author("Bo Fell"),))
    assert (found.comment, found.submitted_at) == ("12 pages", NOON)
    assert AnnouncementStore(database).find_undetailed(THURSDAY) == (paper.id,)


def test_an_older_version_changes_nothing(database: Database) -> None:
    newer = make_paper(version=3)
    save(database, newer)
    save(database, replace(newer, version=1, title="An early title"))
    save_details(database, detailed(replace(newer, version=2, title="A stale title")))
    assert PaperStore(database).find(newer.id) == newer


def test_batches_keep_what_is_missing(database: Database) -> None:
    save(database, make_paper(), missing=[("2611.90009", AnnounceType.CROSS)])
    missing = (ListedPaper("2611.90009", AnnounceType.CROSS),)
    batch = Batch("cs.CL", THURSDAY, StatedCounts(new=1, cross=1), 1, missing)
    assert AnnouncementStore(database).find_batches(THURSDAY) == (batch,)
    assert batch.state is BatchState.INCOMPLETE


def test_earlier_papers_are_counted_by_name_and_without_the_day_itself(database: Database) -> None:
    save(database, make_paper("2611.90001"), make_paper("2611.90002"), on=WEDNESDAY)
    save(database, make_paper("2611.90003"))
    store = PaperStore(database)
    names = ["Ada Northmere", "Nobody Known"]
    assert store.count_earlier_papers(names, before=THURSDAY) == {"Ada Northmere": 2}
    assert store.count_earlier(before=THURSDAY) == 2
    assert store.count_earlier(before=WEDNESDAY) == 0


def test_many_papers_are_found_at_once(database: Database) -> None:
    papers = [make_paper(f"2611.{number}") for number in range(90_000, 92_000)]
    save(database, *papers)
    found = PaperStore(database).find_many([paper.id for paper in papers])
    assert list(found.values()) == papers


def test_validators_are_remembered_with_their_batch(database: Database) -> None:
    validators = Validators("https://rss.example.org/cs.CL", "abc", "Thu, 19 Nov 2026 05:00:00 GMT")
    AnnouncementStore(database).save([], [], source=Provenance.FEED, validators=validators, now=NOON)
    fetches = FetchStore(database, paces=database)
    assert fetches.find_validators(validators.address) == validators
    assert fetches.find_validators("https://rss.example.org/cs.CV") is None


def test_slots_are_spaced_whoever_books_them(database: Database) -> None:
    one, other = FetchStore(database, paces=database), FetchStore(database, paces=database)
    three = timedelta(seconds=3)
    assert one.reserve_slot("arxiv", now=NOON, spacing=three) == NOON
    assert other.reserve_slot("arxiv", now=NOON, spacing=three) == NOON + three
    assert other.reserve_slot("elsewhere", now=NOON, spacing=three) == NOON
    later = NOON + timedelta(minutes=1)
    assert one.reserve_slot("arxiv", now=later, spacing=three) == later


def test_a_service_kept_off_is_free_no_sooner(database: Database) -> None:
    fetches = FetchStore(database, paces=database)
    three, six = timedelta(seconds=3), timedelta(seconds=6)
    fetches.reserve_slot("arxiv", now=NOON, spacing=six)
    fetches.keep_off("arxiv", until=NOON + three)
    assert fetches.reserve_slot("arxiv", now=NOON, spacing=three) == NOON + six
    fetches.keep_off("arxiv", until=NOON + 4 * three)
    assert fetches.reserve_slot("arxiv", now=NOON, spacing=three) == NOON + 4 * three


def test_a_booking_far_ahead_is_forgotten(database: Database) -> None:
    fetches = FetchStore(database, paces=database)
    fetches.reserve_slot("arxiv", now=NOON + timedelta(days=400), spacing=timedelta(seconds=3))
    assert fetches.reserve_slot("arxiv", now=NOON, spacing=timedelta(seconds=3)) == NOON
