"""What the nightly clean-up leaves of the mail of long ago."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from factory_editions import make_edition
from sqlalchemy import text
from subscribing import Desk

from digest.bootstrap.post import Post
from digest.bootstrap.service import open_service
from digest.settings.load import load_settings
from digest.store.audiences import AudienceStore
from digest.store.editions import EditionStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = date(2026, 11, 19)


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    monkeypatch.chdir(tmp_path)
    with open_service(load_settings(file=None, environment={})) as service:
        yield Post(service)


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [("sent", 399, True), ("sent", 401, False), ("expired", 89, True), ("expired", 91, False), ("pending", 500, True)],
)
def test_mail_is_kept_for_as_long_as_it_is_of_use(post: Post, state: str, days: int, *, stays: bool) -> None:
    database, due_at = post.service.database, datetime.now(UTC) - timedelta(days=days)
    Desk(database).confirmed("ada@example.org")
    EditionStore(database).save(make_edition(on=DAY), now=due_at)
    AudienceStore(database).freeze(DAY, due=lambda *_: (due_at, due_at + timedelta(hours=20)), now=due_at)
    with database.write() as connection:
        connection.execute(text("UPDATE deliveries SET state = :state"), {"state": state})
    post.tidy_up()
    with database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM deliveries")) == int(stays)
    counts = AudienceStore(database).count(DAY)
    assert counts
    assert counts.adds_up
    assert {state.value: number for state, number in counts.states.items()} == {state: 1}
