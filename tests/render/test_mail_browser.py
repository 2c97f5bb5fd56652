"""The mails as a browser shows them: accessible in light and dark, and never wider than the screen."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from mail_cases import ALL_MAILS, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = (320, 375, 700)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of this module alone: Playwright keeps an event loop running, in which nobody else could run one."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- only where there is a browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIETLY)
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(color_scheme=request.param, offline=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("case", ALL_MAILS)
def test_a_mail_is_accessible_and_never_wider_than_the_screen(case: str, page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 -- as above

    page.set_content(rendered(case).html)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width > min(WIDTHS):
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()


def test_dark_mode_is_dark(browser: Browser) -> None:
    context = browser.new_context(color_scheme="dark", offline=True)
    shown = context.new_page()
    shown.set_content(rendered("typical").html)
    sheet = shown.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
    title = shown.evaluate("getComputedStyle(document.querySelector('.title .ink')).color")
    context.close()
    assert (sheet, title) == ("rgb(28, 27, 25)", "rgb(240, 236, 226)")


def test_score_numbers_stand_in_one_column_and_titles_in_another(page: Page) -> None:
    page.set_content(rendered("typical").html)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for selector in (".num", ".title"):
            lefts = page.evaluate(
                "selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect().left)",
                selector,
            )
            assert len(set(lefts)) == 1
