from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from factories import NOON, THURSDAY, WEDNESDAY, announce, make_paper, save_batch
from factory_editions import make_edition, make_entry

from digest.model.announcement import DayKind
from digest.store.announcements import AnnouncementStore
from digest.store.editions import EditionStore

if TYPE_CHECKING:
    from digest.model.edition import Edition
    from digest.store.database import Database


def save(database: Database, edition: Edition) -> Edition:
    papers = [make_paper(entry.card.paper_id) for entry in edition.entries]
    announcements = [announce(paper, on=edition.announced_on) for paper in papers]
    save_batch(AnnouncementStore(database), papers, announcements)
    return EditionStore(database).save(edition, now=NOON)


def test_an_edition_comes_back_as_it_was_frozen(database: Database) -> None:
    edition = make_edition(make_entry(1), make_entry(2))
    save(database, edition)
    assert EditionStore(database).find(THURSDAY) == edition
    assert EditionStore(database).find(WEDNESDAY) is None


def test_an_edition_without_papers_is_one_too(database: Database) -> None:
    edition = make_edition()
    save(database, edition)
    assert EditionStore(database).find_newest() == edition


def test_a_note_that_arxiv_announces_nothing_comes_back_as_one(any_database: Database) -> None:
    store = EditionStore(any_database)
    store.save(make_edition(replaced=0, on=WEDNESDAY), now=NOON)
    note = store.save(make_edition(replaced=0, day_kind=DayKind.HOLIDAY), now=NOON)
    assert store.find(THURSDAY) == note
    assert store.find_notes() == {THURSDAY: DayKind.HOLIDAY}


def test_of_several_that_freeze_a_day_at_once_all_get_the_same_edition(any_database: Database) -> None:
    made = [make_edition(make_entry(1, score=50 + number)) for number in range(4)]
    save(any_database, make_edition(make_entry(1), on=WEDNESDAY))
    with ThreadPoolExecutor(4) as threads:
        frozen = list(threads.map(lambda one: EditionStore(any_database).save(one, now=NOON), made))
    assert {one.manifest for one in frozen} == {frozen[0].manifest}
    assert EditionStore(any_database).find(THURSDAY) == frozen[0]


def test_a_frozen_edition_is_never_replaced(database: Database) -> None:
    first = make_edition(make_entry(1))
    save(database, first)
    assert save(database, replace(first, announced=99, manifest="f" * 64)) == first
    assert EditionStore(database).find(THURSDAY) == first


def test_the_newest_edition_and_the_days_are_found(database: Database) -> None:
    newer, older = make_edition(make_entry(1)), make_edition(make_entry(2), on=WEDNESDAY)
    save(database, newer)
    save(database, older)
    store = EditionStore(database)
    assert store.find_newest() == newer
    assert store.find_days() == (THURSDAY, WEDNESDAY)


def test_a_papers_newest_entry_is_found_with_its_contributions(database: Database) -> None:
    save(database, make_edition(make_entry(1), on=WEDNESDAY))
    edition = make_edition(make_entry(1), make_entry(2))
    save(database, edition)
    assert EditionStore(database).find_entry("2611.90001") == (THURSDAY, edition.entries[0])
    assert EditionStore(database).find_entry("2611.99999") is None


def test_the_days_are_known_that_had_a_version_or_a_newer_one(any_database: Database) -> None:
    announced = make_paper("2611.90001")
    AnnouncementStore(any_database).save_details([announced], now=NOON)
    EditionStore(any_database).save(make_edition(make_entry(1, version=2), on=THURSDAY), now=NOON)
    store = EditionStore(any_database)
    assert store.find_repeating({"2611.90001": 2}) == {THURSDAY}
    assert store.find_repeating({"2611.90001": 1}) == {THURSDAY}
    assert store.find_repeating({"2611.90001": 3}) == set()
