from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from factories import NOON, THURSDAY, WEDNESDAY, detailed, make_feed, make_item, make_listing, make_paper
from fake_arxiv import FakeArxiv
from power_cut import PowerCutError, crash_at

from digest.catalogue import load_areas, load_topics
from digest.edition.freeze import freeze
from digest.errors import NothingToShowError
from digest.model.announcement import AnnounceType, StatedCounts
from digest.pipeline.ingest import Ingest
from digest.pipeline.publish import Publish, PublishReport
from digest.sources.arxiv.saved import SavedArxiv
from digest.store.announcements import AnnouncementStore
from digest.store.database import Database, open_database
from digest.store.editions import EditionStore
from digest.store.papers import PaperStore
from digest.store.vectors import VectorStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

FRIDAY = THURSDAY.replace(day=20)
WEIGHTS = {"novelty": 1.0, "code": 1.0, "venue": 1.0, "breadth": 1.0, "team": 1.0, "authors": 1.0}


@pytest.fixture(scope="module")
def days() -> dict[date, SavedArxiv]:
    return {day: SavedArxiv(ROOT / "config" / "sample" / str(day)) for day in (WEDNESDAY, THURSDAY)}


def ingest(database: Database, saved: SavedArxiv) -> None:
    Ingest(saved, AnnouncementStore(database), lambda: NOON).run(saved.categories)


def publish(
    database: Database,
    on: date | None = None,
    categories: Sequence[str] = ("cs.CL", "cs.LG"),
    *,
    encode_at_most: int = 50_000,
) -> PublishReport:
    return Publish(
        announcements=AnnouncementStore(database),
        papers=PaperStore(database),
        vectors=VectorStore(database),
        editions=EditionStore(database),
        topics=load_topics(None),
        areas=load_areas(None),
        weights=WEIGHTS,
        diversity=0.3,
        clock=lambda: NOON,
        encode_at_most=encode_at_most,
    ).run(categories, on=on)


def test_every_announced_paper_has_one_entry_one_topic_and_one_rank(
    database: Database, days: dict[date, SavedArxiv]
) -> None:
    ingest(database, days[THURSDAY])
    edition = publish(database).edition
    assert edition.announced == len(edition.news) == sum(one.announced for one in edition.topics) > 20
    assert [entry.rank for entry in edition.entries] == list(range(1, len(edition.entries) + 1))
    assert len({entry.card.paper_id for entry in edition.entries}) == len(edition.entries)
    assert {entry.topic for entry in edition.news} == {one.topic.slug for one in edition.topics}
    assert (edition.missing, edition.unproven) == (0, ())
    assert edition.replaced > 0
    assert freeze(edition).manifest == edition.manifest


def test_newer_versions_come_after_all_news_and_are_compared_among_themselves(
    database: Database, days: dict[date, SavedArxiv]
) -> None:
    ingest(database, days[THURSDAY])
    edition = publish(database).edition
    newer = edition.entries[edition.announced :]
    assert len(newer) == edition.replaced > 2
    assert all(entry.is_replacement and entry.card.version > 1 for entry in newer)
    assert {one.field_size for entry in newer for one in entry.score.contributions} == {edition.replaced}
    scores = [entry.score.total for entry in newer]
    assert scores == sorted(scores, reverse=True)


def test_an_edition_is_made_once(database: Database, days: dict[date, SavedArxiv]) -> None:
    ingest(database, days[THURSDAY])
    first = publish(database)
    again = publish(database, categories=("cs.CL",))
    assert (first.was_frozen, again.was_frozen) == (False, True)
    assert again.edition == first.edition


def test_a_category_that_comes_after_the_edition_was_frozen_is_told(
    database: Database, days: dict[date, SavedArxiv]
) -> None:
    ingest(database, days[THURSDAY])
    first = publish(database, categories=("cs.CL",))
    again = publish(database, categories=("cs.CL", "math.NT"))
    assert (first.left_out, again.left_out) == ((), ("math.NT",))


def test_what_comes_later_changes_nothing_of_an_earlier_day(
    database: Database, tmp_path: Path, days: dict[date, SavedArxiv]
) -> None:
    ingest(database, days[WEDNESDAY])
    alone = publish(database, WEDNESDAY).edition
    both = open_database(f"sqlite:///{tmp_path / 'both.db'}")
    ingest(both, days[WEDNESDAY])
    ingest(both, days[THURSDAY])
    publish(both, THURSDAY)
    assert publish(both, WEDNESDAY).edition.manifest == alone.manifest
    both.close()


