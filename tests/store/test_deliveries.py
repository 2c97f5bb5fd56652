from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from factories import make_paper
from factory_editions import make_edition, make_entry
from sqlalchemy import text
from subscribing import START, Desk

from digest.model.delivery import Attempt, Claimed, DeliveryState, Settled, Waiting
from digest.model.edition import Taken
from digest.model.subscriber import SuppressionReason
from digest.store.announcements import AnnouncementStore
from digest.store.audiences import AudienceStore
from digest.store.deliveries import DeliveryStore
from digest.store.editions import EditionStore
from digest.store.sent import SentStore

if TYPE_CHECKING:
    from digest.store.database import Database

DAY, NEXT = date(2026, 11, 19), date(2026, 11, 20)
LEASE = timedelta(minutes=15)


class Post:
    """A store with one edition and its audience, all due now."""

    def __init__(self, database: Database, *, subscribers: int = 3) -> None:
        self.desk = Desk(database)
        self.store = DeliveryStore(database)
        self.people = [self.desk.confirmed(f"reader{number}@example.org") for number in range(subscribers)]
        self.publish(DAY, 1, 2, 3)

    def publish(self, on: date, *ranks: int) -> None:
        entries = [make_entry(rank) for rank in ranks]
        papers = [make_paper(entry.card.paper_id) for entry in entries]
        AnnouncementStore(self.desk.database).save_details(papers, now=self.desk.clock.now)
        EditionStore(self.desk.database).save(make_edition(*entries, on=on), now=self.desk.clock.now)
        now = self.desk.clock.now
        AudienceStore(self.desk.database).freeze(on, due=lambda *_: (now, now + timedelta(hours=20)), now=now)

    def claim(self, owner: str = "one", count: int = 10) -> tuple[Claimed, ...]:
        now = self.desk.clock.now
        return self.store.claim(owner, count, now=now, lease_until=now + LEASE)

    def attempt(self, *ids: int, owner: str = "one", papers: tuple[str, ...] = ("2611.90001",)) -> set[int]:
        now = self.desk.clock.now
        attempts = [Attempt(one, f"key{one}", Taken(by_choice=papers), "everything") for one in ids]
        return self.store.attempt(owner, attempts, now=now, lease_until=now + LEASE)

    def settle(self, delivery_id: int, state: DeliveryState, owner: str = "one", **more: object) -> None:
        settled = Settled(delivery_id, state, "250 ok", **more)  # type: ignore[arg-type]
        self.store.settle(owner, [settled], now=self.desk.clock.now)

    def recover(self, *dead: str, resend: bool = True) -> dict[str, int]:
        return self.store.recover(dead, resend=resend, most_attempts=3, now=self.desk.clock.now)

    def states(self) -> list[str]:
        with self.desk.database.read() as connection:
            return list(connection.scalars(text("SELECT state FROM deliveries ORDER BY id")))


@pytest.fixture
def post(any_database: Database) -> Post:
    return Post(any_database)


def test_a_delivery_is_claimed_by_one_sender_only(post: Post) -> None:
    first, second = post.claim("one", 2), post.claim("two", 2)
    assert [one.subscriber.address for one in (*first, *second)] == [one.address for one in post.people]
    assert post.claim("three") == ()


def test_many_that_claim_at_the_same_moment_never_get_the_same(any_database: Database) -> None:
    post = Post(any_database, subscribers=40)

    def claim_all(owner: str) -> list[int]:
        mine: list[int] = []
        while claimed := post.claim(owner, 3):
            mine += [one.delivery_id for one in claimed]
        return mine

    with ThreadPoolExecutor(4) as threads:
        claimed = [one for ids in threads.map(claim_all, "abcd") for one in ids]
    assert len(claimed) == len(set(claimed)) == 40


def test_nothing_is_claimed_before_it_is_due_or_after_it_expired(post: Post) -> None:
    post.desk.clock.turn(timedelta(seconds=-1))
    assert post.claim() == ()
    post.desk.clock.turn(timedelta(hours=20, seconds=1))
    assert post.claim() == ()
    assert post.store.expire(now=post.desk.clock.now) == 3
    assert post.states() == ["expired"] * 3


def test_an_attempt_is_recorded_before_and_settled_after(post: Post) -> None:
    (one, *_) = post.claim()
    assert post.attempt(one.delivery_id) == {one.delivery_id}
    assert post.states() == ["attempting", "claimed", "claimed"]
    post.settle(one.delivery_id, DeliveryState.SENT)
    assert post.states()[0] == "sent"
    post.settle(one.delivery_id, DeliveryState.FAILED)
    assert post.states()[0] == "sent"


def test_another_sender_can_neither_attempt_nor_settle(post: Post) -> None:
    (one, *_) = post.claim("one")
    assert post.attempt(one.delivery_id, owner="two") == set()
    post.attempt(one.delivery_id)
    post.settle(one.delivery_id, DeliveryState.FAILED, owner="two")
    assert post.states()[0] == "attempting"


def test_who_leaves_or_is_suppressed_after_the_claim_gets_nothing(post: Post) -> None:
    ids = [one.delivery_id for one in post.claim()]
    post.desk.use.unsubscribe(post.people[0].key, source="one click")
    post.desk.use.suppress(post.people[1].address, SuppressionReason.COMPLAINT, detail="")
    assert post.attempt(*ids) == {ids[2]}
    assert post.states() == ["excluded", "excluded", "attempting"]
    counts = AudienceStore(post.desk.database).count(DAY)
    assert counts
    assert counts.excluded == {"unsubscribed": 1, "suppressed": 1}
    assert counts.adds_up


