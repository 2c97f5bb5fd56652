"""The mail of an edition, for a look: what is chosen, what is refused, and what lands in the folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from factories import NOON, THURSDAY, announce, make_paper, save_batch
from factory_editions import TIDES, WINDS, make_edition, make_entry
from mail_cases import SENDER, renderer

from digest.errors import InputError, NothingToShowError
from digest.links import Links
from digest.model.subscriber import Preferences, Subscriber, SubscriberState
from digest.pipeline.preview import Preview, write_preview
from digest.store.announcements import AnnouncementStore
from digest.store.editions import EditionStore
from digest.store.papers import PaperStore

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.edition import Edition
    from digest.store.database import Database

NAMES = {TIDES.slug: TIDES.name, "ice": "Ice and snow", "iceberg-calving": "Iceberg calving"}
ALL = Preferences()


def save(database: Database, edition: Edition) -> None:
    papers = [make_paper(entry.card.paper_id) for entry in edition.entries]
    save_batch(AnnouncementStore(database), papers, [announce(paper) for paper in papers])
    EditionStore(database).save(edition, now=NOON)


@pytest.fixture
def preview(database: Database) -> Preview:
    save(database, make_edition(make_entry(1), make_entry(2, topic=WINDS)))
    return Preview(
        editions=EditionStore(database),
        papers=PaperStore(database),
        renderer=renderer(),
        links=Links("https://digest.example.org", ["only for tests"]),
        sender=SENDER,
        secret="only for tests",
        per_topic=6,
        topic_names=NAMES,
        clock=lambda: NOON,
    )


def test_the_newest_edition_is_shown(preview: Preview) -> None:
    previewed = preview.run(ALL)
    assert [entry.rank for entry in previewed.selection.entries] == [1, 2]
    assert previewed.rendered.subject.startswith("[Preview] ")
    assert previewed.selection.edition == preview.run(ALL, on=THURSDAY).selection.edition


def test_a_topic_that_the_edition_has_is_shown_whether_or_not_it_is_configured(preview: Preview) -> None:
    assert [entry.rank for entry in preview.run(Preferences(topics=("winds",))).selection.entries] == [2]


def test_a_configured_topic_without_papers_that_day_has_nothing_for_the_reader(preview: Preview) -> None:
    previewed = preview.run(Preferences(topics=("ice",)))
    assert previewed.selection.entries == ()
    assert "No papers for you today: 0 of 2 fit" in previewed.rendered.subject
    for part in (previewed.rendered.text, previewed.rendered.html):
        assert "cs.CL; topic Ice and snow." in part
    both = preview.run(Preferences(topics=("ice", "tides")))
    assert [entry.rank for entry in both.selection.entries] == [1]


def test_an_unknown_topic_is_refused_with_what_there_is(preview: Preview) -> None:
    with pytest.raises(InputError) as refused:
        preview.run(Preferences(topics=("tides", "iceberg-calvin", "nonsense")))
    said = str(refused.value)
    assert "no topic iceberg-calvin, nonsense" in said
    assert "Did you mean iceberg-calving?" in said
    assert said.endswith("The edition has: tides, winds")


def test_a_day_without_edition_is_told_with_the_days_that_have_one(preview: Preview) -> None:
    with pytest.raises(NothingToShowError, match=r"no edition of 2026-11-01\. The newest is 2026-11-19"):
        preview.run(ALL, on=THURSDAY.replace(day=1))


def test_a_subscribers_mail_leaves_out_what_they_had_and_bears_with_a_topic_that_is_gone(preview: Preview) -> None:
    reader = Subscriber("k", "ada@example.org", SubscriberState.CONFIRMED, ALL, "web", NOON)
    entries = preview.run(ALL).selection.entries
    had = {THURSDAY: [entries[0].card.paper_id]}
    previewed = preview.run_for(reader, recipient=reader.address, find_had=had.__getitem__)
    assert previewed.selection.entries == entries[1:]
    elsewhere = replace(reader, preferences=Preferences(topics=("moons",)))
    assert preview.run_for(elsewhere, recipient=reader.address, find_had=had.__getitem__).selection.entries == ()


def test_the_files_are_those_of_the_mail(preview: Preview, tmp_path: Path) -> None:
    previewed = preview.run(ALL)
    html, text, mail = write_preview(previewed, tmp_path / "out")
    assert html.read_text(encoding="utf-8") == previewed.rendered.html
    assert text.read_text(encoding="utf-8") == previewed.rendered.text
    assert mail.read_bytes() == previewed.message.content
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["digest.eml", "digest.html", "digest.txt"]


def test_a_file_that_cannot_take_its_place_leaves_nothing_half_done(preview: Preview, tmp_path: Path) -> None:
    (tmp_path / "digest.txt" / "in the way").mkdir(parents=True)
    with pytest.raises(InputError, match="Choose another folder with --out"):
        write_preview(preview.run(ALL), tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith(".")) == []
