"""What is stored about a subscriber: to see, to take along, to have erased."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from fastapi import APIRouter, BackgroundTasks, Response
from fastapi.responses import JSONResponse

from digest.addresses import read_address
from digest.model.subscriber import NoticeKind, RecordedEvent, Subscriber, Suppression
from digest.store.own_record import RecordedMail
from digest.web.forms import Action, SentForm
from digest.web.visit import Here, Visit

router = APIRouter()
_SHOW = ["GET", "HEAD"]
_AS_FILE = {"content-disposition": 'attachment; filename="my-digest.json"'}


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """All that is stored about a subscriber."""

    subscriber: Subscriber
    events: tuple[RecordedEvent, ...]
    mails: tuple[RecordedMail, ...]
    suppression: Suppression | None


@dataclass(frozen=True, slots=True)
class OwnRecordPage:
    """The same with the address of it as a file, and the form to have it erased."""

    stored: OwnRecord
    as_file: str
    erase: Action
    problem: str = ""


@router.post("/subscriptions/record-link/{token}")
def send_link(visit: Here, token: str, form: SentForm, background: BackgroundTasks) -> Response:
    """Sends a link to what is stored; a link in a mail that was passed on is not enough to see it."""
    key = visit.key("preferences", token)
    visit.check(form, f"/subscriptions/record-link/{token}")
    visit.subscriber(key)
    visit.site.subscriptions.send_notice(key, NoticeKind.SIGN_IN, source="web")
    background.add_task(visit.web.later.work_off)
    return visit.see(f"/subscriptions/preferences/{token}?done=link")


@router.api_route("/subscriptions/record/{token}.json", methods=_SHOW)
def as_file(visit: Here, token: str) -> Response:
    """All that is stored, as a file."""
    stored = _find(visit, visit.key_for_now("record", token))
    return JSONResponse(_plain(asdict(stored)), headers=_AS_FILE)


@router.api_route("/subscriptions/record/{token}", methods=_SHOW)
def show(visit: Here, token: str) -> Response:
    """All that is stored."""
    return _page(visit, token, visit.key_for_now("record", token))


@router.post("/subscriptions/erase/{token}")
def erase(visit: Here, token: str, form: SentForm) -> Response:
    """Erases all of it."""
    key = visit.key_for_now("record", token)
    visit.check(form, f"/subscriptions/erase/{token}")
    if form.text("sure") != "yes":
        return _page(visit, token, key, problem="Tick the box first: what is erased can’t be brought back.", status=422)
    visit.subscriber(key)
    visit.site.subscriptions.erase(key)
    return visit.page("erased")


def _page(visit: Visit, token: str, key: str, *, problem: str = "", status: int = 200) -> Response:
    view = OwnRecordPage(
        stored=_find(visit, key),
        as_file=f"{visit.web.prefix}/subscriptions/record/{token}.json",
        erase=visit.action(f"/subscriptions/erase/{token}"),
        problem=problem,
    )
    return visit.page("own-record", view, status=status)


def _find(visit: Visit, key: str) -> OwnRecord:
    subscriber = visit.subscriber(key)
    return OwnRecord(
        subscriber=subscriber,
        events=visit.site.subscribers.find_events(key),
        mails=visit.site.own_records.find_mails(key),
        suppression=visit.site.subscriptions.suppressions.find(read_address(subscriber.address).mailbox),
    )


def _plain(value: object) -> object:
    """The value in what JSON has words for."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value
