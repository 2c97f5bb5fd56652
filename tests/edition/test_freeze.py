from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from factories import NOON
from factory_editions import make_contribution, make_edition, make_entry

from digest.edition.freeze import freeze
from digest.edition.why import explain
from digest.model.announcement import DayKind


def test_the_same_edition_has_the_same_manifest() -> None:
    edition = make_edition(make_entry(1), make_entry(2))
    assert freeze(edition) == edition
    assert len(edition.manifest) == 64


def test_anything_a_reader_sees_changes_the_manifest() -> None:
    edition = make_edition(make_entry(1), make_entry(2))
    others = [
        make_edition(make_entry(1), make_entry(2), announced=7),
        make_edition(make_entry(1, title="Another"), make_entry(2)),
        make_edition(make_entry(1, score=12), make_entry(2)),
        make_edition(make_entry(1)),
        make_edition(replace(make_entry(1), why="another reason"), make_entry(2)),
    ]
    assert len({edition.manifest, *(other.manifest for other in others)}) == 6


def test_when_a_signal_was_observed_does_not() -> None:
    edition = make_edition(make_entry(1))
    entry = edition.entries[0]
    later = tuple(replace(one, observed_at=NOON + timedelta(days=1)) for one in entry.score.contributions)
    again = replace(edition, entries=(replace(entry, score=replace(entry.score, contributions=later)),))
    assert freeze(again).manifest == edition.manifest


def test_a_days_kind_is_part_of_the_manifest_only_where_arxiv_announces_nothing() -> None:
    quiet = make_edition(replaced=0)
    assert quiet.manifest == "be9455723e2d6f6da39365beade13e73dcbe68fecbee3381f61d9016f990f45a"
    notes = [make_edition(replaced=0, day_kind=kind) for kind in (DayKind.HOLIDAY, DayKind.WEEKEND)]
    assert len({quiet.manifest, *(note.manifest for note in notes)}) == 3


def test_the_reasons_are_those_that_lift_the_score_most() -> None:
    contributions = [
        make_contribution("novelty", percentile=0.9, points=45.0),
        make_contribution("code", percentile=0.8, points=10.0, note="its code is linked"),
        make_contribution("team", percentile=0.95, points=30.0, note="14 authors"),
        make_contribution("breadth", percentile=0.3, points=20.0, note="listed in 2 categories"),
    ]
    assert explain(contributions, compared={"novelty", "team", "breadth"}) == (
        "unlike the 300 earlier cs papers seen here (90th percentile of cs.CL today) · "
        "14 authors (95th percentile of cs.CL today)"
    )


def test_where_nothing_stands_out_it_says_so() -> None:
    assert explain([make_contribution(percentile=0.5)], compared=()) == "nothing about it stands out"
    assert explain([], compared=()) == "nothing about it stands out"
