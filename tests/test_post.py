"""Questions that were written down are worked off by whoever comes next, over the whole service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.bootstrap.post import Post
from digest.bootstrap.service import open_service
from digest.errors import StoreError
from digest.model.subscriber import NoticeKind, Preferences, SubscriberState
from digest.settings.load import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    monkeypatch.chdir(tmp_path)
    with open_service(load_settings(file=None, environment={})) as service:
        yield Post(service)


def test_a_question_outlives_the_process_that_took_it_down(post: Post) -> None:
    post.subscriptions.write_down("ada@example.org", Preferences(topics=("llm-reasoning",)), source="web")
    after_restart = Post(post.service)
    assert after_restart.send_notices().sent == 1
    ada = after_restart.subscriptions.find("ada@example.org")
    assert (ada.state, ada.preferences.topics) == (SubscriberState.UNCONFIRMED, ("llm-reasoning",))
    assert after_restart.send_notices().sent == 0


def test_a_question_that_can_not_be_taken_keeps_nobody_else_from_their_mail(post: Post) -> None:
    post.subscriptions.ask("ada@example.org", Preferences(), source="web")
    post.subscriptions.send_notice(post.subscriptions.find("ada@example.org").key, NoticeKind.HELP, source="mail")
    post.subscriptions.write_down("bo@example.org", Preferences(), source="web")
    with post.service.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER out_of_order BEFORE INSERT ON subscribers BEGIN SELECT RAISE(ABORT, 'out of order'); END"
        )
    with pytest.raises(StoreError, match="out of order"):
        post.send_notices()
    with post.service.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER out_of_order")
    assert post.send_notices().sent == 0, "all that could be sent was"
