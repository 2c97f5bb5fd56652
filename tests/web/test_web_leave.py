"""Leaving, by the button and with one click of a mail program."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from mail_cases import SENDER
from web_desk import BASE, WebDesk, form_token

from digest.model.subscriber import NoticeKind, SubscriberEvent, SubscriberState
from digest.render.notice import NoticeLinks, NoticeRenderer, NoticeView
from digest.store.notices import NoticeStore

if TYPE_CHECKING:
    from digest.store.database import Database


@pytest.fixture
def web(database: Database) -> WebDesk:
    return WebDesk(database)


ADA = "ada@example.org"
ONE_CLICK = "List-Unsubscribe=One-Click"
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    "multipart/form-data; boundary=b",
)


def one_click(web: WebDesk, path: str, body: bytes, content_type: str, **more: Any) -> int:
    headers = {"content-type": content_type, "origin": "https://mail.example.com", "sec-fetch-site": "cross-site"}
    answer = web.client.post(path, content=body, headers=headers, **more)
    assert "set-cookie" not in answer.headers
    return answer.status_code


def test_opening_the_link_leaves_nothing_and_the_button_does(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    path = web.path("unsubscribe", ada)
    question = web.get(path)
    assert ADA in question.text
    assert web.desk.use.find(ADA).state is SubscriberState.CONFIRMED
    answer = web.post(path, {"form": form_token(question)})
    assert answer.status_code == 200
    assert "You have left" in answer.text
    assert web.desk.use.find(ADA).state is SubscriberState.UNSUBSCRIBED


def test_leaving_by_mistake_can_be_taken_back(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    left = web.post(web.path("unsubscribe", ada))
    undo = left.text.split('action="')[1].split('"')[0]
    assert undo.startswith("/subscriptions/resume/")
    assert web.client.post(undo, data={"form": form_token(left)}).status_code == 303
    assert web.desk.use.find(ADA).state is SubscriberState.CONFIRMED


def test_the_mail_that_says_goodbye_leads_to_the_way_back(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    web.desk.use.unsubscribe(ada.key, source="mail", notice=NoticeKind.UNSUBSCRIBED)
    page = web.get(link_in_mail(web))
    assert "You have left" in page.text
    way = page.text.split('action="')[1].split('"')[0]
    assert way.startswith("/subscriptions/resume/")
    assert "Come back" in page.text
    assert web.client.post(way, data={"form": form_token(page)}).status_code == 303
    assert web.desk.use.find(ADA).state is SubscriberState.CONFIRMED


def link_in_mail(web: WebDesk) -> str:
    """Where the button leads in the notice that waits."""
    store = NoticeStore(web.database)
    claimed = store.claim("test", now=web.desk.clock.now, lease_until=web.desk.clock.now + timedelta(minutes=5))
    assert claimed
    links = web.site.links.mail_links(claimed.subscriber.key, unsubscribe_mailto=SENDER.address, edition_path="/")
    view = NoticeView(
        sender=SENDER,
        links=NoticeLinks("", links.preferences, links.unsubscribe),
        command_address=SENDER.address,
        good_until=web.desk.clock.now.date(),
        paused_until=None,
        language="en",
    )
    mail = NoticeRenderer(ROOT / "templates").render(claimed.kind, view)
    button = re.search(r'href="([^"]+)"[^>]*>Take it back', mail.html)
    assert button
    assert button[1] in mail.text
    return button[1].removeprefix(BASE)


@pytest.mark.parametrize(("body", "kind"), [(ONE_CLICK.encode(), "application/x-www-form-urlencoded"), MULTIPART])
def test_one_click_from_anywhere_is_enough_however_often_and_however_old(web: WebDesk, body: bytes, kind: str) -> None:
    ada = web.desk.confirmed(ADA)
    path = web.path("unsubscribe", ada)
    web.desk.clock.turn(timedelta(days=3650))
    assert [one_click(web, path, body, kind) for _ in range(3)] == [200, 200, 200]
    assert web.desk.use.find(ADA).state is SubscriberState.UNSUBSCRIBED
    events = [(one.what, one.source) for one in web.desk.store.find_events(ada.key)]
    assert events[2:] == [(SubscriberEvent.UNSUBSCRIBED, "one-click")]


def test_one_click_is_no_error_for_who_is_gone_or_was_never_there(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    web.desk.use.erase(ada.key)
    for key in (ada.key, "never"):
        path = web.path("unsubscribe", key)
        assert one_click(web, path, ONE_CLICK.encode(), "application/x-www-form-urlencoded") == 200


def test_one_click_needs_the_signature(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    forged = f"/subscriptions/unsubscribe/{web.site.links.sign('preferences', ada.key)}"
    assert one_click(web, forged, ONE_CLICK.encode(), "application/x-www-form-urlencoded") == 404
    assert web.desk.use.find(ADA).state is SubscriberState.CONFIRMED


def test_who_never_confirmed_can_leave_and_is_offered_no_way_back(web: WebDesk) -> None:
    web.desk.ask(ADA)
    left = web.post(web.path("unsubscribe", web.desk.use.find(ADA)))
    assert left.status_code == 200
    assert "Take it back" not in left.text
