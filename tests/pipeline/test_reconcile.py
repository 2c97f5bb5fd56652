from __future__ import annotations

from datetime import date

from factories import THURSDAY, WEDNESDAY, announce, make_feed, make_item, make_listing, make_paper

from digest.model.announcement import AnnounceType, BatchState, ListedPaper, StatedCounts
from digest.pipeline.reconcile import Documents, believe, choose_day, is_stale, reconcile, settle_missing

SATURDAY = date(2026, 11, 21)
NEW, CROSS, REPLACE, REPLACE_CROSS = AnnounceType
ONE, TWO, THREE = (make_paper(f"2611.9000{number}") for number in (1, 2, 3))


def test_a_feed_that_agrees_with_the_listing_is_complete() -> None:
    listing = make_listing((ONE.id, NEW), (TWO.id, CROSS))
    found = reconcile(listing, make_feed(make_item(ONE), make_item(TWO, CROSS)), known=())
    assert (found.batch.state, found.batch.expected, found.batch.seen) == (BatchState.COMPLETE, 2, 2)
    assert found.announcements == (announce(ONE), announce(TWO, kind=CROSS))
    assert found.papers == (ONE, TWO)


def test_the_listings_day_counts_and_not_the_feeds() -> None:
    feed = make_feed(make_item(ONE), dated_on=THURSDAY.replace(day=25))
    found = reconcile(make_listing((ONE.id, NEW)), feed, known=())
    assert {one.announced_on for one in found.announcements} == {THURSDAY}


def test_a_listed_paper_that_the_feed_lacks_is_missing() -> None:
    listing = make_listing((ONE.id, NEW), (TWO.id, NEW), (THREE.id, REPLACE))
    found = reconcile(listing, make_feed(make_item(ONE), make_item(TWO)), known=())
    assert found.batch.state is BatchState.INCOMPLETE
    assert found.batch.missing == (ListedPaper(THREE.id, REPLACE),)


def test_a_stale_feed_gives_nothing_to_the_day() -> None:
    listing = make_listing((ONE.id, NEW))
    found = reconcile(listing, make_feed(make_item(TWO), make_item(THREE)), known=())
    assert found.announcements == ()
    assert found.papers == ()
    assert found.batch.missing == (ListedPaper(ONE.id, NEW),)
    assert "different batches" in found.remark


def test_an_unchanged_feed_needs_nothing_when_the_store_knows_the_batch() -> None:
    found = reconcile(make_listing((ONE.id, NEW)), None, known={ONE.id})
    assert (found.batch.state, found.batch.seen) == (BatchState.COMPLETE, 1)


def test_a_page_that_shows_less_than_it_states_is_incomplete() -> None:
    listing = make_listing((ONE.id, NEW), stated=StatedCounts(new=2))
    assert reconcile(listing, make_feed(make_item(ONE)), known=()).batch.state is BatchState.INCOMPLETE


def test_a_day_without_papers_is_quiet() -> None:
    assert reconcile(make_listing(), make_feed(), known=()).batch.state is BatchState.QUIET


def test_a_feed_without_a_listing_is_believed_but_not_proven() -> None:
    found = believe("cs.CL", make_feed(make_item(ONE)), THURSDAY)
    assert (found.batch.state, found.batch.expected, found.batch.seen) == (BatchState.PENDING, None, 1)
    assert found.announcements == (announce(ONE),)


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
    assert choose_day(read, stale=()) == THURSDAY


def test_without_a_page_the_day_is_that_of_a_feed_and_of_a_stale_one_last() -> None:
    read = [documents("cs.CL", dated=THURSDAY), documents("cs.LG", dated=SATURDAY), documents("cs.AI")]
    assert choose_day(read, stale=()) == SATURDAY
    assert choose_day(read, stale={"cs.LG"}) == THURSDAY
    assert choose_day(read, stale={"cs.LG", "cs.CL"}) == SATURDAY
    assert choose_day(read[2:], stale=()) is None


def test_more_papers_than_the_page_counts_are_no_shortfall() -> None:
    found = reconcile(make_listing((ONE.id, NEW)), make_feed(make_item(ONE), make_item(TWO)), known=())
    assert (found.batch.state, found.batch.expected, found.batch.seen) == (BatchState.COMPLETE, 1, 2)


def test_missing_papers_are_settled_with_their_kind() -> None:
    foreign = make_paper(THREE.id, categories=("cs.LG", "cs.CL"), version=2)
    listing = make_listing((ONE.id, NEW), (THREE.id, REPLACE), (TWO.id, CROSS))
    batch = reconcile(listing, make_feed(make_item(ONE)), known=()).batch
    (settled,) = settle_missing([batch], {THREE.id: foreign})
    assert settled.announcements == (announce(foreign, kind=REPLACE_CROSS),)
    assert settled.batch.missing == (ListedPaper(TWO.id, CROSS),)
    assert settled.batch.state is BatchState.INCOMPLETE
    (done,) = settle_missing([settled.batch], {TWO.id: TWO})
    assert (done.batch.state, done.batch.seen) == (BatchState.COMPLETE, 3)


def test_batches_that_lack_other_papers_are_left_alone() -> None:
    batch = reconcile(make_listing((ONE.id, NEW)), None, known=()).batch
    assert settle_missing([batch], {TWO.id: TWO}) == []
