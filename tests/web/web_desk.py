"""A whole site over a real store, and a reader's browser without a screen."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conftest import ROOT
from factories import make_paper
from mail_cases import CASES, LINKS, SENDER, renderer
from starlette.testclient import TestClient
from subscribing import Desk

from digest.catalogue import check_categories, load_areas, load_categories, load_topics
from digest.edition.compose import compose
from digest.edition.wanted import WantedIndex
from digest.links import Links
from digest.model.subscriber import Preferences
from digest.preferences import PreferenceReader
from digest.render.pages import PageRenderer
from digest.store.announcements import AnnouncementStore
from digest.store.editions import EditionStore
from digest.store.measured_days import MeasuredDayStore
from digest.store.own_record import OwnRecordStore
from digest.subscriptions import name_question
from digest.web.app import create_app
from digest.web.choices import topic_areas
from digest.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from httpx2 import Response

    from digest.model.edition import Edition
    from digest.model.subscriber import Subscriber
    from digest.store.database import Database

BASE = "https://digest.example.org"
FROM_OUR_PAGE = {"sec-fetch-site": "same-origin"}
PAGES = PageRenderer(ROOT / "templates")
SENT_MAIL = "the-mail-that-was-sent"


@dataclass
class WebDesk:
    """The pages over a store, and a look at what they left there."""

    database: Database
    changes: dict[str, Any] = field(default_factory=dict)
    notified: int = 0

    def __post_init__(self) -> None:
        self.desk = Desk(self.database)
        self.editions = EditionStore(self.database)

    @cached_property
    def site(self) -> Site:
        base_url = self.changes.get("base_url", BASE)
        categories = load_categories()
        topics = load_topics(None)
        names = {rule.slug: rule.name for rule in topics}
        archives = tomllib.loads((ROOT / "config" / "categories.toml").read_text(encoding="utf-8"))
        site = Site(
            title="The Daily Preprint",
            postal_address="Example Lab, 1 Main Street, 8000 Zürich",
            base_url=base_url,
            subscriptions=self.desk.use,
            subscribers=self.desk.store,
            own_records=OwnRecordStore(self.database),
            measured_days=MeasuredDayStore(self.database),
            reader=PreferenceReader(names, lambda codes: check_categories(codes, categories)),
            topics=names,
            topic_areas=topic_areas(topics, load_areas(None)),
            categories={code: category.name for code, category in categories.items()},
            archives={code: archive["name"] for code, archive in archives.items()},
            defaults=Preferences(papers=20),
            editions=self.editions,
            links=Links(base_url, ["a secret"]),
            clock=self.desk.clock,
            pages=PAGES,
            show_edition=show_edition,
            show_delivery=lambda mark: sent_mail() if mark == SENT_MAIL else None,
            notify=self.notify,
        )
        return replace(site, **self.changes)

    @cached_property
    def app(self) -> FastAPI:
        return create_app(self.site)

    @cached_property
    def client(self) -> TestClient:
        return TestClient(self.app, base_url=BASE, follow_redirects=False)

    def notify(self) -> None:
        self.notified += 1

    def publish(self, *editions: Edition) -> None:
        for edition in editions:
            papers = [make_paper(one.card.paper_id) for one in edition.entries]
            AnnouncementStore(self.database).save_details(papers, now=self.desk.clock.now)
            self.editions.save(edition, now=self.desk.clock.now)

    def get(self, path: str, **more: Any) -> Response:
        return self.client.get(path, **more)

    def post(self, path: str, fields: Mapping[str, Any] | None = None, **more: Any) -> Response:
        """Sends a form as a browser does that is on one of our pages."""
        return self.client.post(path, data=dict(fields or {}), headers=FROM_OUR_PAGE | more.pop("headers", {}), **more)

    def subscribe(self, address: str = "ada@example.org", **fields: Any) -> Response:
        return self.post("/subscribe", {"form": form_token(self.get("/subscribe")), "address": address} | fields)

    def path(self, page: str, subscriber: Subscriber | str, purpose: str = "") -> str:
        key = subscriber if isinstance(subscriber, str) else subscriber.key
        return f"/subscriptions/{page}/{self.site.links.sign(purpose or page, key)}"

    def path_for_now(self, page: str, subscriber: Subscriber, *, seconds: int = 3600, purpose: str = "") -> str:
        return self._path_for_now(page, purpose or page, subscriber.key, seconds)

    def confirm_path(self, address: str, *, seconds: int = 3600) -> str:
        """Where the last link leads that went to the address."""
        question = name_question(self.desk.use.find(address).key, self.desk.question(address))
        return self._path_for_now("confirm", "confirm", question, seconds)

    def _path_for_now(self, page: str, purpose: str, value: str, seconds: int) -> str:
        expires_at = self.desk.clock.now + timedelta(seconds=seconds)
        return f"/subscriptions/{page}/{self.site.links.sign_until(purpose, value, expires_at=expires_at)}"


def show_edition(edition: Edition) -> str:
    index = WantedIndex(edition.entries, {})
    return PAGES.edition(compose(edition, Preferences(), index, per_topic=6))


def sent_mail() -> str:
    return renderer().render(CASES["typical"](), links=LINKS, sender=SENDER).html


def form_token(response: Response) -> str:
    """The token in a page's first form."""
    found = re.search(r'name="form" value="([^"]+)"', response.text)
    assert found
    return found[1]


def told(response: Response, name: str) -> str:
    """The problem beside a field, found the way that a screen reader does."""
    field = re.search(rf'<(?:input|select|textarea|fieldset)[^>]*id="{name}"[^>]*>', response.text)
    assert field, name
    assert 'aria-invalid="true"' in field[0]
    found = re.search(r'aria-describedby="([^"]+)"', field[0])
    assert found
    texts = [re.search(rf'id="{one}">([^<]+)<', response.text) for one in found[1].split()]
    return " ".join(text[1] for text in texts if text)
