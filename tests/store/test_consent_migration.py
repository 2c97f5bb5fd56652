from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import digest.store.migrations

if TYPE_CHECKING:
    from pathlib import Path

HAPPENED = {
    "ada": ("asked", "confirmed", "suppressed"),
    "bo": ("asked", "confirmed", "paused", "changed", "suppressed"),
    "cleo": ("asked", "confirmed", "unsubscribed", "suppressed"),
    "dan": ("asked", "suppressed"),
    "eve": ("imported", "unsubscribed", "resumed", "suppressed"),
    "fay": (),
}
SUBSCRIBER = text(
    "INSERT INTO subscribers (key, mailbox, address, domain, state, source, asked_at, frequency, weekday, hour, zone, "
    "preferences, bounces) VALUES (:name, :name, :name, 'example.org', 'suppressed', 'web', '2026-11-19', 'daily', 4, "
    "7, 'UTC', '{}', 0)"
)
EVENT = text(
    "INSERT INTO subscriber_events (subscriber_id, at, what, source) "
    "SELECT id, '2026-11-19', :what, 'web' FROM subscribers WHERE key = :name"
)


def test_who_was_suppressed_before_is_lifted_to_what_their_record_says(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'digest.db'}")
    config = Config()
    config.set_main_option("script_location", digest.store.migrations.__path__[0])
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for name, events in HAPPENED.items():
            connection.execute(SUBSCRIBER, {"name": name})
            for what in events:
                connection.execute(EVENT, {"name": name, "what": what})
        command.upgrade(config, "0005")
        states = {row.key: row.state_before for row in connection.execute(text("SELECT * FROM subscribers"))}
    engine.dispose()
    assert states == {
        "ada": "confirmed",
        "bo": "paused",
        "cleo": "unsubscribed",
        "dan": "unconfirmed",
        "eve": "confirmed",
        "fay": "unsubscribed",
    }


def test_letters_that_only_count_as_equal_are_told_apart_in_older_mailboxes_too(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'digest.db'}")
    config = Config()
    config.set_main_option("script_location", digest.store.migrations.__path__[0])
    folded = text("UPDATE subscribers SET address = :address, mailbox = :mailbox WHERE key = :name")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for name, address, mailbox in (("ada", "Ada@faß.de", "ada@fass.de"), ("bo", "Bo@fass.de", "bo@fass.de")):
            connection.execute(SUBSCRIBER, {"name": name})
            connection.execute(folded, {"name": name, "address": address, "mailbox": mailbox})
        command.upgrade(config, "0005")
        mailboxes = {row.key: row.mailbox for row in connection.execute(text("SELECT * FROM subscribers"))}
        keys = connection.execute(text("SELECT key FROM mailbox_keys")).scalars().all()
    engine.dispose()
    assert mailboxes == {"ada": "ada@faß.de", "bo": "bo@fass.de"}
    assert [len(key) >= 32 for key in keys] == [True]
