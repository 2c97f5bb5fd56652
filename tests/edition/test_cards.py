"""What of a paper goes on its card, and the reasons beside it."""

from __future__ import annotations

import pytest
from factories import make_paper
from factory_editions import make_contribution

from digest.edition.cards import make_card
from digest.edition.why import explain
from digest.model.announcement import AnnounceType
from digest.model.signal import Score


def novelty_of(percentile: float) -> tuple[int | None, str]:
    contribution = make_contribution(percentile=percentile, note="unlike earlier papers")
    card = make_card(make_paper(), AnnounceType.NEW, Score("2611.90001", 50.0, (contribution,)), area="")
    return card.novelty, explain([contribution], compared={"novelty"})


@pytest.mark.parametrize(
    ("percentile", "shown", "said"),
    [(0.634, 63, "63rd"), (0.914, 91, "91st"), (0.996, 99, "99th"), (1.0, 99, "99th")],
)
def test_badge_and_reason_name_the_same_percentile_and_none_is_above_itself(
    percentile: float, shown: int, said: str
) -> None:
    assert novelty_of(percentile) == (shown, f"unlike earlier papers ({said} percentile of cs.CL today)")


def test_a_card_without_a_reading_of_novelty_says_nothing_of_it() -> None:
    assert make_card(make_paper(), AnnounceType.NEW, Score("2611.90001", 0.0, ()), area="").novelty is None


def test_a_card_quotes_the_abstract_and_names_everyone() -> None:
    paper = make_paper(categories=("cs.CL", "cs.LG"), comment="Accepted at ACL 2026. Code: https://github.com/a/b")
    card = make_card(paper, AnnounceType.CROSS, Score(paper.id, 0.0, ()), area="language")
    assert all(sentence in paper.abstract for sentence in card.sentences)
    assert card.sentences
    assert card.authors == ("Ada Northmere", "Bo Fell")
    assert (card.primary_category, card.cross_lists, card.announce_type) == ("cs.CL", ("cs.LG",), AnnounceType.CROSS)
    assert (card.code_url, card.project_url, card.area) == ("https://github.com/a/b", None, "language")
