"""What is done under the write lock may grow with the list, but no faster than the list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from factory_editions import make_edition
from sqlalchemy import insert
from subscribing import START
from working import counting_work

from digest.store.audiences import AudienceStore
from digest.store.database import open_database
from digest.store.deliveries import DeliveryStore
from digest.store.editions import EditionStore
from digest.store.mail_schema import subscribers

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.delivery import Claimed
    from digest.store.database import Database

DAYS = (date(2026, 11, 18), date(2026, 11, 19))


def fill(database: Database, number: int) -> None:
    """So many confirmed subscribers: of a big domain first, then a few of others."""
    rows = [
        {
            "key": f"key{one}",
            "mailbox": f"reader{one}@example.org",
            "address": f"reader{one}@example.org",
            "domain": "big.example.org" if one < number - 20 else f"small{one}.example.org",
            "state": "confirmed",
            "source": "test",
            "asked_at": START,
            "frequency": "daily",
            "weekday": 4,
            "hour": 7,
            "zone": "UTC",
            "preferences": {},
            "bounces": 0,
        }
        for one in range(number)
    ]
    with database.write() as connection:
        connection.execute(insert(subscribers), rows)
    for day in DAYS:
        EditionStore(database).save(make_edition(on=day), now=START)


def freeze(database: Database, on: date, due_in: timedelta) -> None:
    due = (START + due_in, START + timedelta(hours=20))
    AudienceStore(database).freeze(on, due=lambda *_: due, now=START)


def work_of_joining(place: Path, number: int) -> int:
    with counting_work() as work:
        database = open_database(f"sqlite:///{place / f'joining{number}.db'}")
        fill(database, number)
        freeze(database, DAYS[0], timedelta(hours=1))
        before = work.steps
        freeze(database, DAYS[1], timedelta(hours=1))
        database.close()
        return work.steps - before


def test_twice_the_subscribers_are_twice_the_work_where_an_edition_joins_one_that_waits(tmp_path: Path) -> None:
    once, twice = work_of_joining(tmp_path, 400), work_of_joining(tmp_path, 800)
    assert twice < 2.5 * once


def work_of_claiming(place: Path, number: int) -> tuple[int, tuple[Claimed, ...]]:
    """Behind the mail of a big domain that is left alone."""
    with counting_work() as work:
        database = open_database(f"sqlite:///{place / f'claiming{number}.db'}")
        fill(database, number)
        freeze(database, DAYS[0], timedelta(0))
        store = DeliveryStore(database)
        store.back_off("big.example.org", until=START + timedelta(hours=1))
        before = work.steps
        claimed = store.claim("one", 8, now=START, lease_until=START + timedelta(minutes=15))
        database.close()
        return work.steps - before, claimed


def test_a_big_domain_that_is_left_alone_is_stepped_over_at_once(tmp_path: Path) -> None:
    little, claimed = work_of_claiming(tmp_path, 400)
    much, _ = work_of_claiming(tmp_path, 4000)
    assert [one.domain.startswith("small") for one in claimed] == [True] * 8
    assert much < 1.5 * little
