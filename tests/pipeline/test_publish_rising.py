"""Rising papers out of the store into the edition."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY, WEDNESDAY
from talked_about import pick, save_papers

from digest.catalogue import load_areas, load_topics
from digest.model.attention import Harvest
from digest.pipeline.publish import Publish
from digest.pipeline.rising import FindRising
from digest.store.announcements import AnnouncementStore
from digest.store.attention import AttentionStore
from digest.store.editions import EditionStore
from digest.store.papers import PaperStore
from digest.store.vectors import VectorStore

if TYPE_CHECKING:
    from digest.model.edition import Edition
    from digest.store.database import Database

OLD = tuple(f"2611.{90_100 + number}" for number in range(30))
TODAY = tuple(f"2611.{90_200 + number}" for number in range(5))


def publish(database: Database, *, weight: float = 5.0) -> Edition:
    announcements, papers = AnnouncementStore(database), PaperStore(database)
    use = Publish(
        announcements=announcements,
        papers=papers,
        vectors=VectorStore(database),
        editions=EditionStore(database),
        topics=load_topics(None),
        areas=load_areas(None),
        weights={"team": 1.0, "attention": weight},
        diversity=0.3,
        clock=lambda: NOON,
        rising=FindRising(announcements=announcements, papers=papers, attention=AttentionStore(database)),
    )
    return use.run(("cs.CL",), on=THURSDAY).edition


@pytest.fixture
def store(database: Database) -> Database:
    save_papers(database, WEDNESDAY, *OLD)
    save_papers(database, THURSDAY, *TODAY)
    AttentionStore(database).save(Harvest(asked=OLD), source="huggingface", now=NOON - timedelta(hours=3))
    return database


def test_a_paper_of_an_earlier_day_that_is_talked_about_is_in_the_edition(store: Database) -> None:
    pick(store, OLD[3], NOON - timedelta(hours=2), 40)
    edition = publish(store)
    (entry,) = [one for one in edition.entries if one.is_rising]
    assert (entry.card.paper_id, entry.card.first_on, edition.rising) == (OLD[3], WEDNESDAY, 1)
    assert entry.why == "40 upvotes on Hugging Face (98th percentile of cs.CL papers of its age today)"
    assert (edition.announced, entry.rank) == (len(TODAY), len(TODAY) + 1)
    assert EditionStore(store).find(THURSDAY) == edition


def test_what_is_announced_today_is_not_rising_but_scored_by_it(store: Database) -> None:
    pick(store, TODAY[1], NOON - timedelta(hours=2), 40)
    edition = publish(store)
    assert edition.rising == 0
    first = edition.entries[0]
    assert first.card.paper_id == TODAY[1]
    assert {one.signal: one.percentile for one in first.score.contributions}["attention"] == 0.9


def test_what_was_observed_later_is_not_known_yet(store: Database) -> None:
    pick(store, OLD[3], NOON + timedelta(hours=1), 40)
    assert publish(store).rising == 0


def test_without_weight_nothing_rises(store: Database) -> None:
    pick(store, OLD[3], NOON - timedelta(hours=2), 40)
    assert publish(store, weight=0).rising == 0


def test_the_entry_of_its_own_day_stays_what_is_shown_of_a_paper(store: Database) -> None:
    pick(store, TODAY[1], NOON - timedelta(hours=2), 40)
    edition = publish(store)
    own = edition.entries[0]
    assert EditionStore(store).find_entry(TODAY[1]) == (THURSDAY, own)
