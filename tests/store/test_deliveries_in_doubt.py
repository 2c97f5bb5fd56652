"""Deliveries in the odd corners: may have arrived, were for somebody who was erased, or are one of several."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING

import pytest
from databases import fresh_database
from sqlalchemy import text
from subscribing import START
from test_deliveries import DAY, LEASE, NEXT, Post

from digest.model.delivery import DeliveryState
from digest.model.subscriber import SuppressionReason
from digest.store.audiences import AudienceStore
from digest.store.database import tried_again
from digest.store.sent import SentStore

if TYPE_CHECKING:
    from digest.store.database import Database


@pytest.fixture
def post(any_database: Database) -> Post:
    return Post(any_database)


def one_mail(post: Post, *columns: str) -> tuple[object, ...]:
    with post.desk.database.read() as connection:
        row = connection.execute(text(f"SELECT {', '.join(columns)} FROM deliveries ORDER BY id")).first()
        assert row
        return tuple(row)


def break_off(post: Post) -> int:
    """The id of a delivery whose sender died on the way, and that waits to be sent once more."""
    (one,) = post.claim("dead", 1)
    post.attempt(one.delivery_id, owner="dead", papers=("2611.90002",))
    post.recover("dead")
    return one.delivery_id


def test_a_mail_that_may_have_arrived_ends_uncertain_when_it_is_too_late(post: Post) -> None:
    break_off(post)
    post.desk.clock.turn(timedelta(hours=20))
    assert post.store.expire(now=post.desk.clock.now) == 3
    assert post.states() == ["uncertain", "expired", "expired"]


def test_a_mail_that_may_have_arrived_ends_uncertain_when_its_reader_has_left(post: Post) -> None:
    delivery_id = break_off(post)
    post.claim()
    post.desk.use.unsubscribe(post.people[0].key, source="one click")
    assert post.attempt(delivery_id) == set()
    assert post.states()[0] == "uncertain"


def test_the_papers_of_a_mail_that_may_have_arrived_count_as_had_but_not_for_itself(post: Post) -> None:
    delivery_id, sent = break_off(post), SentStore(post.desk.database)
    assert sent.find_had(post.people[0].key, [DAY]) == {"2611.90002"}
    assert sent.find_had(post.people[0].key, [DAY], without=delivery_id) == set()
    post.claim()
    post.attempt(delivery_id, papers=("2611.90002",))
    post.settle(delivery_id, DeliveryState.DEFERRED, retry_at=START + LEASE)
    assert sent.find_had(post.people[0].key, [DAY]) == {"2611.90002"}


def test_a_mail_that_ended_without_an_answer_may_have_arrived(post: Post) -> None:
    (one,) = post.claim(count=1)
    post.attempt(one.delivery_id)
    post.settle(one.delivery_id, DeliveryState.PENDING, retry_at=START + LEASE, in_doubt=True)
    post.desk.clock.turn(timedelta(hours=20))
    post.store.expire(now=post.desk.clock.now)
    assert post.states()[0] == "uncertain"


def test_what_was_refused_for_the_time_being_has_not_arrived(post: Post) -> None:
    (one,) = post.claim(count=1)
    post.attempt(one.delivery_id)
    post.settle(one.delivery_id, DeliveryState.DEFERRED, retry_at=START + LEASE)
    assert SentStore(post.desk.database).find_had(post.people[0].key, [DAY]) == set()
    post.desk.clock.turn(timedelta(hours=20))
    post.store.expire(now=post.desk.clock.now)
    assert one_mail(post, "state", "reason") == ("expired", "too late to be sent: 250 ok")


def test_a_reader_with_two_mails_gets_the_second_when_the_first_is_settled(post: Post) -> None:
    post.publish(NEXT, 3, 4)
    first = post.claim()
    assert [one.edition_on for one in first] == [DAY] * 3
    assert post.claim("two") == ()
    post.attempt(first[0].delivery_id)
    post.settle(first[0].delivery_id, DeliveryState.SENT)
    (second,) = post.claim("two")
    assert (second.edition_on, second.subscriber.key) == (NEXT, first[0].subscriber.key)


def test_senders_that_claim_at_the_same_moment_never_hold_two_mails_for_one_reader(any_database: Database) -> None:
    post = Post(any_database, subscribers=30)
    post.publish(NEXT, 3, 4)

    def claim_all(owner: str) -> list[str]:
        mine: list[str] = []
        while claimed := post.claim(owner, 3):
            mine += [one.subscriber.key for one in claimed]
        return mine

    with ThreadPoolExecutor(4) as threads:
        keys = [key for mine in threads.map(claim_all, "abcd") for key in mine]
    assert len(keys) == len(set(keys)) == 30


def test_what_another_sender_has_taken_over_is_not_attempted(any_database: Database) -> None:
    post, begun = Post(any_database, subscribers=60), 0
    with ThreadPoolExecutor(2) as threads:
        while ids := [one.delivery_id for one in post.claim("slow", 60)]:
            attempting = threads.submit(post.attempt, *ids, owner="slow")
            recovering = threads.submit(post.recover, "slow")
            begun += len(attempting.result())
            recovering.result()
            with any_database.read() as connection:
                rows = connection.execute(text("SELECT attempts, state, owner FROM deliveries")).all()
            assert not [row for row in rows if row.state == "attempting" and row.owner is None]
            assert sum(row.attempts for row in rows) == begun
            post.recover("slow")


def test_senders_that_stand_in_each_others_way_both_get_through(postgresql: str) -> None:
    with fresh_database(postgresql) as database:
        post, together = Post(database), Barrier(2, timeout=20)

        @tried_again
        def move(first: int, then: int) -> None:
            with database.write() as connection:
                for tried, which in enumerate((first, then)):
                    one_more = text("UPDATE deliveries SET attempts = attempts + 1 WHERE id = :which")
                    connection.execute(one_more, {"which": which})
                    if tried == 0 and not together.broken:
                        with suppress(BrokenBarrierError):
                            together.wait()
                        together.abort()

        with ThreadPoolExecutor(2) as threads:
            first, then, *_ = (one.delivery_id for one in post.claim())
            for moved in (threads.submit(move, first, then), threads.submit(move, then, first)):
                moved.result()
        with database.read() as connection:
            assert sorted(connection.scalars(text("SELECT attempts FROM deliveries"))) == [0, 2, 2]


def test_an_address_that_is_suppressed_gets_nothing_whatever_its_state_says(post: Post) -> None:
    ids = [one.delivery_id for one in post.claim()]
    post.desk.use.suppress(post.people[1].address, SuppressionReason.COMPLAINT, detail="")
    with post.desk.database.write() as connection:
        connection.execute(text("UPDATE subscribers SET state = 'confirmed'"))
    assert post.attempt(*ids) == {ids[0], ids[2]}
    counts = AudienceStore(post.desk.database).count(DAY)
    assert counts
    assert counts.excluded == {"suppressed": 1}


@pytest.mark.parametrize("way_back", ["release", "settle", "recover"])
def test_who_is_erased_while_a_mail_is_on_its_way_gets_no_other(post: Post, way_back: str) -> None:
    (one, *_) = post.claim(count=1)
    post.attempt(one.delivery_id)
    post.desk.use.erase(post.people[0].key)
    match way_back:
        case "release":
            post.store.release("one", [one.delivery_id])
        case "settle":
            post.settle(one.delivery_id, DeliveryState.DEFERRED, retry_at=START)
        case _:
            post.recover("one")
    assert one_mail(post, "state", "reason", "domain", "key", "taken") == ("excluded", "erased", "", None, None)
    assert len(post.claim("two")) == 2


def test_of_a_mail_that_reached_somebody_erased_meanwhile_no_word_is_kept(post: Post) -> None:
    (one, *_) = post.claim(count=1)
    post.attempt(one.delivery_id)
    post.desk.use.erase(post.people[0].key)
    post.settle(one.delivery_id, DeliveryState.SENT)
    assert one_mail(post, "state", "reason") == ("sent", "")


def test_what_was_left_behind_for_somebody_erased_stops_no_run(post: Post) -> None:
    with post.desk.database.write() as connection:
        connection.execute(text("UPDATE deliveries SET subscriber_id = NULL WHERE id <= 2"))
    assert len(post.claim(count=1)) == 1
    assert post.states() == ["excluded", "excluded", "claimed"]


def test_a_mail_that_cannot_be_made_waits_or_fails_and_keeps_its_reason(post: Post) -> None:
    one, two, _ = post.claim()
    post.store.postpone("one", one.delivery_id, "no template", until=START + LEASE)
    post.store.fail("one", two.delivery_id, "too long", now=START)
    post.store.fail("another", one.delivery_id, "not yours", now=START)
    assert post.states() == ["deferred", "failed", "claimed"]
    assert one_mail(post, "reason", "attempts", "owner") == ("no template", 0, None)
    post.desk.clock.turn(LEASE)
    assert [again.delivery_id for again in post.claim("two")] == [one.delivery_id]


def test_a_domain_is_left_alone_for_the_longest_that_was_asked(post: Post) -> None:
    post.store.back_off("example.org", until=START + timedelta(minutes=10))
    post.store.back_off("example.org", until=START + timedelta(seconds=1), failures=0)
    post.desk.clock.turn(timedelta(minutes=9))
    assert post.claim() == ()


def test_behind_many_mails_that_rest_all_others_are_found(any_database: Database) -> None:
    post = Post(any_database, subscribers=150)
    with any_database.write() as connection:
        connection.execute(text("UPDATE deliveries SET domain = 'big.example' WHERE id <= 120"))
        connection.execute(text("UPDATE deliveries SET domain = 'alone.example' WHERE id IN (125, 150)"))
        connection.execute(text("UPDATE deliveries SET state = 'deferred' WHERE id > 140"))
    post.store.back_off("big.example", until=START + LEASE)
    found = [one.delivery_id for _ in range(40) for one in post.claim("one", 4)]
    assert sorted(found) == list(range(121, 151))


def test_a_reader_sees_one_moment(any_database: Database) -> None:
    post = Post(any_database)
    with any_database.read() as connection:
        count = text("SELECT count(*) FROM deliveries")
        assert connection.scalar(count) == 3
        post.publish(NEXT, 4)
        assert connection.scalar(count) == 3
