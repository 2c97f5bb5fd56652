from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from subscribing import START

from digest.model.subscriber import Frequency, Preferences, Schedule
from digest.store.questions import QuestionStore

if TYPE_CHECKING:
    from digest.store.database import Database
    from digest.store.questions import Question

WISHES = Preferences(topics=("vision",), schedule=Schedule(Frequency.WEEKLY, 0, 18, "Europe/Zurich"))
SOON = START + timedelta(minutes=5)


@pytest.fixture
def store(any_database: Database) -> QuestionStore:
    return QuestionStore(any_database)


def claim(store: QuestionStore, *, minutes: int = 0) -> Question | None:
    return store.claim(now=START + timedelta(minutes=minutes), lease_until=SOON + timedelta(minutes=minutes))


def test_a_question_comes_out_as_it_went_in_and_once(store: QuestionStore) -> None:
    store.save("ada@example.org", WISHES, source="web", now=START)
    found = claim(store)
    assert found
    assert (found.address, found.wishes, found.source, found.asked_at) == ("ada@example.org", WISHES, "web", START)
    assert claim(store) is None
    store.drop(found.question_id)
    assert claim(store, minutes=60) is None


def test_a_question_whose_taker_ended_is_taken_again(store: QuestionStore) -> None:
    store.save("ada@example.org", WISHES, source="web", now=START)
    first = claim(store)
    assert claim(store, minutes=4) is None
    assert claim(store, minutes=5) == first


def test_many_who_take_at_once_take_different_ones(store: QuestionStore) -> None:
    for number in range(12):
        store.save(f"reader{number}@example.org", WISHES, source="web", now=START)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: claim(store), range(24)))
    taken = [one.address for one in found if one]
    assert len(taken) == len(set(taken))
    assert claim(store, minutes=60) or len(taken) == 12
