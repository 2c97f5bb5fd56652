"""Settings in, the ledger and what goes by it out."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import TYPE_CHECKING

from digest.assets import folder
from digest.errors import SettingsError
from digest.model.announcement import BatchState
from digest.store.announcements import AnnouncementStore
from digest.store.ledger import LedgerStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.pipeline.follow import FollowUp, Pauses
    from digest.pipeline.ledger import Ledger
    from digest.pipeline.proof import Policy
    from digest.settings.tables import Settings
    from digest.store.database import Database


def open_ledger(database: Database, *, clock: Callable[[], datetime]) -> Ledger:
    """Reading the ledger."""
    from digest.pipeline.ledger import Ledger  # noqa: PLC0415 - what a command doesn't need isn't imported

    return Ledger(AnnouncementStore(database), LedgerStore(database), load_holidays(), clock)


def following(settings: Settings, database: Database) -> FollowUp:
    """Keeping track of what arXiv is to be asked for again."""
    from digest.pipeline.follow import FollowUp  # noqa: PLC0415

    return FollowUp(LedgerStore(database), pauses(settings), load_holidays())


def pauses(settings: Settings) -> Pauses:
    """How long to wait before asking again."""
    from digest.pipeline.follow import Pauses  # noqa: PLC0415

    arxiv = settings.arxiv
    return Pauses(timedelta(minutes=arxiv.ask_again_minutes), timedelta(minutes=arxiv.longest_pause_minutes))


def policy(settings: Settings) -> Policy:
    """How long editions wait, and what days without papers bring."""
    from digest.pipeline.proof import Policy  # noqa: PLC0415

    edition = settings.edition
    wishes = {
        BatchState.QUIET: edition.quiet_days,
        BatchState.HOLIDAY: edition.holidays,
        BatchState.WEEKEND: edition.weekends,
    }
    notes = frozenset(state for state, wish in wishes.items() if wish == "note")
    return Policy(timedelta(hours=edition.wait_hours), notes)


def load_holidays() -> frozenset[date]:
    """The days on which arXiv takes up no submissions, as far as they are known."""
    file = folder("config") / "holidays.toml"
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))["days"]
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(f"Reading the holidays in {file}: {error}.") from error
    return frozenset(day for day in found if type(day) is date)
