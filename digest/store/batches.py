"""A category's announcements of one day, settled against what the listing page says of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Date, and_, bindparam, case, delete, exists, func, or_, select, update

from digest.model.announcement import Announcement, AnnounceType, Batch, ListedPaper, Provenance, StatedCounts
from digest.store import schema
from digest.store.upsert import chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from digest.model.announcement import Listing

_TABLE = schema.announcements
_BATCHES = schema.batches
# What the page's sections hold: it has one for both kinds of replacement.
_SECTIONS = {
    AnnounceType.NEW: (AnnounceType.NEW.value,),
    AnnounceType.CROSS: (AnnounceType.CROSS.value,),
    AnnounceType.REPLACE: (AnnounceType.REPLACE.value, AnnounceType.REPLACE_CROSS.value),
}
_CORRECTED = ("announce_type", "version")
IS_PROVEN = _TABLE.c.dated_by == schema.DATED_BY_ARXIV


def save_announcements(
    connection: Connection, announcements: Sequence[Announcement], source: Provenance, now: datetime, *, is_sure: bool
) -> None:
    """Saves announcements by what told of them; of one that is here already only a feed changes what it was.

    The page has one section for both kinds of replacement, and the query API knows the version of today alone. A feed
    `is_sure` when the page was read beside it; else what a page lists stands.
    """
    rows = [
        {
            "paper_id": one.paper_id,
            "category": one.category,
            "announced_on": one.announced_on,
            "announce_type": one.announce_type.value,
            "version": one.version,
            "source": source.value,
            "read_at": now,
        }
        for one in announcements
    ]
    correct = _correct if is_sure else _correct_guesses
    upsert(connection, _TABLE, rows, update=correct if source is Provenance.FEED else None)


def _correct(new: Any) -> dict[str, Any]:
    return {name: new[name] for name in _CORRECTED}


def _correct_guesses(new: Any) -> dict[str, Any]:
    stands = and_(_TABLE.c.source == Provenance.FEED.value, _TABLE.c.is_listed)
    return {name: case((stands, _TABLE.c[name]), else_=new[name]) for name in _CORRECTED}


def drop_contradicted(connection: Connection, page: Listing) -> None:
    """Takes away what a feed alone put on a day as something else than the page of that day lists it as."""
    for section, kinds in _SECTIONS.items():
        listed = [one.paper_id for one in page.papers if one.announce_type is section]
        for some in chunks(listed):
            others = (_TABLE.c.paper_id.in_(some), _TABLE.c.announce_type.not_in(kinds), IS_PROVEN)
            connection.execute(delete(_TABLE).where(_own(page.category, page.announced_on), *others))


def settle_batch(connection: Connection, category: str, on: date, page: Listing | None, now: datetime) -> None:
    """Brings a batch's row up to date: what its page states, and which of the papers it lists are missing.

    Without a page, now or before, there is nothing to settle.
    """
    of_batch = and_(_BATCHES.c.category == category, _BATCHES.c.announced_on == on)
    row = connection.execute(select(_BATCHES).where(of_batch)).one_or_none()
    if page is None and row is None:
        return
    before = _listed(row.missing) if row else ()
    listed = {one.paper_id: one for one in (*before, *(page.papers if page else ()))}.values()
    announced = set(connection.scalars(select(_TABLE.c.paper_id).where(_own(category, on), IS_PROVEN)))
    for some in chunks([one.paper_id for one in listed if one.paper_id in announced]):
        found = update(_TABLE).where(_own(category, on), _TABLE.c.paper_id.in_(some), ~_TABLE.c.is_listed)
        connection.execute(found.values(is_listed=True))
    missing = [[one.paper_id, one.announce_type.value] for one in listed if one.paper_id not in announced]
    values = _stated(page.stated) if page else {}
    if row is not None and all(getattr(row, name) == value for name, value in {**values, "missing": missing}.items()):
        return
    if row is None:
        values |= {"category": category, "announced_on": on}
        upsert(connection, _BATCHES, [{**values, "missing": missing, "changed_at": now}])
    else:
        connection.execute(update(_BATCHES).where(of_batch).values(**values, missing=missing, changed_at=now))


def drop_doubtful(connection: Connection, category: str, paper_ids: Iterable[str]) -> None:
    """Takes away what a feed or the archive put on a day, where a page lists the same version on another one.

    A feed dates itself by the day of the request, so that one that was stale stands on a day too late. Of two days that
    no page proves, the earlier one stands.
    """
    other = _TABLE.alias()
    same = and_(
        other.c.paper_id == _TABLE.c.paper_id,
        other.c.category == _TABLE.c.category,
        other.c.version == _TABLE.c.version,
        other.c.dated_by == schema.DATED_BY_ARXIV,
        other.c.announced_on != _TABLE.c.announced_on,
        other.c.announce_type.in_(schema.NEWS) == _TABLE.c.announce_type.in_(schema.NEWS),
        or_(other.c.is_listed, other.c.announced_on < _TABLE.c.announced_on),
    )
    for some in chunks(sorted(set(paper_ids))):
        doubtful = (_TABLE.c.category == category, _TABLE.c.paper_id.in_(some), IS_PROVEN, ~_TABLE.c.is_listed)
        connection.execute(delete(_TABLE).where(*doubtful, exists().where(same)))


def drop_history(connection: Connection, announcements: Sequence[Announcement]) -> None:
    """Takes away what history said and arXiv's own documents settle.

    Of a paper that is new, all; of one that is cross-listed, what it said of that category; of a replaced one, no more
    than what would stand in its place.
    """
    history = ~IS_PROVEN
    new = sorted({one.paper_id for one in announcements if one.announce_type is AnnounceType.NEW})
    for some in chunks(new):
        connection.execute(delete(_TABLE).where(_TABLE.c.paper_id.in_(some), history))
    others = [
        {
            "paper": one.paper_id,
            "listed_in": one.category,
            "day": one.announced_on,
            "any_day": one.announce_type.is_news,
        }
        for one in announcements
        if one.announce_type is not AnnounceType.NEW
    ]
    same = (_TABLE.c.paper_id == bindparam("paper"), _TABLE.c.category == bindparam("listed_in"))
    same_day = or_(bindparam("any_day", type_=Boolean), _TABLE.c.announced_on == bindparam("day", type_=Date))
    if others:
        connection.execute(delete(_TABLE).where(*same, same_day, history), others)


def read_announcement(row: Row[Any]) -> Announcement:
    """The announcement in a row of its table."""
    return Announcement(row.paper_id, row.version, row.category, row.announced_on, AnnounceType(row.announce_type))


def read_batches(connection: Connection, since: date, until: date) -> tuple[Batch, ...]:
    """The batches of some days, by day and category: those whose page was read, and those known by a feed alone."""
    counted = (
        select(_TABLE.c.announced_on, _TABLE.c.category, func.count().label("seen"))
        .where(_TABLE.c.announced_on.between(since, until), IS_PROVEN)
        .group_by(_TABLE.c.announced_on, _TABLE.c.category)
    )
    seen: dict[tuple[date, str], int] = defaultdict(int)
    seen.update({(row.announced_on, row.category): row.seen for row in connection.execute(counted)})
    pages = {
        (row.announced_on, row.category): row
        for row in connection.execute(select(_BATCHES).where(_BATCHES.c.announced_on.between(since, until)))
    }
    return tuple(_batch(key, pages.get(key), seen[key]) for key in sorted({*seen, *pages}))


def _batch(key: tuple[date, str], row: Row[Any] | None, seen: int) -> Batch:
    on, category = key
    if row is None:
        return Batch(category, on, None, seen)
    stated = StatedCounts(row.stated_new, row.stated_cross, row.stated_replace)
    return Batch(category, on, stated, seen, _listed(row.missing))


def _listed(stored: Iterable[Sequence[str]]) -> tuple[ListedPaper, ...]:
    return tuple(ListedPaper(paper_id, AnnounceType(kind)) for paper_id, kind in stored)


def _stated(stated: StatedCounts) -> dict[str, Any]:
    return {"stated_new": stated.new, "stated_cross": stated.cross, "stated_replace": stated.replace}


def _own(category: str, on: date) -> ColumnElement[bool]:
    return and_(_TABLE.c.category == category, _TABLE.c.announced_on == on)
