"""Asking for the digest, and confirming it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fastapi import APIRouter, BackgroundTasks, Response

from digest.addresses import read_address
from digest.errors import InputError
from digest.model.subscriber import Preferences, Schedule, Subscriber, SubscriberState
from digest.subscriptions import TooOftenError, read_question
from digest.web.forms import Action, Form, SentForm, is_signed
from digest.web.visit import Here, PageError, Visit
from digest.web.wishes import BEFORE_CONFIRMING, WishForm, filled_in, read_wishes, sent_again

router = APIRouter()
_SHOW = ["GET", "HEAD"]
_ASK = "/subscribe"
_ASKED = "/subscribe/check-your-inbox"
# A field that people don't see, and that programs fill in.
_TRAP = "website"
_TOO_OFTEN = "Too many questions came from your network. Try again in an hour."


@dataclass(frozen=True, slots=True)
class SubscribePage:
    """The form: what was typed, what is wrong with it, by field, and whether the preferences are folded out."""

    action: Action
    wishes: WishForm
    address: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """The question whether the digest shall come to an address, and what would come."""

    address: str
    action: Action
    wishes: Preferences


@dataclass(frozen=True, slots=True)
class ConfirmedPage:
    """Who gets the digest now, when, whether it rests, and where that can be changed."""

    address: str
    schedule: Schedule
    is_paused: bool
    preferences: str


@router.api_route(_ASK, methods=_SHOW)
def form(visit: Here) -> Response:
    """The form to ask for the digest."""
    return visit.page("subscribe", SubscribePage(visit.action(_ASK), _empty(visit)))


@router.post(_ASK)
def ask(visit: Here, form: SentForm, background: BackgroundTasks) -> Response:
    """Takes a question; the answer is the same whether the address is known or not."""
    visit.check(form, _ASK)
    problems, preferences = _read_form(visit, form)
    if problems or preferences is None:
        return _again(visit, form, problems, status=422)
    if not form.text(_TRAP):
        try:
            visit.site.subscriptions.admit(visit.network or "unknown")
        except TooOftenError:
            return _again(visit, form, {"address": _TOO_OFTEN}, status=429)
        # What differs between known and unknown addresses happens after the answer, which so tells nothing by its time.
        # Before it the question is written down, in one row whoever it is about, so that no restart loses it.
        visit.site.subscriptions.write_down(form.text("address"), preferences, source="web")
        background.add_task(visit.web.later.work_off)
    return visit.see(_ASKED)


@router.api_route(_ASKED, methods=_SHOW)
def asked(visit: Here) -> Response:
    """What happens next."""
    return visit.page("asked")


@router.api_route("/subscriptions/confirm/{token}", methods=_SHOW)
def question(visit: Here, token: str) -> Response:
    """The button that confirms: opening the link alone does nothing, because programs open links too."""
    key, asked = _read(visit, token)
    subscriber = visit.subscriber(key)
    if subscriber.state in (SubscriberState.CONFIRMED, SubscriberState.PAUSED):
        return visit.page("confirmed", _confirmed(visit, subscriber))
    found = visit.site.subscribers.find_question(key, asked)
    if found is None:
        raise _no_longer_good()
    names = visit.site.topics
    wishes = replace(found.wishes, topics=tuple(names.get(slug, slug) for slug in found.wishes.topics))
    view = ConfirmPage(subscriber.address, visit.action(f"/subscriptions/confirm/{token}"), wishes)
    return visit.page("confirm", view)


@router.post("/subscriptions/confirm/{token}")
def confirm(visit: Here, token: str, form: SentForm) -> Response:
    """Confirms; doing it again changes nothing."""
    key, asked = _read(visit, token)
    visit.check(form, f"/subscriptions/confirm/{token}")
    visit.subscriber(key)
    try:
        subscriber = visit.site.subscriptions.confirm(key, asked, source="web")
    except InputError as error:
        raise _no_longer_good() from error
    return visit.page("confirmed", _confirmed(visit, subscriber))


def _read(visit: Visit, token: str) -> tuple[str, int]:
    """The subscriber's key and the question in a token; PageError for one that is no longer good."""
    name = visit.key_for_now("confirm", token)
    try:
        return read_question(name)
    except InputError as error:
        raise _no_longer_good() from error


def _no_longer_good() -> PageError:
    return PageError(
        410, "This link is no longer good", "You left, or the address was closed, after it was sent. You can ask "
        "for the digest anew.", offers_digest=True,
    )  # fmt: skip


def _confirmed(visit: Visit, subscriber: Subscriber) -> ConfirmedPage:
    token = visit.site.links.sign("preferences", subscriber.key)
    path = f"{visit.web.prefix}/subscriptions/preferences/{token}"
    is_paused = subscriber.state is SubscriberState.PAUSED
    return ConfirmedPage(subscriber.address, subscriber.preferences.schedule, is_paused, path)


def _empty(visit: Visit) -> WishForm:
    return filled_in(visit.site.defaults, visit.site, visit.web.choices)


def _read_form(visit: Visit, form: Form) -> tuple[dict[str, str], Preferences | None]:
    problems = _address_problems(form.text("address"))
    if not is_signed(form, visit.site.links, _ASK, now=visit.site.clock()):
        problems["form"] = "This page lay open for more than a day. Press the button once more."
    read = read_wishes(form, visit.site, base=visit.site.defaults, allowed=BEFORE_CONFIRMING)
    if isinstance(read, dict):
        return problems | read, None
    return problems, read


def _address_problems(text: str) -> dict[str, str]:
    if not text.strip():
        return {"address": "Type the address that the digest shall come to."}
    try:
        read_address(text)
    except InputError as error:
        return {"address": f"{error.__cause__ or error} Write it like reader@example.org."}
    return {}


def _again(visit: Visit, form: Form, problems: Mapping[str, str], *, status: int) -> Response:
    empty = _empty(visit)
    view = SubscribePage(
        visit.action(_ASK),
        sent_again(form, empty, problems),
        address=form.text("address"),
        problems=problems,
        is_open=any(name in problems for name in BEFORE_CONFIRMING),
    )
    return visit.page("subscribe", view, status=status)
