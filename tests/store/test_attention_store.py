"""What other services said, kept and found again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from factories import NOON

from digest.model.attention import AuthorRecord, Harvest, Mention, Observation
from digest.model.fetch import Validators
from digest.store.attention import Asking, AttentionStore
from digest.store.fetches import FetchStore

if TYPE_CHECKING:
    from datetime import datetime

    from digest.store.database import Database

A, B = "2611.00001", "hep-th/9901001"
DAY = timedelta(days=1)


def seen(value: float, at: datetime = NOON, paper_id: str = A) -> Observation:
    return Observation(paper_id, "github", "stars", value, at)


def mention(at: datetime = NOON, organisation: str = "Northmere", paper_id: str = A) -> Mention:
    return Mention(
        paper_id, "hub", paper_id, "https://hub.example/p", "Tides", None, at, organisation, "fell/tides", ("Ada",)
    )


@pytest.fixture
def store(any_database: Database) -> AttentionStore:
    return AttentionStore(any_database)


def save(store: AttentionStore, harvest: Harvest, *, at: datetime = NOON) -> None:
    store.save(harvest, source="github", now=at)


def test_a_value_is_added_to_the_series_and_never_overwritten(store: AttentionStore) -> None:
    save(store, Harvest((A,), (seen(3),)))
    save(store, Harvest((A,), (seen(99),)))
    save(store, Harvest((A,), (seen(5, NOON + DAY),)))
    series = store.find_observations([A, B])
    assert [one.value for one in series[A]] == [3, 5]
    assert [one.value for one in store.find_observations([A], before=NOON + DAY)[A]] == [3]
    assert B not in series


def test_a_value_that_still_holds_is_written_down_with_its_new_time(store: AttentionStore) -> None:
    save(store, Harvest((A,), (seen(3), seen(4, paper_id=B))))
    save(store, Harvest((A,), unchanged=(A,)), at=NOON + DAY)
    assert store.find_observations([A, B]) == {A: (seen(3), seen(3, NOON + DAY)), B: (seen(4, paper_id=B),)}


def test_when_a_source_answered_is_known_and_whether_it_knew_the_paper(store: AttentionStore) -> None:
    save(store, Harvest((A, B), (seen(3),)))
    assert store.find_askings("github", [A, B, "2611.9"]) == {
        A: Asking(NOON, is_known=True),
        B: Asking(NOON, is_known=False),
    }
    assert store.find_askings("hub", [A]) == {}
    save(store, Harvest((A,), unchanged=(A,)), at=NOON + DAY)
    assert store.find_askings("github", [A]) == {A: Asking(NOON + DAY, is_known=True)}


def test_a_mention_keeps_the_time_it_was_first_seen_and_learns_the_rest(store: AttentionStore) -> None:
    save(store, Harvest((), mentions=(mention(),)))
    save(store, Harvest((), mentions=(mention(NOON + DAY, "University of Northmere"),)))
    (found,) = store.find_mentions(source="hub")
    assert (found.observed_at, found.organisation, found.authors) == (NOON, "University of Northmere", ("Ada",))
    assert store.find_mentions(source="hub", before=NOON) == ()
    assert store.find_mentions(source="hub", since=NOON + DAY) == ()
    assert store.find_mentions_of([A]) == {A: (found,)}


def test_authors_are_those_of_the_last_answer(store: AttentionStore) -> None:
    ada = AuthorRecord(A, 1, "alex", "A1", "Ada", NOON, "0000-0001", ("Northmere",), 12, 80, 5)
    bo = AuthorRecord(A, 2, "alex", "A2", "Bo", NOON)
    save(store, Harvest((A,), authors=(ada, bo)))
    later = AuthorRecord(A, 1, "alex", "A1", "Ada", NOON + DAY, "0000-0001", ("Northmere", "Fell"), 13, 90, 6)
    save(store, Harvest((A,), authors=(later,)))
    assert store.find_authors([A, B]) == {A: (later, bo)}


def test_validators_are_saved_with_the_answer(store: AttentionStore, any_database: Database) -> None:
    save(store, Harvest((A,), (seen(3),), validators=(Validators("https://hub.example/p", etag='"1"'),)))
    found = FetchStore(any_database, paces=any_database).find_validators("https://hub.example/p")
    assert found == Validators("https://hub.example/p", '"1"')
