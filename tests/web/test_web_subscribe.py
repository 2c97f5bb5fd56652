"""Asking for the digest and confirming it, as a browser does."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, event
from web_desk import WebDesk, form_token, told

from digest.errors import DeliveryError
from digest.model.subscriber import Frequency, NoticeKind, Preferences, SubscriberState, SuppressionReason

if TYPE_CHECKING:
    from digest.store.database import Database


@pytest.fixture
def web(database: Database) -> WebDesk:
    return WebDesk(database)


ADA = "ada@example.org"
CONFIRM = [(NoticeKind.CONFIRM, ADA)]


def confirm_path(web: WebDesk, *, seconds: int = 3600) -> str:
    return web.confirm_path(ADA, seconds=seconds)


def test_asking_sends_the_question_and_says_to_look_into_the_inbox(web: WebDesk) -> None:
    answer = web.subscribe(f" {ADA} ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/subscribe/check-your-inbox")
    assert "Look into your inbox" in web.get(answer.headers["location"]).text
    assert web.desk.take_notices() == CONFIRM
    assert web.notified == 1
    assert web.desk.use.find(ADA).preferences == Preferences(papers=20)


def test_the_answer_is_the_same_whoever_is_asked_for(web: WebDesk) -> None:
    web.desk.confirmed("known@example.org")
    web.desk.confirmed("gone@example.org")
    web.desk.use.suppress("gone@example.org", SuppressionReason.BOUNCE, detail="")
    answers = [web.subscribe(f"{name}@example.org") for name in ("known", "unknown", "gone")]
    seen = [(one.status_code, one.text, {**one.headers}) for one in answers]
    assert seen[0] == seen[1] == seen[2]
    assert web.desk.take_notices() == [
        (NoticeKind.ALREADY, "known@example.org"),
        (NoticeKind.CONFIRM, "unknown@example.org"),
    ]


def test_what_is_chosen_while_asking_counts_once_it_is_confirmed(web: WebDesk) -> None:
    web.subscribe(
        ADA,
        topics=["llm-reasoning", "ai-agents"],
        more_topics="Diffusion language models",
        more_categories="cs.cl\nmath.NT",
        frequency="weekly",
        weekday="monday",
        hour="18",
        zone="Europe/Zurich",
    )
    chosen = web.desk.use.find(ADA).preferences
    assert chosen.topics == ("llm-reasoning", "ai-agents", "diffusion-language-models")
    assert chosen.categories == ("cs.CL", "math.NT")
    schedule = chosen.schedule
    assert (schedule.frequency, schedule.weekday, schedule.hour) == (Frequency.WEEKLY, 0, 18)
    assert schedule.zone == "Europe/Zurich"


def test_nobody_can_put_words_into_a_mail_to_another(web: WebDesk) -> None:
    web.subscribe(ADA, keywords="Buy pearls at evil.example", followed_authors="Evil", papers="3", language="de")
    assert web.desk.use.find(ADA).preferences == Preferences(papers=20)


@pytest.mark.parametrize("address", ["", "  ", "ada", "ada@", "ada@example", "ada@example.org\r\nBcc: bo@example.org"])
def test_what_is_no_address_comes_back_with_the_reason_beside_it(web: WebDesk, address: str) -> None:
    answer = web.subscribe(address, topics="llm-reasoning")
    assert answer.status_code == 422
    assert told(answer, "address")
    assert re.search(r'value="llm-reasoning" checked', answer.text)
    assert sum(web.desk.store.count().values()) == 0


def test_a_wrong_wish_comes_back_with_everything_typed(web: WebDesk) -> None:
    answer = web.subscribe(ADA, more_topics="quantm computing", hour="18")
    assert answer.status_code == 422
    assert "Did you mean" in told(answer, "topics")
    assert "quantm computing</textarea>" in answer.text
    assert f'value="{ADA}"' in answer.text
    assert '<option value="18" selected' in answer.text
    assert sum(web.desk.store.count().values()) == 0


@pytest.mark.parametrize("name", ["address", "more_topics", "more_categories", "zone", "hour", "frequency", "weekday"])
def test_what_is_typed_is_never_markup(web: WebDesk, name: str) -> None:
    fields = {"address": ADA, "form": form_token(web.get("/subscribe")), name: "<script>alert('1')</script>"}
    answer = web.post("/subscribe", fields)
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_network_that_asks_for_many_is_told_to_wait(web: WebDesk) -> None:
    for number in range(20):
        assert web.subscribe(f"reader{number}@example.org").status_code == 303
    answer = web.subscribe("one-more@example.org")
    assert answer.status_code == 429
    assert "Try again in an hour" in told(answer, "address")
    web.desk.clock.turn(timedelta(hours=1))
    assert web.subscribe("one-more@example.org").status_code == 303


def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_forgotten(web: WebDesk) -> None:
    answer = web.subscribe(ADA, website="https://spam.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/subscribe/check-your-inbox")
    assert sum(web.desk.store.count().values()) == 0
    assert web.desk.take_notices() == []


def test_a_form_that_lay_open_too_long_is_pressed_once_more_and_keeps_the_address(web: WebDesk) -> None:
    token = form_token(web.get("/"))
    web.desk.clock.turn(timedelta(days=1, seconds=1))
    answer = web.post("/subscribe", {"form": token, "address": ADA})
    assert answer.status_code == 422
    assert "Press the button once more" in answer.text
    again = web.post("/subscribe", {"form": form_token(answer), "address": ADA})
    assert again.status_code == 303


def test_opening_the_link_confirms_nothing_and_the_button_does(web: WebDesk) -> None:
    web.subscribe(ADA)
    path = confirm_path(web)
    question = web.get(path)
    assert ADA in question.text
    assert web.desk.use.find(ADA).state is SubscriberState.UNCONFIRMED
    for _ in range(2):
        answer = web.post(path, {"form": form_token(question)})
        assert answer.status_code == 200
        assert "You’re in" in answer.text
    assert web.desk.use.find(ADA).state is SubscriberState.CONFIRMED
    preferences = re.search(r'href="(/subscriptions/preferences/[^"]+)"', answer.text)
    assert preferences
    assert web.get(preferences[1]).status_code == 200


def test_after_seven_days_the_link_says_so_and_offers_a_new_one(web: WebDesk) -> None:
    web.subscribe(ADA)
    path = confirm_path(web, seconds=7 * 86_400)
    web.desk.clock.turn(timedelta(days=7, seconds=1))
    for answer in (web.get(path), web.post(path)):
        assert answer.status_code == 410
        assert "This link’s time is over" in answer.text
        assert 'action="/subscribe"' in answer.text
    assert web.desk.use.find(ADA).state is SubscriberState.UNCONFIRMED
    again = web.post("/subscribe", {"form": form_token(answer), "address": ADA})
    assert again.status_code == 303


def test_the_page_behind_the_link_says_what_would_come(web: WebDesk) -> None:
    when = {"frequency": "weekly", "weekday": "monday", "hour": "18", "zone": "Europe/Zurich"}
    web.subscribe(ADA, more_topics="llm-reasoning", **when)
    page = web.get(confirm_path(web)).text
    assert "every Monday, all in one mail, at 18:00 (Europe/Zurich)" in page
    assert web.site.topics["llm-reasoning"] in page


def test_a_link_that_was_used_says_that_the_digest_comes(web: WebDesk) -> None:
    web.subscribe(ADA)
    path = confirm_path(web)
    web.post(path)
    assert "You’re in" in web.get(path).text
    web.desk.use.pause(web.desk.use.find(ADA).key, None, source="web")
    assert "It is paused at present" in web.get(path).text


def test_a_link_of_an_older_version_that_names_no_question_is_no_longer_good(web: WebDesk) -> None:
    web.subscribe(ADA)
    path = web.path_for_now("confirm", web.desk.use.find(ADA))
    for answer in (web.get(path), web.post(path)):
        assert answer.status_code == 410
        assert 'action="/subscribe"' in answer.text
    assert web.desk.use.find(ADA).state is SubscriberState.UNCONFIRMED


def test_who_left_meanwhile_is_not_confirmed_by_an_old_link(web: WebDesk) -> None:
    web.subscribe(ADA)
    path = confirm_path(web)
    web.desk.use.unsubscribe(web.desk.use.find(ADA).key, source="web")
    for answer in (web.get(path), web.post(path)):
        assert answer.status_code == 410
    assert web.desk.use.find(ADA).state is SubscriberState.UNSUBSCRIBED


def test_without_the_store_nobody_is_told_that_a_mail_is_on_its_way(web: WebDesk) -> None:
    token = form_token(web.get("/subscribe"))
    web.database.close()
    with web.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE tallies")
    answer = web.post("/subscribe", {"form": token, "address": ADA})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "Try again in a while" in answer.text


def test_a_notice_that_can_not_be_sent_now_waits_and_the_reader_sees_nothing_of_it(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise DeliveryError("the mail server is away", permanent=False)

    web = WebDesk(database, {"notify": fail})
    assert web.subscribe(ADA).status_code == 303
    assert web.desk.take_notices() == CONFIRM
    assert "the mail server is away" in caplog.text
    assert ADA not in caplog.text


def test_what_fails_after_the_answer_is_logged_without_the_address(
    web: WebDesk, caplog: pytest.LogCaptureFixture
) -> None:
    token = form_token(web.get("/subscribe"))
    with web.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE notices RENAME TO elsewhere")
    assert web.post("/subscribe", {"form": token, "address": ADA}).status_code == 303
    assert "can't be taken now, and waits (StoreError)" in caplog.text
    assert ADA not in caplog.text
    with web.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO notices")
    # The next one to look takes it up, in this process or after a restart.
    web.desk.clock.turn(timedelta(minutes=5))
    assert web.desk.use.take_questions() == 1
    assert web.desk.take_notices() == CONFIRM
    assert web.desk.use.take_questions() == 0


def test_what_is_done_before_the_answer_is_the_same_whoever_is_asked_for(web: WebDesk) -> None:
    web.desk.confirmed("known@example.org")
    web.desk.use.suppress("gone@example.org", SuppressionReason.BOUNCE, detail="")
    said: list[str] = []
    done = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        for name in ("known", "unknown", "gone"):
            said.clear()
            web.desk.use.write_down(f"{name}@example.org", Preferences(), source="web")
            done.append(tuple(said))
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert len(done[0]) >= 1
    assert done[0] == done[1] == done[2]
    assert web.desk.use.take_questions() == 3
