from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from subscribing import START

from digest.store.tallies import Limit, TallyStore

if TYPE_CHECKING:
    from digest.store.database import Database

TWENTY = Limit("network 192.0.2.0/24", 20, timedelta(hours=1))
TWO = Limit("mailbox ada@example.org", 2, timedelta(days=1))


@pytest.fixture
def store(any_database: Database) -> TallyStore:
    return TallyStore(any_database, "secret")


def test_those_over_their_limit_are_named(store: TallyStore) -> None:
    told = [store.count([TWENTY, TWO], now=START) for _ in range(3)]
    assert told == [(), (), (TWO,)]


def test_a_window_begins_with_the_first_and_ends_after_its_time(store: TallyStore) -> None:
    for _ in range(2):
        assert store.count([TWO], now=START) == ()
    assert store.count([TWO], now=START + TWO.window - timedelta(seconds=1)) == (TWO,)
    for _ in range(2):
        assert store.count([TWO], now=START + TWO.window) == ()
    assert store.count([TWO], now=START + TWO.window) == (TWO,)


def test_many_who_ask_at_once_get_no_more_than_the_limit(store: TallyStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: store.count([TWENTY], now=START), range(60)))
    assert told.count(()) == TWENTY.most


def test_what_is_beyond_a_share_gets_the_next_windows_and_then_no_more(store: TallyStore) -> None:
    hour = timedelta(hours=1)
    two = Limit("domain example.org", 2, hour)

    def reserve(after: timedelta) -> float | None:
        turn = store.reserve(two, now=START + after, within=2 * hour)
        return None if turn is None else (turn - START) / hour

    minutes = [timedelta(minutes=number) for number in range(8)]
    assert [reserve(after) for after in minutes] == [0, 1 / 60, 1, 1, 2, 2, None, None]
    assert [reserve(hour) for _ in range(3)] == [3, 3, None]
    assert reserve(20 * hour) == 20


def test_many_who_reserve_at_once_get_no_more_than_each_windows_share(store: TallyStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        turns = list(pool.map(lambda _: store.reserve(TWENTY, now=START, within=TWENTY.window), range(60)))
    assert [turns.count(turn) for turn in (START, START + TWENTY.window, None)] == [20, 20, 20]


def test_old_windows_are_forgotten(store: TallyStore) -> None:
    for _ in range(3):
        store.count([TWO], now=START)
    store.forget(before=START + timedelta(seconds=1))
    assert store.count([TWO], now=START) == ()
