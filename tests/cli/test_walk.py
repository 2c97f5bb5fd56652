"""The whole way in a real browser: subscribe, the mail, confirm, choose, a digest that obeys, leave."""

from __future__ import annotations

import email
import email.policy
import os
import re
import shutil
import sqlite3
import subprocess
import time
import urllib.request
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from person import Person
from smtp_servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SAMPLE = ROOT / "config" / "sample" / "2026-11-19"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIETLY)
        yield opened
        opened.close()


@contextmanager
def serving(person: Person) -> Iterator[str]:
    port = free_port()
    person.environment |= {"DIGEST_WEB__PORT": str(port), "DIGEST_BASE_URL": f"http://localhost:{port}"}
    running = subprocess.Popen(
        [str(person.command), "serve", "--no-scheduler"],
        cwd=person.home,
        env={"PATH": os.environ["PATH"], **person.environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5)
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        running.terminate()
        assert running.wait(30) == 0


def take_mail(person: Person) -> EmailMessage:
    """The one mail in the outbox, which is then empty."""
    outbox = person.home / "var" / "outbox"
    for _ in range(100):
        if found := sorted(outbox.glob("*.eml")):
            break
        time.sleep(0.1)
    (file,) = found
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    file.unlink()
    return mail


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


def make_it_due(person: Person, hour: datetime) -> None:
    """The edition came out just before the hour struck."""
    with closing(sqlite3.connect(person.home / "var" / "digest.db")) as connection:
        moment = hour.replace(tzinfo=None).isoformat(" ").replace(":00:00", ":00:00.000000")
        connection.execute("UPDATE editions SET published_at = ?", (moment,))
        connection.commit()


def dump(person: Person) -> list[str]:
    with closing(sqlite3.connect(person.home / "var" / "digest.db")) as connection:
        return sorted(connection.iterdump())


@pytest.mark.parametrize("width", [375, 1280])
def test_from_the_box_on_the_page_to_the_way_out(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, width: int
) -> None:
    person = Person(tmp_path_factory.mktemp("walk"))
    person.succeed("daily", "--feeds", str(SAMPLE))
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    make_it_due(person, hour)
    with serving(person) as base, closing(browser.new_context(viewport={"width": width, "height": 800})) as context:
        page = context.new_page()
        page.goto(base)
        page.locator("input[type=email]").first.fill("ada@example.org")
        page.get_by_role("button", name="Subscribe").first.click()
        assert page.url.endswith("/subscribe/check-your-inbox")
        (confirm,) = re.findall(r"https?://\S+/subscriptions/confirm/\S+", body(take_mail(person)))
        page.goto(confirm)
        page.locator("main button").first.click()
        page.locator("a[href*='/subscriptions/preferences/']").first.click()
        page.locator("[name=keywords]").fill("sensor\ncache")
        page.locator("[name=hour]").select_option(str(hour.hour))
        page.locator("[name=zone]").fill("UTC") if page.locator("input[name=zone]").count() else page.locator(
            "[name=zone]"
        ).select_option("UTC")
        page.get_by_role("button", name="Save").click()
        assert page.locator("[name=keywords]").input_value().split() == ["sensor", "cache"]
        told = person.succeed("send")
        assert "1  sent" in told
        digest = take_mail(person)
        assert "keywords “sensor”, “cache”" in " ".join(body(digest).split())
        assert "Fading KV Cache" in " ".join(body(digest).split())
        _follow_every_link(person, digest, base)
        leave = re.search(r"<(http[^>]+)>", digest["List-Unsubscribe"])
        assert leave
        page.goto(leave[1])
        page.locator("main button").first.click()
        assert '"unsubscribed"' in person.succeed("subscribers", "show", "ada@example.org", "--json")
        page.locator("main button").first.click()
        assert '"confirmed"' in person.succeed("subscribers", "show", "ada@example.org", "--json")
        for _ in range(2):
            assert _one_click(leave[1]) == 200
        assert '"unsubscribed"' in person.succeed("subscribers", "show", "ada@example.org", "--json")


def _follow_every_link(person: Person, digest: EmailMessage, base: str) -> None:
    """As scanners do: nothing may come of it."""
    ours = set(re.findall(rf"{re.escape(base)}/[^\s\"<>]+", body(digest) + body(digest, "html")))
    ours |= set(re.findall(r"<(http[^>]+)>", digest["List-Unsubscribe"]))
    assert len(ours) >= 3
    before = dump(person)
    for address in sorted(ours):
        for method in ("GET", "HEAD") * 3:
            request = urllib.request.Request(address, method=method)
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.status == 200
    assert dump(person) == before


def _one_click(address: str) -> int:
    request = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(answer.status)
