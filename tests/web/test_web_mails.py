"""A mail in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from web_desk import SENT_MAIL, WebDesk, sent_mail

if TYPE_CHECKING:
    from digest.store.database import Database


@pytest.fixture
def web(database: Database) -> WebDesk:
    return WebDesk(database)


def test_a_mail_is_shown_as_it_was_sent_with_its_styles_and_nothing_else_allowed(web: WebDesk) -> None:
    page = web.get(f"/deliveries/{web.site.links.sign('delivery', SENT_MAIL)}")
    assert page.status_code == 200
    assert page.text == sent_mail()
    policy = page.headers["content-security-policy"]
    assert "style-src 'unsafe-inline';" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert page.headers["cache-control"] == "no-store"


def test_a_mail_that_is_gone_and_a_link_that_is_none_of_ours_are_not_found(web: WebDesk) -> None:
    assert web.get(f"/deliveries/{web.site.links.sign('delivery', 'another')}").status_code == 404
    assert web.get(f"/deliveries/{web.site.links.sign('preferences', SENT_MAIL)}").status_code == 404
    assert web.get("/deliveries/nonsense").status_code == 404
