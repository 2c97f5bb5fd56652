"""The pages in a real browser: accessible in light and dark, never wider than the screen, and forms that work."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from web_desk import SENT_MAIL, WebDesk
from web_pages import furnished
from web_server import free_port, serving

from digest.model.subscriber import NoticeKind, SubscriberState
from digest.store.database import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from web_pages import Visited

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = (320, 375, 1000, 1400)


class Town:
    """A site on a server of this machine, its pages, and a browser to open them in."""

    def __init__(self, web: WebDesk, pages: dict[str, Visited], base: str, browser: Browser) -> None:
        self.web, self.pages, self.base, self.browser = web, pages, base, browser

    @contextmanager
    def tab(self, scheme: str = "light") -> Iterator[Page]:
        """A new tab; whatever the browser complains of fails the test."""
        context = self.browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        yield page
        context.close()
        assert [one for one in complaints if "status of 4" not in one] == []

    def open(self, page: Page, visited: Visited) -> None:
        if visited.form is None:
            page.goto(self.base + visited.path)
            return
        # The answer to a form, shown at the address of the page that it came from, so that its styles are found.
        answer = self.web.post(visited.path, visited.form).text
        page.route("**/answer", lambda route: route.fulfill(body=answer, content_type="text/html; charset=utf-8"))
        page.goto(f"{self.base}/answer")
        page.unroute("**/answer")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Of this module alone: Playwright keeps an event loop running, in which nobody else could run one."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- only where there is a browser

    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('town') / 'digest.db'}")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    web, pages = furnished(database, base)
    with serving(web, port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIETLY)
        yield Town(web, pages, base, browser)
        browser.close()
    database.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_never_wider_than_the_screen(town: Town, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 -- as above

    axe = Axe()
    with town.tab(scheme) as page:
        for name, visited in town.pages.items():
            page.set_viewport_size({"width": min(WIDTHS), "height": 800})
            town.open(page, visited)
            for fold in page.locator("details:not([open]) > summary").all()[:3]:
                fold.click()
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
            found = axe.run(page)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"


def test_styles_are_there_under_the_strict_policy_and_the_dark_is_dark(town: Town) -> None:
    with town.tab("dark") as page:
        page.goto(town.base)
        colours = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
        assert page.eval_on_selector(".sheet", colours)[0] == "rgb(28, 27, 25)"
        assert page.eval_on_selector(".title .ink", colours)[1] == "rgb(240, 236, 226)"
        assert page.eval_on_selector(".fill", "e => e.getBoundingClientRect().width") > 20


def test_a_sent_mail_keeps_its_styles(town: Town) -> None:
    with town.tab() as page:
        page.goto(f"{town.base}/deliveries/{town.web.site.links.sign('delivery', SENT_MAIL)}")
        assert page.eval_on_selector(".sheet", "e => getComputedStyle(e).maxWidth") == "640px"
        assert page.eval_on_selector(".fill", "e => getComputedStyle(e).height") == "3px"


def test_somebody_subscribes_confirms_chooses_pauses_leaves_and_comes_back(town: Town) -> None:
    desk, address = town.web.desk, "zoe@example.org"
    with town.tab() as page:
        page.goto(town.base)
        page.get_by_label("Your mail address").fill("zoe@example")
        page.get_by_role("button", name="Subscribe").click()
        assert page.get_by_label("Your mail address").input_value() == "zoe@example"
        page.get_by_label("Your mail address").fill(address)
        page.get_by_role("button", name="Subscribe").click()
        assert page.get_by_role("heading", name="Look into your inbox").is_visible()
        assert (NoticeKind.CONFIRM, address) in desk.take_notices()

        page.goto(town.base + town.web.confirm_path(address))
        page.get_by_role("button", name="Yes, send me the digest").click()
        assert desk.use.find(address).state is SubscriberState.CONFIRMED

        page.get_by_role("link", name="Choose what you get").click()
        page.get_by_text("Language", exact=True).click()
        page.get_by_label("AI agents").check()
        page.get_by_label("Authors you follow").fill("Doe, Jane\nBo Fell")
        page.get_by_label("Time zone").select_option("Europe/Zurich")
        page.get_by_label("Newer versions").check()
        page.get_by_role("button", name="Save").click()
        assert page.get_by_role("status").inner_text().startswith("Saved.")
        chosen = desk.use.find(address).preferences
        assert (chosen.topics, chosen.followed_authors) == (("ai-agents",), ("Doe, Jane", "Bo Fell"))
        assert (chosen.schedule.zone, chosen.replacements, chosen.cross_lists) == ("Europe/Zurich", True, True)

        page.get_by_label("Nothing before").fill("2026-12-24")
        page.get_by_role("button", name="Pause").click()
        assert page.get_by_text("Paused until Thursday, 24 December 2026").is_visible()
        page.get_by_role("button", name="End the pause").click()
        assert desk.use.find(address).state is SubscriberState.CONFIRMED

        page.get_by_role("link", name="Unsubscribe").click()
        page.get_by_role("button", name="Unsubscribe").click()
        assert desk.use.find(address).state is SubscriberState.UNSUBSCRIBED
        page.get_by_role("button", name="Take it back").click()
        assert desk.use.find(address).state is SubscriberState.CONFIRMED

        page.get_by_role("button", name="Send me the link").click()
        assert (NoticeKind.SIGN_IN, address) in desk.take_notices()
        page.goto(town.base + town.web.path_for_now("record", desk.use.find(address)))
        page.get_by_label("Yes, erase everything").check()
        page.get_by_role("button", name="Erase").click()
        assert page.get_by_role("heading", name="Everything is erased").is_visible()
        assert desk.store.find_by_mailbox(address) is None


def test_a_form_on_another_site_can_do_nothing(town: Town) -> None:
    desk = town.web.desk
    ada = desk.use.find("ada@example.org")
    action = f"{town.base}{town.web.path('preferences', ada)}"
    with town.tab() as page:
        body = f'<form method="post" action="{action}"><button>Win</button></form>'
        page.route("http://localhost:*/**", lambda route: route.fulfill(body=body, content_type="text/html"))
        page.goto("http://localhost:1/evil")
        page.get_by_role("button").click()
        assert page.get_by_role("heading", name="This form is not ours").is_visible()
    assert desk.use.find("ada@example.org").state is SubscriberState.CONFIRMED


def test_the_keyboard_reaches_everything_and_shows_where_it_is(town: Town) -> None:
    with town.tab() as page:
        page.goto(town.base)
        reached = []
        for _ in range(8):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    "[document.activeElement.innerText || document.activeElement.id,"
                    " getComputedStyle(document.activeElement).outlineStyle]"
                )
            )
        names = [name for name, _ in reached]
        assert names[:5] == ["Skip to the content", "The Daily Preprint", "Today", "All editions", "Subscribe"]
        assert names[5:7] == ["address", "Subscribe"]
        assert {outline for _, outline in reached} == {"solid"}
