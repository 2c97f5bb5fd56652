"""Leaving: with a button on a page, or with one click in the mail program (RFC 8058)."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response

from digest.model.subscriber import Subscriber
from digest.subscriptions import can_resume
from digest.web.forms import Action, Form, SentForm
from digest.web.visit import Here, Visit

router = APIRouter()
_SHOW = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True)
class LeavePage:
    """The button that ends a subscription, and the address of the page with other ways."""

    address: str
    action: Action
    preferences: str


@dataclass(frozen=True, slots=True)
class LeftPage:
    """What is said to somebody who has left; `undo` brings the digest back where that is possible."""

    undo: Action | None


@router.api_route("/subscriptions/unsubscribe/{token}", methods=_SHOW)
def question(visit: Here, token: str) -> Response:
    """The button that unsubscribes: opening the link alone does nothing, because programs open links too."""
    subscriber = visit.subscriber(visit.key("unsubscribe", token))
    own = visit.site.links.sign("preferences", subscriber.key)
    view = LeavePage(
        subscriber.address,
        visit.action(f"/subscriptions/unsubscribe/{token}"),
        f"{visit.web.prefix}/subscriptions/preferences/{own}",
    )
    return visit.page("unsubscribe", view)


@router.post("/subscriptions/unsubscribe/{token}")
def unsubscribe(visit: Here, token: str, form: SentForm) -> Response:
    """Unsubscribes, however old the link is and however often; who is gone already is no error."""
    key = visit.key("unsubscribe", token)
    if _is_one_click(form):
        visit.site.subscriptions.unsubscribe(key, source="one-click")
    else:
        visit.check(form, f"/subscriptions/unsubscribe/{token}")
        visit.site.subscriptions.unsubscribe(key, source="web")
    return visit.page("unsubscribed", LeftPage(_undo(visit, visit.site.subscribers.find(key))))


def _is_one_click(form: Form) -> bool:
    """Mail programs send it from anywhere, without cookies; the signature in the address says whom it is about."""
    return form.text("List-Unsubscribe").strip().lower() == "one-click"


def _undo(visit: Visit, subscriber: Subscriber | None) -> Action | None:
    if subscriber is None or not can_resume(subscriber):
        return None
    own = visit.site.links.sign("preferences", subscriber.key)
    return visit.action(f"/subscriptions/resume/{own}")
