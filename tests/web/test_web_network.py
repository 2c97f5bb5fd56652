from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient
from web_desk import BASE, FROM_OUR_PAGE, WebDesk, form_token

from digest.errors import SettingsError
from digest.web.network import network_of, read_proxies

if TYPE_CHECKING:
    from digest.store.database import Database

PROXIES = ("10.0.0.0/8", "2001:db8:ffff::1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("192.0.2.77", [], "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.77", [], "192.0.2.0/24"),
        ("fe80::1%eth0", [], "fe80::/64"),
        # Who isn't a proxy of ours can say what they like.
        ("192.0.2.77", ["198.51.100.9"], "192.0.2.0/24"),
        ("10.0.0.1", ["198.51.100.9"], "198.51.100.0/24"),
        ("2001:db8:ffff::1", ["198.51.100.9"], "198.51.100.0/24"),
        # What stands before the last stranger was written by the stranger.
        ("10.0.0.1", ["203.0.113.5, 198.51.100.9"], "198.51.100.0/24"),
        ("10.0.0.1", ["203.0.113.5", "198.51.100.9, 10.0.0.2"], "198.51.100.0/24"),
        ("10.0.0.1", ["[2001:db8:1:2::9]:4711"], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["198.51.100.9:4711"], "198.51.100.0/24"),
        ("10.0.0.1", ["198.51.100.9, unknown"], "10.0.0.0/24"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.0/24"),
        ("10.0.0.1", [], "10.0.0.0/24"),
        ("testclient", ["198.51.100.9"], None),
        (None, ["198.51.100.9"], None),
    ],
)
def test_the_network_is_that_of_the_last_stranger(peer: str | None, forwarded: list[str], network: str | None) -> None:
    assert network_of(peer, forwarded, trusted=read_proxies(PROXIES)) == network


def test_proxies_that_are_none_are_told_when_the_site_is_made(database: Database) -> None:
    web = WebDesk(database, {"trusted_proxies": ("10.0.0.1", "the proxy")})
    with pytest.raises(SettingsError, match="'the proxy'"):
        _ = web.app


def test_readers_behind_a_trusted_proxy_have_limits_of_their_own(database: Database) -> None:
    web = WebDesk(database, {"trusted_proxies": ("10.0.0.1",)})
    client = TestClient(web.app, base_url=BASE, client=("10.0.0.1", 4711), follow_redirects=False)

    def ask(number: int, reader: str) -> int:
        fields = {"form": form_token(client.get("/subscribe")), "address": f"reader{number}@example.org"}
        return client.post("/subscribe", data=fields, headers={**FROM_OUR_PAGE, "x-forwarded-for": reader}).status_code

    assert {ask(number, f"198.51.100.{number}") for number in range(20)} == {303}
    assert ask(20, "198.51.100.200") == 429
    assert ask(21, "203.0.113.7") == 303
