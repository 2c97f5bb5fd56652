"""A subscriber's own page: what they get, when they get it, and a pause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from fastapi import APIRouter, Response

from digest.errors import InputError
from digest.model.subscriber import Subscriber, SubscriberState
from digest.web.forms import Action, SentForm
from digest.web.visit import Here, PageError, Visit
from digest.web.wishes import WishForm, filled_in, read_wishes, sent_again, still_there

router = APIRouter()
_SHOW = ["GET", "HEAD"]
_DONE = {
    "saved": "Saved. It counts from the next mail on.",
    "paused": "Paused. Nothing comes until then.",
    "resumed": "The digest comes to you again.",
    "link": "We have sent a link to your address. It is good for an hour.",
}


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the forms of the page go, and the address of the page that lets one leave."""

    save: Action
    pause: Action
    resume: Action
    own_data: Action
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    """A subscriber's preferences, the ways to act on them, and what was just `done`, if anything."""

    subscriber: Subscriber
    wishes: WishForm
    ways: Ways
    tomorrow: date
    done: str = ""
    until: date | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_resume(self) -> bool:
        """Whether mail could come again."""
        return can_resume(self.subscriber)

    @property
    def is_running(self) -> bool:
        """Whether mail comes."""
        return self.subscriber.state is SubscriberState.CONFIRMED


def can_resume(subscriber: Subscriber) -> bool:
    """Whether somebody who gets no mail can have it again without being asked to confirm."""
    resting = (SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED)
    return subscriber.confirmed_at is not None and subscriber.state in resting


@router.api_route("/subscriptions/preferences/{token}", methods=_SHOW)
def preferences(visit: Here, token: str, done: str = "") -> Response:
    """All that a subscriber chose."""
    subscriber = visit.subscriber(visit.key("preferences", token))
    wishes = filled_in(subscriber.preferences, visit.site, visit.web.choices)
    return _page(visit, token, subscriber, wishes, done=_DONE.get(done, ""))


@router.post("/subscriptions/preferences/{token}")
def save(visit: Here, token: str, form: SentForm) -> Response:
    """Saves what was chosen."""
    subscriber = _acting(visit, "preferences", token, form)
    read = read_wishes(form, visit.site.reader, base=still_there(subscriber.preferences, visit.site))
    if isinstance(read, dict):
        before = filled_in(subscriber.preferences, visit.site, visit.web.choices)
        return _page(visit, token, subscriber, sent_again(form, before, read), problems=read, status=422)
    visit.site.subscriptions.change(subscriber.key, read, source="web")
    return visit.see(_own_page(token, "saved"))


@router.post("/subscriptions/pause/{token}")
def pause(visit: Here, token: str, form: SentForm) -> Response:
    """Sends nothing until a day, or until told otherwise."""
    subscriber = _acting(visit, "pause", token, form)
    until = None
    try:
        until = _read_day(form.text("until").strip())
        visit.site.subscriptions.pause(subscriber.key, until, source="web")
    except InputError as error:
        wishes = filled_in(subscriber.preferences, visit.site, visit.web.choices)
        return _page(visit, token, subscriber, wishes, problems={"until": str(error)}, until=until, status=422)
    return visit.see(_own_page(token, "paused"))


@router.post("/subscriptions/resume/{token}")
def resume(visit: Here, token: str, form: SentForm) -> Response:
    """Sends the digest again after a pause, or after leaving by mistake."""
    subscriber = _acting(visit, "resume", token, form)
    try:
        visit.site.subscriptions.resume(subscriber.key, source="web")
    except InputError as error:
        raise PageError(
            409, "This subscription can’t be taken up again", "Ask for the digest once more.", offers_digest=True
        ) from error
    return visit.see(_own_page(token, "resumed"))


def _acting(visit: Visit, what: str, token: str, form: SentForm) -> Subscriber:
    """Who acts with a form of the page."""
    key = visit.key("preferences", token)
    visit.check(form, f"/subscriptions/{what}/{token}")
    return visit.subscriber(key)


def _own_page(token: str, done: str) -> str:
    return f"/subscriptions/preferences/{token}?done={done}"


def _page(  # noqa: PLR0913 - what the page shows
    visit: Visit,
    token: str,
    subscriber: Subscriber,
    wishes: WishForm,
    *,
    done: str = "",
    until: date | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    leaving = visit.site.links.sign("unsubscribe", subscriber.key)
    view = PreferencesPage(
        subscriber=subscriber,
        wishes=wishes,
        ways=Ways(
            save=visit.action(f"/subscriptions/preferences/{token}"),
            pause=visit.action(f"/subscriptions/pause/{token}"),
            resume=visit.action(f"/subscriptions/resume/{token}"),
            own_data=visit.action(f"/subscriptions/data-link/{token}"),
            unsubscribe=f"{visit.web.prefix}/subscriptions/unsubscribe/{leaving}",
        ),
        tomorrow=visit.site.clock().date() + timedelta(days=1),
        done=done,
        until=until,
        problems=problems or {},
    )
    return visit.page("preferences", view, status=status)


def _read_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"'{text}' is no date. Write it like 2026-12-24.") from error
