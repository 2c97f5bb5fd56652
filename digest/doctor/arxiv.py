"""arXiv: whether its feed and its listing page can be read, are of these days, and agree with our clock."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.doctor.finding import failure, ok, skipped, warning
from digest.errors import StoreError
from digest.sources.arxiv.fields import eastern_day
from digest.sources.probe import OwnPace
from digest.store.database import open_database
from digest.store.fetches import FetchStore
from digest.store.inspection import find_revision, is_newest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from digest.doctor.finding import Finding
    from digest.sources.http import FetchMemory
    from digest.sources.probe import Heard, Probe

# Listing pages are dated Monday to Friday; a week-end and two holidays make four days.
_OLDEST = timedelta(days=4)
_CLOCK_OFF = timedelta(seconds=60)
_CLOCK_WRONG = timedelta(minutes=5)


def feed(probe: Probe, category: str, *, today: Callable[[], date]) -> Finding:
    """Whether the category's feed can be read and was made these days; `today` is that of New York."""
    read = probe.read_feed(category)
    if read.problems:
        return warning(f"{category}: {read.problems[0].what}", "Nothing to do at once; if it stays, please report it.")
    if read.dated_on and today() - read.dated_on > _OLDEST:
        return warning(f"{category}: it is of {read.dated_on}", "Check arxiv.rss_url: something keeps an old copy.")
    return ok(f"{category}: {len(read.items)} announcements, dated {read.dated_on}")


def listing(probe: Probe, category: str, *, today: Callable[[], date]) -> Finding:
    """Whether the listing page can be read and is of the newest announcement, as far as the calendar tells."""
    read = probe.read_listing(category)
    day = read.announced_on
    if today() - day > _OLDEST:
        return warning(
            f"{category}: the newest announcement is of {day:%A}, {day}",
            "See https://status.arxiv.org for a pause of theirs, and check arxiv.listing_url.",
        )
    if day - today() > timedelta(days=1):
        return warning(f"{category}: the newest announcement is of {day}, in the future", "Check this machine's clock.")
    return ok(f"{category}: {read.stated.total} announcements of {day:%A}, {day}")


def clock(heard: Sequence[Heard]) -> Finding:
    """How far our clock is from that of the answers heard so far: over a minute a warning, over five a failure."""
    offsets = [one.offset for one in heard if one.offset is not None]
    if not offsets:
        return skipped("no answer of arXiv tells the time", "Mend what keeps arXiv from being read.")
    offset = min(offsets, key=abs)
    direction = "ahead of" if offset > timedelta() else "behind"
    said = f"{abs(offset).total_seconds():,.0f} seconds {direction} arXiv's"
    fix = "Let the system keep the time: timedatectl set-ntp true, or install chrony."
    if abs(offset) > _CLOCK_WRONG:
        return failure(said, fix)
    return warning(said, fix) if abs(offset) > _CLOCK_OFF else ok("it agrees with arXiv's")


def eastern_today(now: Callable[[], datetime]) -> date:
    """The date in New York, by whose clock arXiv announces."""
    return eastern_day(now())


class _Afresh(FetchStore):
    """The paces of all our processes, and no validators, so that documents come whole."""

    def find_validators(self, address: str) -> None:
        """None."""


def pace_of(database: str) -> Callable[[], AbstractContextManager[FetchMemory]]:
    """The pace that all our processes keep in that database; one of our own while it can't be used."""
    own = OwnPace()

    @contextmanager
    def opened() -> Iterator[FetchMemory]:
        if not _is_usable(database):
            yield own
            return
        store = open_database(database)
        try:
            yield _Afresh(store, paces=store)
        finally:
            store.close()

    return opened


def _is_usable(database: str) -> bool:
    try:
        return is_newest(find_revision(database))
    except StoreError:
        return False
