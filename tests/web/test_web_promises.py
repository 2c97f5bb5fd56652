"""What holds for every page: nothing changes by looking, headers, forms only from our own pages, limits, no secrets."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from factory_editions import make_edition, make_entry
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from web_desk import BASE, FROM_OUR_PAGE, SENT_MAIL, WebDesk, form_token

from digest.errors import NothingToShowError
from digest.store.schema import metadata
from digest.web.logs import TokenlessLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.store.database import Database

ADA = "ada@example.org"
PRIVATE = ("/subscriptions/", "/deliveries/")


@pytest.fixture
def web(database: Database) -> WebDesk:
    desk = WebDesk(database)
    desk.publish(make_edition(make_entry(1)))
    return desk


def routes(web: WebDesk) -> Iterator[tuple[str, set[str]]]:
    """Every page as its path is written in the app, with its methods."""
    found = [route for route in _leaves(web.app.routes) if isinstance(route, APIRoute)]
    assert len(found) > 15
    for route in found:
        yield route.path, set(route.methods or ())


def _leaves(some: Any) -> Iterator[Any]:
    for route in some:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        yield from _leaves(inner) if inner else [route]


def address(web: WebDesk, path: str) -> str:
    """A page that exists, for a subscriber who exists."""
    ada = web.desk.store.find_by_mailbox(ADA) or web.desk.confirmed(ADA)
    page = path.split("/")[2] if path.startswith(PRIVATE) else ""
    if page == "confirm":
        return web.confirm_path(ADA)
    if page in ("record", "erase"):
        return web.path_for_now(page, ada, purpose="record") + path.partition("}")[2]
    if path.startswith("/subscriptions/"):
        return web.path(page, ada, "unsubscribe" if page == "unsubscribe" else "preferences")
    filled = path.replace("{on}", "2026-11-19").replace("{name}", web.app.state.web.files.stylesheet.name)
    return filled.replace("{token}", web.site.links.sign("delivery", SENT_MAIL))


def dump(database: Database) -> dict[str, list[Any]]:
    with database.read() as connection:
        return {table.name: list(connection.execute(table.select()).all()) for table in metadata.tables.values()}


def test_looking_three_times_at_every_page_changes_nothing(web: WebDesk) -> None:
    pages = [address(web, path) for path, methods in routes(web) if "GET" in methods]
    before = dump(web.database)
    for page in pages:
        for method in ("GET", "HEAD") * 3:
            answer = web.client.request(method, page)
            assert answer.status_code == 200, f"{method} {page}"
            assert bool(answer.content) is (method == "GET")
    assert dump(web.database) == before
    assert web.notified == 0


def test_looking_at_what_only_acts_is_refused_and_changes_nothing(web: WebDesk) -> None:
    pages = [address(web, path) for path, methods in routes(web) if methods == {"POST"} and "GET" not in methods]
    before = dump(web.database)
    shown = {address(web, path) for path, methods in routes(web) if "GET" in methods}
    for page in set(pages) - shown:
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            assert web.client.request(method, page).status_code == 405
    assert dump(web.database) == before


FOREIGN: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": BASE},
    {"origin": "https://evil.example"},
    {"origin": "http://digest.example.org"},
    {"origin": "null"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_from_elsewhere_is_refused_on_every_page_that_acts(web: WebDesk, headers: dict[str, str]) -> None:
    pages = [address(web, path) for path, methods in routes(web) if "POST" in methods]
    assert len(pages) >= 7
    before = dump(web.database)
    for page in pages:
        answer = web.client.post(page, data={"address": ADA, "sure": "yes", "form": "made-up"}, headers=headers)
        assert answer.status_code == 403, page
        assert "This form is not ours" in answer.text
    assert dump(web.database) == before


def test_a_forms_token_is_good_for_that_form_alone(web: WebDesk) -> None:
    ada, bo = web.desk.confirmed(ADA), web.desk.confirmed("bo@example.org")
    token = form_token(web.get(web.path("preferences", ada)))
    assert web.client.post(web.path("preferences", bo), data={"form": token}).status_code == 403
    assert web.client.post(web.path("preferences", ada), data={"form": token}).status_code == 303


@pytest.mark.parametrize("headers", [{"origin": BASE}, {"origin": BASE, "sec-fetch-site": "none"}, FROM_OUR_PAGE])
def test_a_browser_that_tells_of_our_own_page_is_believed(web: WebDesk, headers: dict[str, str]) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA))
    assert web.client.post(path, headers=headers).status_code == 303


ANSWERS = ["/", "/subscribe", "/nowhere", "/editions/1999-01-01", "/healthz", "/robots.txt", "/subscriptions/record/x"]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_has_the_headers_that_keep_strangers_out(web: WebDesk, path: str) -> None:
    headers = web.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "geolocation=()" in headers["permissions-policy"]
    assert "set-cookie" not in headers


def test_pages_of_one_person_are_kept_and_found_by_nobody(web: WebDesk) -> None:
    pages = [address(web, path) for path, methods in routes(web) if path.startswith(PRIVATE) and "GET" in methods]
    assert len(pages) >= 6
    for page in (*pages, "/subscriptions/nowhere"):
        headers = web.get(page).headers
        assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-store", "noindex, nofollow")
    robots = web.get("/robots.txt").text
    assert "Disallow: /subscriptions/\n" in robots
    assert "Disallow: /deliveries/\n" in robots
    assert "x-robots-tag" not in web.get("/").headers


def test_without_https_browsers_are_not_told_to_insist_on_it(database: Database) -> None:
    plain = WebDesk(database, {"base_url": "http://localhost:8000"})
    assert "strict-transport-security" not in plain.get("/").headers


def test_no_page_has_a_script_a_style_of_its_own_or_a_file_from_elsewhere(web: WebDesk) -> None:
    for path, methods in routes(web):
        if "GET" in methods and not path.startswith(("/deliveries", "/static", "/healthz", "/robots")):
            text = web.get(address(web, path)).text
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", text), path
            assert not re.search(r'<(?:img|link|iframe|object)[^>]+(?:src|href)="https?:', text), path


def test_the_style_sheet_may_be_kept_for_ever_because_its_name_is_its_contents(web: WebDesk) -> None:
    path = re.findall(r'<link rel="stylesheet" href="([^"]+)"', web.get("/").text)[0]
    sheet = web.get(path)
    assert sheet.headers["content-type"].startswith("text/css")
    assert sheet.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ".card" in sheet.text
    assert web.get("/static/another.css").status_code == 404


def test_pages_under_a_path_link_to_one_another_there(database: Database) -> None:
    web = WebDesk(database, {"base_url": "https://example.org/papers/"})
    page = web.get("/subscribe").text
    links = re.findall(r'(?:href|action)="([^"#]+)"', page)
    assert len(links) > 5
    assert all(link.startswith("/papers/") for link in links)
    for path in ("/subscribe", "/papers/subscribe"):
        answer = web.post(path, {"form": form_token(web.get(path)), "address": ADA})
        assert answer.headers["location"] == "/papers/subscribe/check-your-inbox"
    assert web.get("/papers/subscriptions/record/x").headers["cache-control"] == "no-store"
    assert "Disallow: /papers/subscriptions/" in web.get("/robots.txt").text


def test_a_body_that_is_too_large_is_refused_however_it_comes(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA))
    large = b"keywords=" + b"x" * 70_000
    headers = {"content-type": "application/x-www-form-urlencoded", **FROM_OUR_PAGE}
    stated = web.client.post(path, content=large, headers=headers)
    streamed = web.client.post(path, content=iter([large[:40_000], large[40_000:]]), headers=headers)
    assert (stated.status_code, streamed.status_code) == (413, 413)
    assert stated.headers["content-security-policy"]


MULTIPART = "multipart/form-data; boundary=b"
A_FILE = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n'
HALF_A_LETTER = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n\\ud800\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"&".join(b"a=1" for _ in range(2000)), "application/x-www-form-urlencoded"),
        (A_FILE, MULTIPART),
        (b"x", "multipart/form-data"),
        (HALF_A_LETTER, f"{MULTIPART}; charset=unicode_escape"),
    ],
)
def test_a_form_that_is_none_is_refused(web: WebDesk, content: bytes, kind: str) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA))
    answer = web.client.post(path, content=content, headers={"content-type": kind, **FROM_OUR_PAGE})
    assert answer.status_code == 400
    assert "That could not be read" in answer.text


def test_errors_are_pages_like_the_others(web: WebDesk) -> None:
    missing, wrong = web.get("/nowhere"), web.client.delete("/subscribe")
    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert wrong.headers["allow"]
    for answer in (missing, wrong):
        assert "The Daily Preprint" in answer.text
        assert '<link rel="stylesheet"' in answer.text
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert web.get(path).status_code == 404


def test_a_fault_of_ours_is_told_without_details_and_logged_without_the_token(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(mark: str) -> str:
        raise NotImplementedError(f"secret detail about {mark}")

    web = WebDesk(database, {"show_delivery": break_down})
    token = web.site.links.sign("delivery", "a-mark")
    client = TestClient(web.app, base_url=BASE, raise_server_exceptions=False)
    with caplog.at_level(logging.ERROR, logger="digest.web"):
        answer = client.get(f"/deliveries/{token}")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    ours = [record for record in caplog.records if record.name.startswith("digest.web")]
    assert [record.getMessage() for record in ours] == ["Answering GET /deliveries/{token}"]


def test_all_is_well_while_the_database_answers(web: WebDesk) -> None:
    assert (web.get("/healthz").status_code, web.get("/healthz").text) == (200, "ok\n")
    with web.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE editions RENAME TO elsewhere")
    assert web.get("/healthz").status_code == 503


def test_an_edition_that_can_not_be_shown_keeps_nobody_from_leaving(database: Database) -> None:
    def gone(_edition: object) -> str:
        raise NothingToShowError("gone")

    web = WebDesk(database, {"show_edition": gone})
    web.publish(make_edition(make_entry(1)))
    client = TestClient(web.app, base_url=BASE, raise_server_exceptions=False)
    assert client.get("/").status_code == 500
    assert client.get("/healthz").status_code == 200
    path = web.path("unsubscribe", web.desk.confirmed(ADA))
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/subscriptions/preferences/abc.def?done=saved", "/subscriptions/preferences/…?done=saved"),
        ("/deliveries/abc.def", "/deliveries/…"),
        ("/subscriptions/record/abc.def.json", "/subscriptions/record/…"),
        ("/editions/2026-11-19", "/editions/2026-11-19"),
    ],
)
def test_tokens_are_kept_out_of_the_access_log(path: str, logged: str) -> None:
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', ("192.0.2.7:1", "GET", path, "1.1", 200), None
    )
    assert TokenlessLog().filter(record)
    assert record.getMessage() == f'192.0.2.7:1 - "GET {logged} HTTP/1.1" 200'