def test_novelty_looks_back_on_earlier_days_only(database: Database, days: dict[date, SavedArxiv]) -> None:
    ingest(database, days[THURSDAY])
    ingest(database, days[WEDNESDAY])
    edition = publish(database, THURSDAY).edition
    sizes = {
        one.sample_size
        for entry in edition.entries
        for one in entry.score.contributions
        if one.signal == "novelty" and entry.card.primary_category.startswith("cs.")
    }
    # Wednesday's papers in cs, and those that Thursday only replaced.
    assert sizes == {len([paper for paper in earlier_papers(database) if paper.startswith("cs.")])}


def earlier_papers(database: Database) -> list[str]:
    store = AnnouncementStore(database)
    thursday = {one.paper_id for one in store.find_announcements(THURSDAY) if not one.announce_type.is_replacement}
    known = {one.paper_id for day in (WEDNESDAY, THURSDAY) for one in store.find_announcements(day)} - thursday
    return [paper.primary_category for paper in PaperStore(database).find_many(sorted(known)).values()]


def test_what_a_day_lacks_is_counted_in_its_edition(database: Database) -> None:
    known = make_paper("2611.90002")
    arxiv = FakeArxiv(
        listings={"cs.CL": make_listing(("2611.90001", AnnounceType.NEW), (known.id, AnnounceType.NEW))},
        feeds={"cs.CL": make_feed(make_item(known))},
    )
    Ingest(arxiv, AnnouncementStore(database), lambda: NOON).run(["cs.CL"])
    edition = publish(database, THURSDAY).edition
    assert (edition.announced, edition.missing, edition.unproven) == (1, 1, ("cs.LG",))


def test_a_day_of_which_nothing_is_here_becomes_no_edition(database: Database) -> None:
    arxiv = FakeArxiv(listings={"cs.CL": make_listing(("2611.90001", AnnounceType.NEW))})
    Ingest(arxiv, AnnouncementStore(database), lambda: NOON).run(["cs.CL"])
    with pytest.raises(NothingToShowError, match="nothing of that day was ingested"):
        publish(database, THURSDAY)
    quiet = FakeArxiv(listings={"cs.CL": make_listing(on=FRIDAY)})
    Ingest(quiet, AnnouncementStore(database), lambda: NOON).run(["cs.CL"])
    with pytest.raises(NothingToShowError, match="arXiv announced nothing"):
        publish(database, FRIDAY)


def test_one_unread_category_of_several_is_told_and_does_not_stop_the_day(
    database: Database, days: dict[date, SavedArxiv]
) -> None:
    ingest(database, days[THURSDAY])
    edition = publish(database, categories=("cs.CL", "cs.LG", "nlin.AO")).edition
    assert edition.announced > 20
    assert edition.unproven == ("nlin.AO",)


def test_entries_that_a_page_counts_and_does_not_show_are_missing(database: Database) -> None:
    papers = [make_paper(f"2611.9{number:04}") for number in range(40)]
    shown = [(paper.id, AnnounceType.NEW) for paper in papers]
    arxiv = FakeArxiv(
        listings={"cs.CL": make_listing(*shown, stated=StatedCounts(new=41))},
        feeds={"cs.CL": make_feed(*map(make_item, papers))},
    )
    Ingest(arxiv, AnnouncementStore(database), lambda: NOON).run(["cs.CL"])
    edition = publish(database, categories=("cs.CL",)).edition
    assert (edition.announced, edition.missing, edition.unproven) == (40, 1, ())


