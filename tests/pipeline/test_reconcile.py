from __future__ import annotations

from datetime import date

import pytest
from factories import THURSDAY, WEDNESDAY, announce, make_feed, make_item, make_listing, make_paper

from digest.edition.announcement_days import last_weekday
from digest.model.announcement import AnnounceType, Batch, BatchState, ListedPaper, StatedCounts
from digest.pipeline.reconcile import Documents, believe, choose_day, is_stale, reconcile, settle_missing

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
NEW, CROSS, REPLACE, REPLACE_CROSS = AnnounceType
ONE, TWO, THREE, OTHER = (make_paper(f"2611.9000{number}") for number in (1, 2, 3, 4))


def test_a_feed_that_agrees_with_the_listing_tells_what_its_papers_were_announced_as() -> None:
    listing = make_listing((ONE.id, NEW), (TWO.id, CROSS))
    found = reconcile(listing, make_feed(make_item(ONE), make_item(TWO, CROSS)))
    assert found.announcements == (announce(ONE), announce(TWO, kind=CROSS))
    assert found.papers == (ONE, TWO)
    assert not found.remark


def test_the_listings_day_counts_and_not_the_feeds() -> None:
    feed = make_feed(make_item(ONE), dated_on=THURSDAY.replace(day=25))
    found = reconcile(make_listing((ONE.id, NEW)), feed)
    assert {one.announced_on for one in found.announcements} == {THURSDAY}


def test_a_stale_feed_gives_nothing_to_the_day() -> None:
    found = reconcile(make_listing((ONE.id, NEW)), make_feed(make_item(TWO), make_item(THREE)))
    assert (found.announcements, found.papers) == ((), ())
    assert "different batches" in found.remark


def test_of_a_stale_feed_only_what_the_page_lists_is_taken() -> None:
    found = reconcile(make_listing((ONE.id, NEW)), make_feed(*map(make_item, (ONE, TWO, THREE))))
    assert found.announcements == (announce(ONE),)


def test_what_a_stale_feed_calls_new_is_not_taken_for_what_the_page_calls_replaced() -> None:
    listing = make_listing((ONE.id, REPLACE), (TWO.id, NEW))
    stale = reconcile(listing, make_feed(*map(make_item, (ONE, THREE, OTHER))))
    assert stale.announcements == ()
    fitting = reconcile(listing, make_feed(make_item(ONE), make_item(TWO)))
    assert fitting.announcements == (announce(TWO),)


def test_a_feed_with_papers_on_a_quiet_day_is_that_of_another() -> None:
    assert reconcile(make_listing(), make_feed(make_item(ONE))).announcements == ()


def test_where_a_page_counts_papers_and_shows_none_the_feed_is_believed() -> None:
    listing = make_listing(stated=StatedCounts(new=1))
    assert reconcile(listing, make_feed(make_item(ONE))).announcements == (announce(ONE),)


def test_a_feed_without_a_listing_is_believed() -> None:
    assert believe("cs.CL", make_feed(make_item(ONE)), THURSDAY).announcements == (announce(ONE),)


def test_a_feed_of_an_earlier_day_is_not_believed() -> None:
    feed = make_feed(make_item(ONE), make_item(TWO))
    assert is_stale(feed, {ONE.id, TWO.id})
    assert not is_stale(feed, {ONE.id})
    assert not is_stale(make_feed(), ())


def documents(category: str, *, listed: date | None = None, dated: date | None = None) -> Documents:
    listing = make_listing(category=category, on=listed) if listed else None
    feed = make_feed(category=category, dated_on=dated) if dated else None
    return Documents(category, listing, feed, None)


def test_the_day_is_that_of_the_newest_page_whatever_the_feeds_say() -> None:
    read = [
        documents("cs.CL", listed=WEDNESDAY, dated=SATURDAY),
        documents("cs.LG", listed=THURSDAY, dated=SATURDAY),
        documents("cs.AI", dated=SATURDAY),
    ]
    assert choose_day(read, stale=(), last_day=last_weekday) == THURSDAY


def test_without_a_page_the_day_is_that_of_a_feed_and_of_a_stale_one_last() -> None:
    read = [documents("cs.CL", dated=THURSDAY), documents("cs.LG", dated=SATURDAY), documents("cs.AI")]
    assert choose_day(read, stale=(), last_day=last_weekday) == FRIDAY
    assert choose_day(read, stale={"cs.LG"}, last_day=last_weekday) == THURSDAY
    assert choose_day(read, stale={"cs.LG", "cs.CL"}, last_day=last_weekday) == FRIDAY
    assert choose_day(read[2:], stale=(), last_day=last_weekday) is None


def test_missing_papers_are_settled_with_their_kind() -> None:
    foreign = make_paper(THREE.id, categories=("cs.LG", "cs.CL"), version=2)
    missing = (ListedPaper(THREE.id, REPLACE), ListedPaper(TWO.id, CROSS))
    batch = Batch("cs.CL", THURSDAY, StatedCounts(new=1, cross=1, replace=1), 1, missing)
    assert settle_missing([batch], {THREE.id: foreign}) == [announce(foreign, kind=REPLACE_CROSS)]
    assert settle_missing([batch], {TWO.id: TWO}) == [announce(TWO, kind=CROSS)]
    assert settle_missing([batch], {ONE.id: ONE}) == []


@pytest.mark.parametrize(
    ("stated", "seen", "missing", "state"),
    [
        (StatedCounts(new=2), 2, (), BatchState.COMPLETE),
        (StatedCounts(new=2), 3, (), BatchState.COMPLETE),
        (StatedCounts(new=2), 1, (), BatchState.INCOMPLETE),
        (StatedCounts(new=2), 2, (ListedPaper(ONE.id, NEW),), BatchState.INCOMPLETE),
        (StatedCounts(), 0, (), BatchState.QUIET),
        (None, 2, (), BatchState.PENDING),
    ],
)
def test_a_batchs_own_numbers_tell_its_state(
    stated: StatedCounts | None, seen: int, missing: tuple[ListedPaper, ...], state: BatchState
) -> None:
    assert Batch("cs.CL", THURSDAY, stated, seen, missing).state is state