def test_who_is_erased_after_the_claim_gets_nothing(post: Post) -> None:
    ids = [one.delivery_id for one in post.claim()]
    post.desk.use.erase(post.people[0].key)
    assert post.attempt(*ids) == set(ids[1:])
    assert post.states()[0] == "excluded"


def test_what_is_given_back_can_be_claimed_again_with_no_attempt_used_up(post: Post) -> None:
    (one, two, _) = post.claim()
    post.attempt(one.delivery_id)
    post.store.release("one", [one.delivery_id, two.delivery_id])
    assert post.states() == ["pending", "pending", "claimed"]
    with post.desk.database.read() as connection:
        assert connection.scalar(text("SELECT sum(attempts) FROM deliveries")) == 0


def test_a_deferred_mail_is_due_later(post: Post) -> None:
    (one, *others) = post.claim()
    post.attempt(one.delivery_id)
    later = START + timedelta(minutes=15)
    post.settle(one.delivery_id, DeliveryState.DEFERRED, retry_at=later)
    post.store.release("one", [other.delivery_id for other in others])
    assert len(post.claim("two")) == 2
    post.desk.clock.turn(timedelta(minutes=15))
    assert [again.delivery_id for again in post.claim("three")] == [one.delivery_id]


def test_a_domain_that_asks_for_patience_is_left_alone(post: Post) -> None:
    post.store.back_off("example.org", until=START + timedelta(minutes=5))
    post.store.back_off("example.org", until=START + timedelta(minutes=10))
    assert post.store.find_failures("example.org") == 2
    assert post.claim() == ()
    post.desk.clock.turn(timedelta(minutes=10))
    assert len(post.claim()) == 3
    post.store.forget_failures(["example.org"])
    assert post.store.find_failures("example.org") == 0


def test_after_a_crash_claimed_is_pending_and_attempting_is_sent_once_more(post: Post) -> None:
    (one, *_) = post.claim("dead")
    post.attempt(one.delivery_id, owner="dead")
    assert post.store.find_owners() == ("dead",)
    assert post.recover("dead") == {"repeated": 1, "uncertain": 0, "claimed": 2}
    assert post.states() == ["pending"] * 3
    assert post.recover("dead") == {"repeated": 0, "uncertain": 0, "claimed": 0}


def test_the_operator_may_have_uncertain_mails_left_alone(post: Post) -> None:
    (one, *_) = post.claim("dead", 1)
    post.attempt(one.delivery_id, owner="dead")
    post.recover("dead", resend=False)
    assert post.states() == ["uncertain", "pending", "pending"]
    post.recover(resend=True)
    assert post.states() == ["uncertain", "pending", "pending"]


def test_a_mail_that_ends_uncertain_again_and_again_is_left_at_last(post: Post) -> None:
    for _ in range(3):
        (one,) = post.claim("dead", 1)
        post.attempt(one.delivery_id, owner="dead")
        post.recover("dead")
    assert post.states() == ["uncertain", "pending", "pending"]


def test_a_living_sender_keeps_what_it_holds_until_its_lease_runs_out(post: Post) -> None:
    post.claim("alive")
    assert post.recover("somebody else")["claimed"] == 0
    post.desk.clock.turn(LEASE)
    assert post.recover()["claimed"] == 3


def test_papers_that_a_subscriber_had_are_known_where_editions_repeat_them(post: Post) -> None:
    (one, two, _) = post.claim()
    post.attempt(one.delivery_id, papers=("2611.90001", "2611.90002"))
    post.settle(one.delivery_id, DeliveryState.SENT)
    post.attempt(two.delivery_id, papers=("2611.90001",))
    post.settle(two.delivery_id, DeliveryState.FAILED)
    sent = SentStore(post.desk.database)
    ada, bo = post.people[0].key, post.people[1].key
    assert EditionStore(post.desk.database).find_sharing(["2611.90002", "2611.90004"]) == {DAY}
    assert sent.find_had(ada, [DAY]) == {"2611.90001", "2611.90002"}
    assert sent.find_had(ada, [NEXT]) == set()
    assert sent.find_had(ada, [], and_after=DAY - timedelta(days=1)) == {"2611.90001", "2611.90002"}
    assert sent.find_had(ada, [], and_after=DAY) == set()
    assert sent.find_had(ada, [DAY], without=one.delivery_id) == set()
    assert sent.find_had(bo, [DAY]) == set()


def test_what_is_due_can_be_counted(post: Post) -> None:
    assert post.store.count_due(now=START) == 3
    post.store.exclude("one", post.claim("one", 1)[0].delivery_id, "nothing to show", now=START)
    assert post.store.count_due(now=START) == 2


def test_what_waits_for_its_time_is_not_counted_as_due(post: Post) -> None:
    one, other, _ = post.claim()
    post.attempt(one.delivery_id, other.delivery_id)
    later = START + timedelta(hours=1)
    post.settle(one.delivery_id, DeliveryState.DEFERRED, retry_at=later)
    post.settle(other.delivery_id, DeliveryState.SENT)
    post.recover("one")
    assert (post.store.count_due(now=START), post.store.find_waiting(now=START)) == (
        1,
        (Waiting(DeliveryState.DEFERRED, 1, later),),
    )
    until = START + timedelta(minutes=5)
    post.store.back_off("example.org", until=until)
    assert post.store.count_due(now=START) == 0
    assert post.store.find_waiting(now=START) == (
        Waiting(DeliveryState.PENDING, 1, until),
        Waiting(DeliveryState.DEFERRED, 1, later),
    )
    assert post.store.count_due(now=later) == 2
    assert post.store.count_due(now=START + timedelta(hours=20)) == 0, "too late by then"
