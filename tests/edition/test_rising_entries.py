"""Papers of earlier days that are rising, in what readers get."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from factories import THURSDAY, WEDNESDAY
from factory_editions import REST, make_edition, make_entry
from test_compose import compose

from digest.edition.join import join
from digest.model.announcement import AnnounceType
from digest.model.subscriber import Preferences

if TYPE_CHECKING:
    from digest.model.edition import Entry

EARLIER = date(2026, 11, 12)


def rising(rank: int, **changes: Any) -> Entry:
    return make_entry(rank, score=99, first_on=EARLIER, **changes)


def news(count: int) -> list[Entry]:
    return [make_entry(rank, score=60 - rank) for rank in range(1, count + 1)]


def test_they_stand_in_a_section_of_their_own_and_never_lead() -> None:
    edition = make_edition(*news(4), rising(5), rising(6, topic=REST), announced=4)
    selection = compose(edition, Preferences(), per_topic=6)
    assert selection.lead == edition.entries[0]
    assert [section.topic.name for section in selection.sections] == ["Tides and currents", "Rising this week"]
    assert (selection.sections[1].announced, len(selection.sections[1].entries)) == (2, 2)
    assert edition.news == edition.entries[:4]


def test_they_take_a_quarter_of_the_room_at_most_and_five_in_all() -> None:
    edition = make_edition(*news(30), *(rising(31 + number) for number in range(9)))
    for papers, expected in ((8, 2), (24, 5), (3, 0), (100, 5)):
        selection = compose(edition, Preferences(papers=papers), per_topic=100)
        assert len(selection.taken.rising) == expected
        assert len(selection.taken.ids) == min(papers, 30 + expected)
        assert set(selection.taken.rising).isdisjoint(selection.taken.by_choice)


def test_who_had_one_does_not_get_it_again() -> None:
    edition = make_edition(*news(8), rising(9), rising(10))
    selection = compose(edition, Preferences(), per_topic=9, had={"2611.90009"})
    assert selection.taken.rising == ("2611.90010",)


def test_preferences_hold_for_them_too() -> None:
    edition = make_edition(*news(8), rising(9, primary_category="math.NT"), rising(10, authors=("Cy Muted",)))
    wanted = Preferences(categories=("cs.CL",), muted_authors=("Cy Muted",))
    assert compose(edition, wanted, per_topic=9).taken.rising == ()
    followed = Preferences(followed_authors=("Cy Muted",), categories=("cs.CL",))
    selection = compose(edition, followed, per_topic=9)
    assert (selection.taken.rising, selection.taken.by_author) == (("2611.90010",), ())


def test_without_a_paper_of_the_day_there_is_no_mail_for_them() -> None:
    edition = make_edition(rising(1), rising(2), announced=40)
    assert compose(edition, Preferences(), per_topic=6).entries == ()


def test_a_weekly_mail_has_a_paper_as_news_that_rose_later_in_the_week() -> None:
    first = make_edition(make_entry(1, score=50), on=WEDNESDAY)
    again = replace(first.entries[0], card=replace(first.entries[0].card, first_on=WEDNESDAY), rank=3)
    newer = make_entry(4, announce_type=AnnounceType.REPLACE)
    joined = join([first, make_edition(make_entry(2, score=40), again, newer, on=THURSDAY)])
    assert [entry.is_rising for entry in joined.entries] == [False, False, False]
    assert [entry.card.paper_id for entry in joined.entries] == ["2611.90001", "2611.90002", "2611.90004"]


def test_newer_versions_come_after_them() -> None:
    newer = make_entry(4, announce_type=AnnounceType.REPLACE)
    edition = make_edition(make_entry(1, score=50), rising(3), newer)
    selection = compose(edition, Preferences(replacements=True), per_topic=6)
    assert [section.topic.name for section in selection.sections] == ["Rising this week", "Newer versions"]
    joined = join([edition, make_edition(make_entry(2, score=40), on=WEDNESDAY)])
    assert [entry.rank for entry in joined.entries if entry.is_rising] == [3]
