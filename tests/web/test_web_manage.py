"""A subscriber's own page: everything that can be chosen, a pause, and coming back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from web_desk import FROM_OUR_PAGE, WebDesk, form_token, told

from digest.model.subscriber import Frequency, Preferences, Schedule, SubscriberState, SuppressionReason
from digest.preferences import FIELDS

if TYPE_CHECKING:
    from digest.store.database import Database


@pytest.fixture
def web(database: Database) -> WebDesk:
    return WebDesk(database)


ADA = "ada@example.org"
CHOSEN = Preferences(
    topics=("llm-reasoning",),
    categories=("cs.CL",),
    keywords=("scaling law", "flow matching"),
    muted_keywords=("survey",),
    followed_authors=("Doe, Jane", "Bo Fell"),
    muted_authors=("Nobody",),
    cross_lists=False,
    replacements=True,
    papers=12,
    schedule=Schedule(Frequency.WEEKLY, 2, 18, "Europe/Zurich"),
    language="de",
)


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the page's first form."""
    form = page[page.index("<form") : page.index("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        is_sent = " checked" in tag or not re.search(r'type="(checkbox|radio)"', tag)
        if name and is_sent:
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, flags=re.DOTALL):
        found[name] = [text]
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        found[name] = re.findall(r'<option value="([^"]*)"[^>]* selected', body)
    return found


def test_the_page_holds_everything_and_saving_it_unchanged_changes_nothing(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA, CHOSEN))
    sent = fields_of(web.get(path).text)
    assert set(FIELDS) <= sent.keys()
    assert sent["topics"] == ["llm-reasoning"]
    answer = web.post(path, sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=saved")
    assert web.desk.use.find(ADA).preferences == CHOSEN
    saved = web.get(answer.headers["location"]).text
    assert "Saved." in saved
    assert 'role="status"' in saved


def test_every_field_can_be_changed(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA))
    sent = fields_of(web.get(path).text) | {
        "topics": ["llm-reasoning"],
        "more_categories": ["cs.CL"],
        "keywords": ["scaling law\r\nflow matching"],
        "muted_keywords": ["survey"],
        "followed_authors": ["Doe, Jane\r\nBo Fell"],
        "muted_authors": ["Nobody"],
        "cross_lists": ["no"],
        "replacements": ["no", "yes"],
        "papers": ["12"],
        "frequency": ["weekly"],
        "weekday": ["wednesday"],
        "hour": ["18"],
        "zone": ["Europe/Zurich"],
        "language": ["de"],
    }
    assert web.post(path, sent).status_code == 303
    assert web.desk.use.find(ADA).preferences == CHOSEN


def test_unticking_everything_asks_for_everything(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA, CHOSEN))
    sent = {
        name: value for name, value in fields_of(web.get(path).text).items() if name not in ("topics", "categories")
    }
    web.post(path, sent)
    changed = web.desk.use.find(ADA).preferences
    assert (changed.topics, changed.categories) == ((), ())


def test_a_form_that_lacks_fields_leaves_those_as_they_were(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA, CHOSEN))
    assert web.post(path, {"hour": "5"}).status_code == 303
    assert web.desk.use.find(ADA).preferences.topics == CHOSEN.topics
    assert web.desk.use.find(ADA).preferences.schedule.hour == 5


WRONG = {
    "papers": "999",
    "hour": "25",
    "zone": "Europe/Zurik",
    "frequency": "hourly",
    "weekday": "caturday",
    "language": "tlh",
    "keywords": "\n".join(f"word {number}" for number in range(201)),
    "followed_authors": "x" * 201,
}


def test_all_that_is_wrong_is_told_at_once_beside_its_field_and_nothing_typed_is_lost(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA, CHOSEN))
    sent = fields_of(web.get(path).text) | {name: [text] for name, text in WRONG.items()}
    sent |= {"muted_keywords": ["typed just now"], "more_topics": ["no such thing"], "more_categories": ["xx.YY"]}
    answer = web.post(path, sent)
    assert answer.status_code == 422
    for name in (*WRONG, "topics", "categories"):
        assert told(answer, name), name
    again = fields_of(answer.text)
    assert again["papers"] == ["999"]
    assert again["muted_keywords"] == ["typed just now"]
    assert again["more_topics"] == ["no such thing"]
    assert again["topics"] == ["llm-reasoning"]
    assert web.desk.use.find(ADA).preferences == CHOSEN


@pytest.mark.parametrize("name", [*FIELDS, "more_topics", "more_categories", "until"])
def test_what_is_typed_is_never_markup(web: WebDesk, name: str) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA))
    script = '"><script>alert(1)</script>'
    sent = fields_of(web.get(path).text) | {name: [script], "papers": [script if name == "papers" else "0"]}
    assert "<script" not in web.post(path, sent).text
    web.post(path, fields_of(web.get(path).text) | {name: [script]})
    assert "<script" not in web.get(path).text
    assert "<script" not in web.post(path, {"do": "pause", "until": script}).text


def test_what_is_no_longer_there_is_said_and_dropped(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA, Preferences(topics=("gone-topic", "llm-reasoning"))))
    page = web.get(path).text
    assert "Not in this digest, and dropped when you save: gone-topic." in page
    web.post(path, fields_of(page))
    assert web.desk.use.find(ADA).preferences.topics == ("llm-reasoning",)


