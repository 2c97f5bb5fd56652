"""Every page in every state that looks different, for browsers and the HTML checker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from factories import NOON, THURSDAY
from mail_cases import CASES
from web_desk import WebDesk

from digest.model.announcement import DayKind
from digest.model.ranking import MeasuredDay
from digest.model.subscriber import Preferences, SuppressionReason
from digest.store.measured_days import MeasuredDayStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.store.database import Database


NOTES = {
    date(2026, 11, 6): DayKind.HOLIDAY,
    date(2026, 11, 7): DayKind.WEEKEND,
    date(2026, 11, 8): DayKind.WEEKEND,
}


@dataclass(frozen=True)
class Visited:
    """A page to open, or to send a form to."""

    path: str
    form: Mapping[str, str] | None = None


def measure_days(database: Database, days: Iterable[date]) -> None:
    """Figures of some days, with a change of weights before the last."""
    rng = Random(7)
    for number, day in enumerate(sorted(days)):
        figures = {
            method: {
                name: level + rng.random() / 5 for name in ("precision_at_10", "recall_at_20", "ndcg_at_20", "auc")
            }
            for method, level in (("score", 0.6), ("forecast", 0.62), ("author count", 0.3), ("random", 0.05))
        }
        ranked_by = "forecast 20, attention 5" if number else "forecast 10, attention 5"
        day_measured = MeasuredDay(day, 183, 19, figures if number != 1 else {}, ranked_by, NOON)
        MeasuredDayStore(database).save(day_measured)


def furnished(database: Database, base_url: str) -> tuple[WebDesk, dict[str, Visited]]:
    """A site with editions and subscribers, and its pages by name."""
    web = WebDesk(database, {"base_url": base_url})
    edition = CASES["typical"]().edition
    web.publish(edition, *(replace(edition, announced_on=day) for day in _days()))
    note = replace(edition, announced=0, replaced=0, missing=0, unproven=(), topics=(), entries=())
    web.publish(*(replace(note, announced_on=day, day_kind=kind) for day, kind in NOTES.items()))
    measure_days(database, _days())
    ada = web.desk.confirmed("ada@example.org", _chosen())
    bo = web.desk.confirmed("bo.with.a.very.long.name.indeed@a-department.of-an-institute.example.org")
    web.desk.use.pause(bo.key, date(2026, 12, 24), source="web")
    eve = web.desk.confirmed("eve@example.org")
    web.desk.use.unsubscribe(eve.key, source="web")
    dan = web.desk.confirmed("dan@example.org")
    web.desk.use.suppress("dan@example.org", SuppressionReason.BOUNCE, detail="550 5.1.1 no such user")
    web.desk.ask("fay@example.org", _chosen())
    own = web.path("preferences", ada)
    pages = {
        "front": Visited("/"),
        "editions": Visited("/editions"),
        "ranking": Visited("/ranking"),
        "edition": Visited(f"/editions/{THURSDAY}"),
        "holiday": Visited("/editions/2026-11-06"),
        "weekend": Visited("/editions/2026-11-08"),
        "subscribe": Visited("/subscribe"),
        "subscribe-again": Visited("/subscribe", {"address": "ada@@", "more_topics": "<b>none</b>", "zone": "Nowhere"}),
        "asked": Visited("/subscribe/check-your-inbox"),
        "confirm": Visited(web.confirm_path("fay@example.org")),
        "confirmed": Visited(web.confirm_path(ada.address), {}),
        "preferences": Visited(f"{own}?done=saved"),
        "preferences-again": Visited(own, {"papers": "0", "keywords": "\n<script>", "hour": "99", "more_topics": "?"}),
        "paused": Visited(web.path("preferences", bo)),
        "left": Visited(web.path("preferences", eve)),
        "suppressed": Visited(web.path("preferences", dan)),
        "pause-again": Visited(own, {"do": "pause", "until": "soon"}),
        "unsubscribe": Visited(web.path("unsubscribe", ada)),
        "unsubscribed": Visited(web.path("unsubscribe", eve), {}),
        "own-record": Visited(web.path_for_now("record", dan)),
        "erase-again": Visited(web.path_for_now("erase", ada, purpose="record"), {}),
        "gone": Visited(web.path("preferences", "nobody")),
        "missing": Visited("/nowhere"),
    }
    return web, pages


def _chosen() -> Preferences:
    return Preferences(
        topics=("llm-reasoning", "no-longer-there"),
        categories=("cs.CL", "math.NT"),
        keywords=("scaling law",),
        followed_authors=("Doe, Jane",),
    )


def _days() -> list[date]:
    return [THURSDAY - timedelta(days=ago) for ago in (1, 2, 30)]
