"""What the pages are made of: everything that `create_app` is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.links import Links
from digest.model.edition import Edition
from digest.model.subscriber import Preferences
from digest.preferences import PreferenceReader
from digest.render.pages import PageRenderer
from digest.store.editions import EditionStore
from digest.store.measured_days import MeasuredDayStore
from digest.store.own_record import OwnRecordStore
from digest.store.subscribers import SubscriberStore
from digest.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The pages' use cases, stores and words.

    `base_url` is where they are reached from outside. Offered is what the digest reads: `topics` are names by slug and
    `topic_areas` the area of each, `categories` names by code and `archives` names by the part of a code before its
    dot; of the second of each pair, what is missing is shown without a name of its own. `defaults` is what one gets who
    asks for nothing in particular.

    `show_edition` makes an edition a piece of a page (`PageRenderer.edition` of a selection), `show_delivery` the whole
    HTML of the mail behind a delivery's mark, or None; `notify` sends the notices that wait, and is called in a thread
    after the answer has gone out. `trusted_proxies` are the addresses, or networks such as `10.0.0.0/8`, of servers
    that stand before this one: only their X-Forwarded-For is believed.
    """

    title: str
    postal_address: str
    base_url: str
    subscriptions: Subscriptions
    subscribers: SubscriberStore
    own_records: OwnRecordStore
    reader: PreferenceReader
    topics: Mapping[str, str]
    categories: Mapping[str, str]
    defaults: Preferences
    editions: EditionStore
    measured_days: MeasuredDayStore
    links: Links
    clock: Callable[[], datetime]
    pages: PageRenderer
    show_edition: Callable[[Edition], str]
    show_delivery: Callable[[str], str | None]
    notify: Callable[[], None]
    topic_areas: Mapping[str, str] = field(default_factory=dict)
    archives: Mapping[str, str] = field(default_factory=dict)
    trusted_proxies: tuple[str, ...] = ()
