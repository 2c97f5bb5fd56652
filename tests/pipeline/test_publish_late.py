"""Papers that turn up when the edition of their day is frozen already come in the next one, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from factories import NOON, THURSDAY, WEDNESDAY, announce, make_paper, save_batch
from talked_about import save_papers

from digest.catalogue import load_areas, load_topics
from digest.model.announcement import AnnounceType
from digest.pipeline.publish import Publish
from digest.store.announcements import AnnouncementStore
from digest.store.editions import EditionStore
from digest.store.papers import PaperStore
from digest.store.vectors import VectorStore

if TYPE_CHECKING:
    from datetime import date

    from digest.model.edition import Edition
    from digest.store.database import Database

FRIDAY = THURSDAY + timedelta(days=1)
EARLIER = tuple(f"2610.{80_000 + number}" for number in range(20))


def publish(database: Database, on: date, *categories: str) -> Edition:
    use = Publish(
        announcements=AnnouncementStore(database),
        papers=PaperStore(database),
        vectors=VectorStore(database),
        editions=EditionStore(database),
        topics=load_topics(None),
        areas=load_areas(None),
        weights={"team": 1.0, "novelty": 1.0},
        diversity=0.3,
        clock=lambda: NOON,
    )
    return use.run(categories or ("cs.CL",), on=on).edition


def save_in(database: Database, category: str, on: date, paper_id: str) -> None:
    paper = make_paper(paper_id, categories=(category,))
    announced = [announce(paper, category=category, on=on)]
    save_batch(AnnouncementStore(database), [paper], announced)


def late_in(edition: Edition) -> dict[str, date | None]:
    return {one.card.paper_id: one.card.first_on for one in edition.entries if one.card.is_late}


def test_a_paper_that_turned_up_late_is_in_the_next_edition_and_in_no_other(database: Database) -> None:
    save_papers(database, WEDNESDAY, "2611.90001")
    first = publish(database, WEDNESDAY)
    save_papers(database, WEDNESDAY, "2611.90001", "2611.90002")
    save_papers(database, THURSDAY, "2611.90003")
    second = publish(database, THURSDAY)
    save_papers(database, FRIDAY, "2611.90004")
    third = publish(database, FRIDAY)
    assert (late_in(first), late_in(second), late_in(third)) == ({}, {"2611.90002": WEDNESDAY}, {})
    assert (second.announced, second.rising, len(second.news)) == (1, 0, 2)
    assert EditionStore(database).find(THURSDAY) == second


def test_what_has_its_own_day_still_to_come_is_not_late(database: Database) -> None:
    save_papers(database, WEDNESDAY, "2611.90001")
    save_papers(database, THURSDAY, "2611.90002")
    assert late_in(publish(database, THURSDAY)) == {}
    assert [one.card.paper_id for one in publish(database, WEDNESDAY).entries] == ["2611.90001"]


def test_a_category_that_was_not_covered_that_day_has_no_late_papers(database: Database) -> None:
    save_papers(database, WEDNESDAY, "2611.90001")
    save_in(database, "cs.RO", WEDNESDAY, "2611.90002")
    publish(database, WEDNESDAY)
    save_papers(database, THURSDAY, "2611.90003")
    save_in(database, "cs.RO", THURSDAY, "2611.90004")
    assert late_in(publish(database, THURSDAY, "cs.CL", "cs.RO")) == {}


def test_a_late_paper_is_compared_with_others_and_not_with_itself(database: Database) -> None:
    save_papers(database, WEDNESDAY - timedelta(days=9), *EARLIER)
    save_papers(database, WEDNESDAY, "2611.90001")
    publish(database, WEDNESDAY)
    save_papers(database, WEDNESDAY, "2611.90001", "2611.90002")
    save_papers(database, THURSDAY, "2611.90003")
    entries = {one.card.paper_id: one for one in publish(database, THURSDAY).entries}
    (novelty,) = (one for one in entries["2611.90002"].score.contributions if one.signal == "novelty")
    assert novelty.sample_size == len(EARLIER) + 1
    assert novelty.value > 0


def test_a_late_paper_of_which_a_newer_version_came_meanwhile_is_there_once_and_new(database: Database) -> None:
    save_papers(database, WEDNESDAY, "2611.90001")
    publish(database, WEDNESDAY)
    save_papers(database, WEDNESDAY, "2611.90001", "2611.90002")
    save_papers(database, THURSDAY, "2611.90003")
    paper = make_paper("2611.90002", version=2)
    replaced = announce(paper, on=THURSDAY, kind=AnnounceType.REPLACE)
    save_batch(AnnouncementStore(database), [paper], [replaced])
    edition = publish(database, THURSDAY)
    assert late_in(edition) == {"2611.90002": WEDNESDAY}
    assert (edition.replaced, len(edition.entries)) == (0, 2)


def test_after_some_more_than_a_week_nothing_is_late_any_more(database: Database) -> None:
    save_papers(database, WEDNESDAY, "2611.90001")
    publish(database, WEDNESDAY)
    save_papers(database, WEDNESDAY, "2611.90001", "2611.90002")
    later = WEDNESDAY + timedelta(days=13)
    save_papers(database, later, "2611.90003")
    assert late_in(publish(database, later)) == {}
