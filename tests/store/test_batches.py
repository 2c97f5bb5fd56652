"""What the store makes of announcements and the pages that list them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from factories import NOON, THURSDAY, WEDNESDAY, announce, make_listing, make_paper

from digest.model.announcement import AnnounceType, Provenance
from digest.model.ledger import Origin
from digest.store.announcements import AnnouncementStore
from digest.store.ledger import LedgerStore

if TYPE_CHECKING:
    from datetime import date

    from digest.model.announcement import Announcement
    from digest.model.paper import Paper
    from digest.store.database import Database

NEW, CROSS, REPLACE, REPLACE_CROSS = AnnounceType
ONE, TWO = make_paper("2611.90001"), make_paper("2611.90002")
LATER = NOON + timedelta(hours=1)


def feed_alone(database: Database, *papers: Paper, on: date, kind: AnnounceType = NEW) -> None:
    announced = [announce(paper, on=on, kind=kind) for paper in papers]
    AnnouncementStore(database).save(announced, papers, source=Provenance.FEED, now=NOON)


def page_alone(database: Database, *papers: Paper, on: date, kind: AnnounceType = NEW) -> None:
    page = make_listing(*((paper.id, kind) for paper in papers), on=on)
    AnnouncementStore(database).save([], [], source=Provenance.FEED, now=LATER, page=page)


def of_day(database: Database, on: date) -> list[Announcement]:
    return list(AnnouncementStore(database).find_announcements(on))


def test_a_stale_feed_on_its_wrong_day_gives_way_to_the_page_of_the_right_one(any_database: Database) -> None:
    feed_alone(any_database, ONE, TWO, on=THURSDAY)
    feed_alone(any_database, ONE, TWO, on=WEDNESDAY)
    page_alone(any_database, ONE, TWO, on=WEDNESDAY)
    assert of_day(any_database, THURSDAY) == []
    assert len(of_day(any_database, WEDNESDAY)) == 2
    assert [batch.announced_on for batch in AnnouncementStore(any_database).find_batches(THURSDAY)] == []


def test_of_two_days_that_no_page_proves_the_earlier_one_stands(any_database: Database) -> None:
    feed_alone(any_database, ONE, on=WEDNESDAY)
    feed_alone(any_database, ONE, on=THURSDAY)
    assert of_day(any_database, THURSDAY) == []
    assert of_day(any_database, WEDNESDAY) == [announce(ONE, on=WEDNESDAY)]


def test_what_the_page_lists_as_something_else_was_not_of_that_day(any_database: Database) -> None:
    feed_alone(any_database, ONE, on=THURSDAY)
    page_alone(any_database, ONE, on=THURSDAY, kind=REPLACE)
    assert of_day(any_database, THURSDAY) == []
    (batch,) = AnnouncementStore(any_database).find_batches(THURSDAY)
    assert [one.paper_id for one in batch.missing] == [ONE.id]


def test_a_feed_read_with_its_page_corrects_what_was_guessed(any_database: Database) -> None:
    store = AnnouncementStore(any_database)
    page = make_listing((ONE.id, REPLACE), on=THURSDAY)
    store.save([], [], source=Provenance.FEED, now=NOON, page=page)
    guessed = announce(make_paper(ONE.id, version=4), on=THURSDAY, kind=REPLACE)
    store.save_details([make_paper(ONE.id, version=4)], [guessed], now=NOON)
    told = announce(make_paper(ONE.id, version=3), on=THURSDAY, kind=REPLACE_CROSS)
    store.save([told], [], source=Provenance.FEED, now=LATER, page=page)
    assert of_day(any_database, THURSDAY) == [told]
    store.save_details([], [guessed], now=LATER)
    assert of_day(any_database, THURSDAY) == [told]


def test_a_replacement_is_not_the_same_as_the_paper_was_when_it_was_new(any_database: Database) -> None:
    feed_alone(any_database, ONE, on=WEDNESDAY)
    page_alone(any_database, ONE, on=WEDNESDAY)
    feed_alone(any_database, ONE, on=THURSDAY, kind=REPLACE)
    assert len(of_day(any_database, THURSDAY)) == 1


def test_a_page_that_shows_less_than_before_forgets_nothing(any_database: Database) -> None:
    page_alone(any_database, ONE, TWO, on=THURSDAY)
    page_alone(any_database, ONE, on=THURSDAY)
    (batch,) = AnnouncementStore(any_database).find_batches(THURSDAY)
    assert {one.paper_id for one in batch.missing} == {ONE.id, TWO.id}


def test_the_ledger_tells_by_which_way_and_when_each_announcement_came(any_database: Database) -> None:
    feed_alone(any_database, ONE, on=THURSDAY)
    page_alone(any_database, ONE, TWO, on=THURSDAY)
    AnnouncementStore(any_database).save_details([TWO], [announce(TWO)], now=LATER)
    found = LedgerStore(any_database)
    assert found.find_origins(THURSDAY) == {
        "cs.CL": (Origin(Provenance.FEED, 1, NOON, NOON), Origin(Provenance.QUERY, 1, LATER, LATER))
    }
    assert found.count_seen(THURSDAY) == {"cs.CL": {NEW: 2}}
    assert found.find_newest_listed() == found.find_first_day() == THURSDAY
