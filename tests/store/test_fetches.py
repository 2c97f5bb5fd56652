from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from factories import NOON

from digest.model.fetch import Closure
from digest.store.fetches import FetchStore

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store.database import Database

THREE = timedelta(seconds=3)


def test_a_slot_later_than_wanted_is_told_and_not_booked(database: Database) -> None:
    fetches = FetchStore(database, paces=database)
    fetches.reserve_slot("arxiv", now=NOON, spacing=timedelta(minutes=10))
    free = NOON + timedelta(minutes=10)
    for _ in range(3):
        assert fetches.reserve_slot("arxiv", now=NOON, spacing=THREE, latest=NOON + timedelta(minutes=5)) == free
    assert fetches.reserve_slot("arxiv", now=NOON, spacing=THREE, latest=free) == free
    assert fetches.reserve_slot("arxiv", now=NOON, spacing=THREE, latest=free) == free + THREE


def test_a_closure_of_weeks_is_remembered_for_its_service_alone(database: Database) -> None:
    closure = Closure(NOON + timedelta(days=20), "it answered 403 Forbidden")
    FetchStore(database, paces=database).save_closure("arxiv", closure)
    later = FetchStore(database, paces=database)
    assert later.find_closure("arxiv") == closure
    assert later.find_closure("elsewhere") is None


def test_the_last_word_of_a_service_counts(database: Database) -> None:
    fetches = FetchStore(database, paces=database)
    fetches.save_closure("arxiv", Closure(NOON + timedelta(days=20), "it answered 403 Forbidden"))
    last = Closure(NOON + timedelta(hours=1), "it answered 429 Too Many Requests")
    fetches.save_closure("arxiv", last)
    assert fetches.find_closure("arxiv") == last


def test_a_rehearsal_on_a_copy_knows_and_tells_of_closures(database: Database, tmp_path: Path) -> None:
    copy = database.copy_to(tmp_path / "copy.db")
    closure = Closure(NOON, "it answered 403 Forbidden")
    FetchStore(copy, paces=database).save_closure("arxiv", closure)
    copy.close()
    assert FetchStore(database, paces=database).find_closure("arxiv") == closure
