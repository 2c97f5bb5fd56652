"""The sender is killed again and again: nobody is lost, and a kill repeats at most one mail a connection."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

import pytest
from factories import make_paper
from factory_editions import make_edition, make_entry
from smtp_servers import Inbox, receiving

from digest.addresses import read_address
from digest.model.subscriber import Preferences, Schedule, Subscriber, SubscriberEvent, SubscriberState
from digest.store.announcements import AnnouncementStore
from digest.store.database import open_database
from digest.store.editions import EditionStore
from digest.store.subscribers import SubscriberStore

if TYPE_CHECKING:
    from person import Person

pytestmark = pytest.mark.enable_socket

SUBSCRIBERS, KILLS, CONNECTIONS = 2000, 50, 8


def prepare(person: Person, port: int, subscribers: int) -> None:
    """A store with an edition that is due to everybody, and settings that lead to the server."""
    now = datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    database = open_database(f"sqlite:///{person.home / 'var' / 'digest.db'}")
    entries = [make_entry(rank) for rank in range(1, 4)]
    AnnouncementStore(database).save_details([make_paper(one.card.paper_id) for one in entries], now=now)
    edition = make_edition(*entries, on=now.date())
    EditionStore(database).save(edition, now=hour - timedelta(seconds=1))
    preferences = Preferences(schedule=Schedule(hour=hour.hour))
    added = []
    for number in range(subscribers):
        address = read_address(f"reader{number}@domain{number % 40}.example.org")
        state = SubscriberState.CONFIRMED
        one = Subscriber(f"key{number}", address.address, state, preferences, "test", now, confirmed_at=now)
        added.append((one, address))
    SubscriberStore(database).add_many(added, event=SubscriberEvent.IMPORTED)
    database.close()
    settings = {"TRANSPORT": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_SECURITY": "none"}
    settings |= {"FROM": "digest@preprints.example", "CONNECTIONS": str(CONNECTIONS)}
    person.environment |= {f"DIGEST_MAIL__{name}": value for name, value in settings.items()}


def start(person: Person) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(person.command), "send", "--json"],
        cwd=person.home,
        env={"PATH": os.environ["PATH"], **person.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def received(inbox: Inbox) -> dict[str, list[str]]:
    """The Message-IDs that came to each recipient."""
    found = defaultdict(list)
    for mail in inbox.mails:
        found[mail.recipients[0]].append(BytesHeaderParser().parsebytes(mail.content)["Message-ID"])
    return found


def test_fifty_kills_lose_nobody_and_repeat_at_most_one_mail_a_connection_and_kill(person: Person) -> None:
    inbox, kills = Inbox(seconds_to_take=0.05), 0
    chance = random.Random(20261119)
    with receiving(inbox) as port:
        prepare(person, port, SUBSCRIBERS)
        while kills < KILLS:
            before = len(inbox.mails)
            running = start(person)
            while len(inbox.mails) == before and running.poll() is None:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.25))
            running.send_signal(signal.SIGKILL)
            running.communicate()
            kills += 1
        last = start(person)
        told, problems = last.communicate(timeout=300)
    assert last.returncode == 0, problems
    mails = received(inbox)
    assert len(mails) == SUBSCRIBERS
    assert all(len(set(identities)) == 1 for identities in mails.values())
    repeated = sum(len(identities) - 1 for identities in mails.values())
    assert repeated <= CONNECTIONS * KILLS
    (counts,) = json.loads(told)["counts"]
    assert counts["states"] == {"sent": SUBSCRIBERS}
    print(f"{repeated} mails came twice after {KILLS} kills with {CONNECTIONS} connections")


def test_two_senders_at_once_send_nothing_twice(person: Person) -> None:
    inbox = Inbox()
    with receiving(inbox) as port:
        prepare(person, port, 400)
        both = [start(person), start(person)]
        ends = [running.communicate(timeout=120) for running in both]
    assert [running.returncode for running in both] == [0, 0], ends
    assert Counter(map(len, received(inbox).values())) == {1: 400}


def test_a_sender_that_is_told_to_end_drains_and_leaves_the_rest_for_the_next(person: Person) -> None:
    inbox = Inbox(seconds_to_take=0.05)
    with receiving(inbox) as port:
        prepare(person, port, 600)
        running = start(person)
        while len(inbox.mails) < 50:
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        told, _ = running.communicate(timeout=60)
        report = json.loads(told)
        assert report["stopped_by"] == "signal"
        assert report["handed_over"] == len(inbox.mails) < 600
        (counts,) = report["counts"]
        assert set(counts["states"]) == {"sent", "pending"}
        last = start(person)
        last.communicate(timeout=120)
    assert Counter(map(len, received(inbox).values())) == {1: 600}
