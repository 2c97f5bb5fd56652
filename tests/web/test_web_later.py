"""The mail server may do what it likes: pages answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

from web_desk import WebDesk

if TYPE_CHECKING:
    from digest.store.database import Database

ASKERS = 45  # more than there are threads that answer pages


def test_a_mail_server_that_never_answers_keeps_nobody_from_the_pages(database: Database) -> None:
    answers = Event()
    web = WebDesk(database, {"notify": lambda: _wait(answers)})
    ada = web.desk.confirmed("ada@example.org")
    one_click = web.path("unsubscribe", ada)
    for_a_link = web.path("record-link", ada, "preferences")

    # Within the block all requests share one loop and its threads, as they do when it is served.
    with web.client, ThreadPoolExecutor(ASKERS + 1) as askers:
        asked = [askers.submit(web.post, for_a_link) for _ in range(ASKERS)]
        try:
            left = askers.submit(web.client.post, one_click, data={"List-Unsubscribe": "One-Click"})
            assert left.result(timeout=20).status_code == 200
            assert web.get("/subscribe").status_code == 200
        finally:
            answers.set()
        assert {one.result().status_code for one in asked} == {303}


def _wait(answers: Event) -> None:
    assert answers.wait(timeout=30)
