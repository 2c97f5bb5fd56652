from __future__ import annotations

from factories import WEDNESDAY, announce, make_paper

from digest.model.announcement import AnnounceType
from digest.pipeline.candidates import choose_candidates

NEW, CROSS, REPLACE, REPLACE_CROSS = AnnounceType
ONE, TWO, THREE = (make_paper(f"2611.9000{number}") for number in (1, 2, 3))


def test_a_paper_counts_once_however_many_categories_list_it() -> None:
    announcements = [announce(ONE, category="cs.LG", kind=CROSS), announce(ONE), announce(ONE, category="x", kind=NEW)]
    assert choose_candidates(announcements, [], ["cs.CL", "cs.LG"]).types == {ONE.id: NEW}


def test_categories_nobody_asked_for_do_not_count() -> None:
    assert choose_candidates([announce(ONE, category="math.NT")], [], ["cs.CL"]).types == {}


def test_replacements_stand_apart_under_their_own_categorys_type() -> None:
    announcements = [
        announce(ONE, kind=REPLACE),
        announce(ONE, category="cs.LG", kind=REPLACE_CROSS),
        announce(THREE, category="cs.LG", kind=REPLACE_CROSS),
        announce(TWO),
    ]
    found = choose_candidates(announcements, [], ["cs.CL", "cs.LG"])
    assert (found.types, found.replaced) == ({TWO.id: NEW}, {ONE.id: REPLACE, THREE.id: REPLACE_CROSS})


def test_a_paper_cross_listed_days_after_it_was_news_is_not_news_again() -> None:
    late = announce(ONE, category="cs.LG", kind=CROSS)
    before = announce(ONE, on=WEDNESDAY)
    assert choose_candidates([late], [before], ["cs.CL", "cs.LG"]).types == {}
    assert choose_candidates([late], [before], ["cs.LG"]).types == {ONE.id: CROSS}
