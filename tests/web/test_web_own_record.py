"""What is stored about a subscriber: seen, taken along, erased."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from web_desk import WebDesk

from digest.model.subscriber import NoticeKind, Preferences

if TYPE_CHECKING:
    from digest.store.database import Database


@pytest.fixture
def web(database: Database) -> WebDesk:
    return WebDesk(database)


ADA = "ada@example.org"


def test_the_link_to_what_is_stored_goes_to_the_address_alone(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    answer = web.post(web.path("record-link", ada, "preferences"))
    assert answer.status_code == 303
    assert "We have sent a link to your address" in web.get(answer.headers["location"]).text
    assert web.desk.take_notices() == [(NoticeKind.SIGN_IN, ADA)]
    assert web.notified == 1
    assert web.get(web.path("record", ada, "preferences")).status_code == 404


def test_everything_that_is_stored_is_shown_and_can_be_taken_along(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA, Preferences(keywords=("scaling <law>",), followed_authors=("Doe, Jane",)))
    page = web.get(web.path_for_now("record", ada))
    for stored in (
        ADA,
        "scaling &lt;law&gt;",
        "Doe, Jane",
        ada.key,
        "asked",
        "confirmed",
        "question whether you want it: sent",
    ):
        assert stored in page.text
    assert "every edition, at 07:00 (UTC)" in page.text
    assert "Friday" not in page.text
    file = web.get(f"{web.path_for_now('record', ada)}.json")
    assert file.headers["content-disposition"].startswith("attachment")
    told = file.json()
    assert told["subscriber"]["address"] == ADA
    assert told["subscriber"]["preferences"]["keywords"] == ["scaling <law>"]
    assert [one["what"] for one in told["events"]] == ["asked", "confirmed"]
    assert [one["what"] for one in told["mails"]] == ["confirm"]


def test_the_link_is_good_for_an_hour(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    path, erase = web.path_for_now("record", ada), web.path_for_now("erase", ada, purpose="record")
    web.desk.clock.turn(timedelta(hours=1, seconds=1))
    answers = [web.get(path), web.get(f"{path}.json"), web.post(erase, {"sure": "yes"})]
    assert [one.status_code for one in answers] == [410, 410, 410]
    assert all("Such links are good for an hour" in one.text for one in answers)
    assert web.desk.use.find(ADA) == ada


def test_nothing_is_erased_before_the_box_is_ticked(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    path = web.path_for_now("erase", ada, purpose="record")
    refused = web.post(path)
    assert refused.status_code == 422
    assert 'aria-describedby="sure-problem"' in refused.text
    assert web.desk.use.find(ADA) == ada
    assert "Everything is erased" in web.post(path, {"sure": "yes"}).text
    assert web.desk.store.find(ada.key) is None
    assert web.post(path, {"sure": "yes"}).status_code == 410


def test_no_link_that_never_expires_can_erase(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    for purpose in ("preferences", "unsubscribe", "record"):
        assert web.post(web.path("erase", ada, purpose), {"sure": "yes"}).status_code == 404
    assert web.desk.use.find(ADA) == ada
