"""A subscriber's own page: what they get, when they get it, and a pause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from fastapi import APIRouter, Response

from digest.errors import InputError
from digest.model.subscriber import Subscriber, SubscriberState
from digest.subscriptions import can_resume
from digest.web.forms import Action, SentForm
from digest.web.visit import Here, PageError, Visit
from digest.web.wishes import WishForm, filled_in, read_wishes, sent_again, still_there

router = APIRouter()
_SHOW = ["GET", "HEAD"]
_DONE = {
    "saved": "Saved. It counts from the next mail on.",
    "paused": "Paused. What you changed on this page is saved, too.",
    "resumed": "The digest comes to you again.",
    "link": "We have sent a link to your address. It is good for an hour.",
}


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the forms of the page go, and the address of the page that lets one leave."""

    save: Action
    resume: Action
    own_record: Action
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


@router.api_route("/subscriptions/preferences/{token}", methods=_SHOW)
def preferences(visit: Here, token: str, done: str = "") -> Response:
    """All that a subscriber chose."""
    subscriber = visit.subscriber(visit.key("preferences", token))
    wishes = filled_in(subscriber.preferences, visit.site, visit.web.choices)
    return _page(visit, token, subscriber, wishes, done=_DONE.get(done, ""))


@router.post("/subscriptions/preferences/{token}")
def save(visit: Here, token: str, form: SentForm) -> Response:
    """Saves what was chosen, and with the other button of the form makes a pause as well, until a day or for good."""
    subscriber = _acting(visit, "preferences", token, form)
    read = read_wishes(form, visit.site, base=still_there(subscriber.preferences, visit.site))
    is_pause = form.text("do") == "pause"
    until, problems = _read_until(visit, form) if is_pause else (None, {})
    if isinstance(read, dict) or problems:
        problems = (read if isinstance(read, dict) else {}) | problems
        before = filled_in(subscriber.preferences, visit.site, visit.web.choices)
        wishes = sent_again(form, before, problems)
        return _page(visit, token, subscriber, wishes, problems=problems, until=until, status=422)
    if is_pause:
        visit.site.subscriptions.pause(subscriber.key, until, source="web")
    visit.site.subscriptions.change(subscriber.key, read, source="web")
    return visit.see(_own_page(token, "paused" if is_pause else "saved"))


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
            resume=visit.action(f"/subscriptions/resume/{token}"),
            own_record=visit.action(f"/subscriptions/record-link/{token}"),
            unsubscribe=f"{visit.web.prefix}/subscriptions/unsubscribe/{leaving}",
        ),
        tomorrow=visit.site.clock().date() + timedelta(days=1),
        done=done,
        until=until,
        problems=problems or {},
    )
    return visit.page("preferences", view, status=status)


def _read_until(visit: Visit, form: SentForm) -> tuple[date | None, dict[str, str]]:
    """The day until which a pause shall last, or what is wrong with it."""
    text = form.text("until").strip()
    if not text:
        return None, {}
    try:
        until = date.fromisoformat(text)
    except ValueError:
        return None, {"until": f"'{text}' is no date. Write it like 2026-12-24."}
    if until <= visit.site.clock().date():
        return until, {"until": f"Pausing until {until}: that is not in the future. Choose a later day."}
    return until, {}