def test_a_paper_replaced_in_one_and_news_in_another_category_is_not_compared_with_itself(
    database: Database, days: dict[date, SavedArxiv]
) -> None:
    ingest(database, days[WEDNESDAY])
    papers = {paper.id: paper for paper in PaperStore(database).find_many(known_ids(database)).values()}
    moved = next(paper for paper in papers.values() if paper.primary_category == "cs.CL")
    newer = replace(moved, version=moved.version + 1, categories=("cs.CL", "cs.IR"))
    arxiv = FakeArxiv(
        listings={
            "cs.CL": make_listing((newer.id, AnnounceType.REPLACE)),
            "cs.IR": make_listing((newer.id, AnnounceType.CROSS), category="cs.IR"),
        },
        feeds={
            "cs.CL": make_feed(make_item(newer, AnnounceType.REPLACE)),
            "cs.IR": make_feed(make_item(newer, AnnounceType.CROSS), category="cs.IR"),
        },
    )
    Ingest(arxiv, AnnouncementStore(database), lambda: NOON).run(["cs.CL", "cs.IR"])
    (entry,) = publish(database, categories=("cs.IR",)).edition.entries
    (novelty,) = [one for one in entry.score.contributions if one.signal == "novelty"]
    assert novelty.sample_size == len([one for one in papers.values() if one.primary_category.startswith("cs.")]) - 1
    assert novelty.value is not None
    assert novelty.value > 0.1
    assert PaperStore(database).count_earlier(before=THURSDAY) == len(papers) - 1


def known_ids(database: Database) -> list[str]:
    return [one.paper_id for one in AnnouncementStore(database).find_announcements(WEDNESDAY)]


def test_what_is_made_of_invented_papers_says_so_however_they_came(
    database: Database, days: dict[date, SavedArxiv]
) -> None:
    ingest(database, days[THURSDAY])
    assert publish(database).edition.is_sample
    real = make_paper("2611.10001")
    arxiv = FakeArxiv(
        {"cs.CL": make_listing((real.id, AnnounceType.NEW), on=FRIDAY)}, {"cs.CL": make_feed(make_item(real))}
    )
    Ingest(arxiv, AnnouncementStore(database), lambda: NOON).run(["cs.CL"])
    assert not publish(database, categories=("cs.CL",)).edition.is_sample


def test_the_days_own_papers_are_encoded_before_others(database: Database, days: dict[date, SavedArxiv]) -> None:
    ingest(database, days[WEDNESDAY])
    ingest(database, days[THURSDAY])
    assert publish(database, WEDNESDAY, encode_at_most=1).edition.announced


def test_nothing_to_publish_is_told(database: Database, days: dict[date, SavedArxiv]) -> None:
    with pytest.raises(NothingToShowError, match="digest ingest"):
        publish(database)
    ingest(database, days[THURSDAY])
    with pytest.raises(NothingToShowError, match=r"nothing of that day was ingested for cs\.CL"):
        publish(database, WEDNESDAY)


def test_a_crash_at_any_statement_leaves_a_store_that_the_next_run_completes(
    tmp_path: Path, days: dict[date, SavedArxiv]
) -> None:
    clean = open_database(f"sqlite:///{tmp_path / 'clean.db'}")
    ingest(clean, days[WEDNESDAY])
    kept = clean.copy_to(tmp_path / "kept.db")
    statements = crash_at(clean, 0)
    wanted = publish(clean).edition
    clean.close()
    for fatal in range(1, statements[0] + 1):
        copy = kept.copy_to(tmp_path / f"{fatal}.db")
        crash_at(copy, fatal)
        with pytest.raises(PowerCutError):
            publish(copy)
        copy.close()
        healed = open_database(f"sqlite:///{tmp_path / f'{fatal}.db'}")
        assert publish(healed).edition == wanted, f"after a crash at statement {fatal}"
        assert EditionStore(healed).find_newest() == wanted
        healed.close()
    kept.close()


def test_a_withdrawn_paper_is_announced_comes_last_and_is_said_to_be_withdrawn(database: Database) -> None:
    gone, other = make_paper("2611.90001"), make_paper("2611.90002")
    arxiv = FakeArxiv(
        listings={"cs.CL": make_listing((gone.id, AnnounceType.NEW), (other.id, AnnounceType.NEW))},
        feeds={"cs.CL": make_feed(make_item(gone), make_item(other))},
        papers={
            gone.id: detailed(gone, comment="This paper has been withdrawn by its authors"),
            other.id: detailed(other),
        },
    )
    Ingest(arxiv, AnnouncementStore(database), lambda: NOON).run(["cs.CL"])
    edition = publish(database, categories=("cs.CL",)).edition
    assert (edition.announced, [entry.card.paper_id for entry in edition.entries]) == (2, [other.id, gone.id])
    assert (edition.entries[1].score.total, edition.entries[1].why) == (0.0, "it has been withdrawn")
