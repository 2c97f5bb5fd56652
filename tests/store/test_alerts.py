"""What the operator was told, once each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from databases import fresh_database
from factories import NOON, THURSDAY, WEDNESDAY

from digest.model.alert import AlertKind
from digest.store.alerts import AlertStore
from digest.store.database import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store.database import Database

OVERDUE, HEALED = AlertKind.OVERDUE, AlertKind.HEALED
CLAIMS = 20


def claim_all(address: str) -> list[bool]:
    """What one process gets that tries to be the first, time and again."""
    database = open_database(address)
    store = AlertStore(database)
    won = [store.claim(THURSDAY.replace(day=day), OVERDUE, now=NOON) for day in range(1, CLAIMS + 1)]
    database.close()
    return won


def test_the_first_caller_tells_and_nobody_else(any_database: Database) -> None:
    store = AlertStore(any_database)
    assert not store.has_told(THURSDAY, OVERDUE)
    assert store.claim(THURSDAY, OVERDUE, now=NOON)
    assert not store.claim(THURSDAY, OVERDUE, now=NOON)
    assert store.has_told(THURSDAY, OVERDUE)


def test_each_day_and_each_kind_of_news_is_told_for_itself(any_database: Database) -> None:
    store = AlertStore(any_database)
    assert store.claim(THURSDAY, OVERDUE, now=NOON)
    assert not store.has_told(THURSDAY, HEALED)
    assert store.claim(THURSDAY, HEALED, now=NOON)
    assert store.claim(WEDNESDAY, OVERDUE, now=NOON)


def test_what_could_not_be_told_can_be_claimed_again(any_database: Database) -> None:
    store = AlertStore(any_database)
    store.claim(THURSDAY, OVERDUE, now=NOON)
    store.claim(THURSDAY, HEALED, now=NOON)
    store.give_back(THURSDAY, OVERDUE)
    assert not store.has_told(THURSDAY, OVERDUE)
    assert store.has_told(THURSDAY, HEALED)
    assert store.claim(THURSDAY, OVERDUE, now=NOON)


def test_what_is_owed_stays_so_until_it_is_told(any_database: Database) -> None:
    store = AlertStore(any_database)
    store.owe(THURSDAY, OVERDUE)
    store.owe(THURSDAY, OVERDUE)
    store.owe(WEDNESDAY, OVERDUE)
    assert not store.has_told(THURSDAY, OVERDUE)
    assert store.find_owed(since=WEDNESDAY) == ((WEDNESDAY, OVERDUE), (THURSDAY, OVERDUE))
    assert store.claim(THURSDAY, OVERDUE, now=NOON)
    store.owe(THURSDAY, OVERDUE)
    assert store.find_owed(since=THURSDAY) == ()


def test_a_day_is_overdue_until_it_is_known_to_be_whole(any_database: Database) -> None:
    store = AlertStore(any_database)
    store.owe(WEDNESDAY, OVERDUE)
    store.claim(THURSDAY, OVERDUE, now=NOON)
    assert store.find_overdue(since=WEDNESDAY) == (WEDNESDAY, THURSDAY)
    assert store.find_overdue(since=THURSDAY) == (THURSDAY,)
    store.owe(THURSDAY, HEALED)
    assert store.find_overdue(since=WEDNESDAY) == (WEDNESDAY,)


def test_of_many_at_once_one_tells(any_database: Database) -> None:
    store = AlertStore(any_database)
    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(lambda _: store.claim(THURSDAY, OVERDUE, now=NOON), range(16)))
    assert won.count(True) == 1


def check_processes(address: str) -> None:
    with get_context("spawn").Pool(2) as processes:
        first, second = processes.map(claim_all, [address, address])
    assert [one + other for one, other in zip(first, second, strict=True)] == [1] * CLAIMS


def test_of_two_processes_one_tells_with_sqlite(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'shared.db'}"
    open_database(address).close()
    check_processes(address)


def test_of_two_processes_one_tells_with_postgresql(postgresql: str) -> None:
    with fresh_database(postgresql) as database:
        check_processes(database.name)