def test_a_pause_until_a_day_and_back(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    answer = web.post(web.path("preferences", ada), {"do": "pause", "until": "2026-12-24"})
    assert answer.status_code == 303
    assert web.desk.use.find(ADA).paused_until == date(2026, 12, 24)
    page = web.get(answer.headers["location"])
    assert "Paused until Thursday, 24 December 2026" in page.text
    resumed = web.post(web.path("resume", ada, "preferences"))
    assert "comes to you again" in web.get(resumed.headers["location"]).text
    assert web.desk.use.find(ADA).state is SubscriberState.CONFIRMED


def test_a_pause_without_a_day_lasts_until_told_otherwise(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    web.post(web.path("preferences", ada), {"do": "pause", "until": ""})
    found = web.desk.use.find(ADA)
    assert (found.state, found.paused_until) == (SubscriberState.PAUSED, None)


def test_what_was_changed_on_the_page_is_saved_by_a_pause_too(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA))
    sent = fields_of(web.get(path).text) | {"hour": ["18"], "do": ["pause"], "until": ["2026-12-24"]}
    assert "saved, too" in web.get(web.post(path, sent).headers["location"]).text
    found = web.desk.use.find(ADA)
    assert (found.state, found.preferences.schedule.hour) == (SubscriberState.PAUSED, 18)


def test_who_is_not_running_can_not_pause(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    web.desk.use.unsubscribe(ada.key, source="web")
    assert web.post(web.path("preferences", ada), {"do": "pause", "until": "", "hour": "5"}).status_code == 409
    assert web.desk.use.find(ADA).preferences == ada.preferences


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("papers", "900", "The number of papers is &#39;900&#39;."),
        ("muted_keywords", "x" * 201, "Muted keywords may name at most 200"),
        ("more_categories", "xx.YY", "arXiv has no category"),
    ],
)
def test_what_is_wrong_is_told_in_the_forms_words(web: WebDesk, field: str, text: str, said: str) -> None:
    answer = web.post(web.path("preferences", web.desk.confirmed(ADA)), {field: text})
    assert said in told(answer, field.removeprefix("more_"))


def test_only_what_the_digest_reads_is_offered(database: Database) -> None:
    read = {"cs.CL": "Computation and Language", "math.NT": "Number Theory"}
    web = WebDesk(database, {"categories": read, "topics": {"llm-reasoning": "LLM reasoning"}})
    path = web.path("preferences", web.desk.confirmed(ADA, Preferences(categories=("cs.CL", "hep-th"))))
    page = web.get(path).text
    assert re.findall(r'name="categories" value="([^"]+)"', page) == ["cs.CL", "math.NT"]
    assert "Not in this digest, and dropped when you save: hep-th." in page
    for field, text in (("more_categories", "hep-ph, cs.CL"), ("more_topics", "ai-agents")):
        answer = web.post(path, {field: text})
        assert "nothing would come of it" in told(answer, field.removeprefix("more_"))
    assert web.post(path, {"more_categories": "math"}).status_code == 303
    assert web.desk.use.find(ADA).preferences.categories == ("math.NT",)


@pytest.mark.parametrize("until", ["2026-11-19", "2020-01-01", "soon", "24.12.2026"])
def test_a_pause_that_makes_no_sense_is_told_beside_its_field(web: WebDesk, until: str) -> None:
    ada = web.desk.confirmed(ADA)
    answer = web.post(web.path("preferences", ada), {"do": "pause", "until": until, "keywords": "typed just now"})
    assert answer.status_code == 422
    assert until in told(answer, "until")
    assert "typed just now</textarea>" in answer.text
    assert web.desk.use.find(ADA).state is SubscriberState.CONFIRMED


def test_the_link_in_a_mail_of_years_ago_still_opens_the_page(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA))
    web.desk.clock.turn(timedelta(days=3650))
    assert web.get(path).status_code == 200


def test_a_suppressed_address_is_told_so_and_can_not_take_itself_up_again(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    web.desk.use.suppress(ADA, SuppressionReason.BOUNCE, detail="550 5.1.1")
    assert "No mail goes to this address" in web.get(web.path("preferences", ada)).text
    assert web.post(web.path("resume", ada, "preferences")).status_code == 409
    assert web.desk.use.find(ADA).state is SubscriberState.SUPPRESSED


def test_an_erased_subscribers_links_say_that_all_is_gone(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    web.desk.use.erase(ada.key)
    for page in ("preferences", "resume", "record-link"):
        assert web.post(web.path(page, ada, "preferences")).status_code == 410
    gone = web.get(web.path("preferences", ada))
    assert gone.status_code == 410
    assert 'action="/subscribe"' in gone.text


def test_a_token_made_for_something_else_opens_nothing(web: WebDesk) -> None:
    ada = web.desk.confirmed(ADA)
    token = web.site.links.sign("unsubscribe", ada.key)
    assert web.get(f"/subscriptions/preferences/{token}").status_code == 404
    assert web.get("/subscriptions/preferences/nonsense").status_code == 404
    assert web.client.post(f"/subscriptions/resume/{token}", headers=FROM_OUR_PAGE).status_code == 404


def test_a_browser_that_tells_nothing_needs_the_forms_own_token(web: WebDesk) -> None:
    path = web.path("preferences", web.desk.confirmed(ADA))
    token = form_token(web.get(path))
    assert web.client.post(path, data={"hour": "5"}).status_code == 403
    for headers in ({}, {"origin": "null"}):  # the latter from pages that keep their address to themselves
        assert web.client.post(path, data={"hour": "5", "form": token}, headers=headers).status_code == 303
