"""The tables of subscribers and of the mail to them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from digest.store.schema import UtcDateTime, metadata

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("mailbox", String(320), nullable=False, unique=True),
    Column("address", String(320), nullable=False),
    Column("domain", String(255), nullable=False),
    Column("state", String(20), nullable=False),
    Column("source", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("paused_until", Date),
    Column("frequency", String(20), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("preferences", JSON, nullable=False),
    # Transient bounces since a mail last got through.
    Column("bounces", Integer, nullable=False),
    # What lifting a suppression brings back.
    Column("state_before", String(20)),
    Index("ix_subscribers_state", "state", "id"),
)

# What a subscriber agreed to, and when: the proof of consent, and their own record.
subscriber_events = Table(
    "subscriber_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("what", String(20), nullable=False),
    Column("source", Text, nullable=False),
)

# What mailboxes are hashed with. It is not the secret that signs links: that one changes, and erased people must still
# be known then.
mailbox_keys = Table(
    "mailbox_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
)

# Addresses that get no mail. Of an erased person only the keyed hash is left.
suppressions = Table(
    "suppressions",
    metadata,
    Column("mailbox_hash", String(64), primary_key=True),
    Column("mailbox", String(320), index=True),
    Column("reason", String(20), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("detail", Text, nullable=False),
)

# What was asked for on the pages and is not worked off yet: one row a question, whoever it is about.
questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", String(320), nullable=False),
    Column("wishes", JSON, nullable=False),
    Column("source", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
)

# When a mail of an edition is due under each schedule that subscribers have.
due_times = Table(
    "due_times",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("frequency", String(20), primary_key=True),
    Column("weekday", Integer, primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("zone", String(64), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

audiences = Table(
    "audiences",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("frozen_at", UtcDateTime, nullable=False),
    Column("candidates", Integer, nullable=False),
    Column("queued", Integer, nullable=False),
    Column("excluded", JSON, nullable=False),
    # Deliveries that were dropped long after, by state and reason, so that the sums stay right.
    Column("dropped", JSON),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    # Empty once the person was erased: the edition's sums stay right.
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="SET NULL"), index=True),
    # The day of the oldest edition that this mail draws on, when it joins several.
    Column("first_on", Date, nullable=False),
    Column("domain", String(255), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    # Whether an earlier attempt may have arrived, though nobody said so.
    Column("in_doubt", Boolean, nullable=False, server_default=false()),
    Column("owner", String(64)),
    Column("lease_until", UtcDateTime),
    # What was sent: enough to make the same mail again.
    Column("key", String(24), index=True),
    Column("taken", JSON),
    Column("chosen_by", Text),
    Column("attempted_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("edition_id", "subscriber_id"),
    Index("ix_deliveries_state", "state", "due_at", "id"),
    # The mail of a domain that is left alone stands together in it, and is stepped over at once.
    Index("ix_deliveries_domain", "state", "due_at", "domain", "id"),
)

# Mails about a subscription itself, such as the one that asks for confirmation.
notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", String(64)),
    Column("lease_until", UtcDateTime),
    # What stands in its return path and Message-ID.
    Column("key", String(24), index=True),
    # What a question asks for and where it came from, until it is answered.
    Column("wishes", JSON(none_as_null=True)),
    Column("source", Text),
    Index("ix_notices_state", "state", "due_at", "id"),
)

# Domains whose servers asked us to come back later.
backoffs = Table(
    "backoffs",
    metadata,
    Column("domain", String(255), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
)

# Why nothing at all is sent for a while.
stops = Table(
    "stops",
    metadata,
    Column("why", String(20), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("answer", Text, nullable=False),
)

# How often something was done lately, such as asking for mail to one address.
tallies = Table(
    "tallies",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("number", Integer, nullable=False),
)

# Reports and commands that came in by mail, so that the same one counts once.
incoming = Table(
    "incoming",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("last_run_at", UtcDateTime, nullable=False),
    Column("problem", Text, nullable=False),
)
