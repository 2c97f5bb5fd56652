from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from factory_editions import make_entry
from sending import Office

from digest.errors import NothingToShowError
from digest.model.announcement import AnnounceType
from digest.pipeline.prepared import PreparedEditions
from digest.render.mail import MailRenderer
from digest.store.editions import EditionStore
from digest.store.papers import PaperStore

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store.database import Database

FIRST = date(2026, 10, 1)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


def prepared(office: Office) -> PreparedEditions:
    editions, papers = EditionStore(office.database), PaperStore(office.database)
    return PreparedEditions(editions, papers, MailRenderer(ROOT / "templates"))


def test_many_threads_may_ask_for_more_editions_than_are_kept(office: Office) -> None:
    days = [FIRST + timedelta(days=number) for number in range(20)]
    for number, day in enumerate(days, start=1):
        office.publish(day, make_entry(number))
    editions = prepared(office)

    def ask(shift: int) -> list[date]:
        turned = days[shift:] + days[:shift]
        return [editions.find(day, day).edition.announced_on for _ in range(15) for day in turned]

    with ThreadPoolExecutor(8) as threads:
        for shift, found in enumerate(threads.map(ask, range(8))):
            assert found == (days[shift:] + days[:shift]) * 15


def test_an_edition_that_several_ask_for_at_once_is_made_ready_once(office: Office) -> None:
    office.publish(FIRST, make_entry(1))
    editions = prepared(office)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: editions.find(FIRST, FIRST), range(8)))
    assert all(one is found[0] for one in found)


def test_what_there_is_no_edition_of_can_be_had_once_there_is(office: Office) -> None:
    editions = prepared(office)
    with pytest.raises(NothingToShowError):
        editions.find(FIRST, FIRST)
    office.publish(FIRST, make_entry(1))
    assert editions.find(FIRST, FIRST).edition.announced_on == FIRST


def test_only_papers_that_are_news_here_are_looked_for_in_other_editions(office: Office) -> None:
    days = [FIRST + timedelta(days=number) for number in range(4)]
    office.publish(days[0], make_entry(1))
    office.publish(days[1], make_entry(2))
    office.publish(days[2], make_entry(3))
    newer = make_entry(1, announce_type=AnnounceType.REPLACE, version=2)
    office.publish(days[3], make_entry(2, announce_type=AnnounceType.CROSS), newer, make_entry(4), replaced=1)
    assert prepared(office).find(days[3], days[3]).sharing == {days[1], days[3]}
