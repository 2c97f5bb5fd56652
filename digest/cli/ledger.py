"""The ledger: what arXiv announced, and what of it is here."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.console import parse_day, say, say_json
from digest.errors import NothingToShowError
from digest.model.announcement import AnnounceType, BatchState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from digest.model.ledger import Arrival, Inquiry, LedgerDay, Line

_DAYS = 7
_SECTIONS = (("new", "new"), ("cross", "cross-listed"), ("replace", "replaced"))
_SOURCES = {
    "feed": "from the feed",
    "query": "from the query API",
    "store": "known by another category",
    "archive": "from the archive of records",
}
_MOST_NAMED = 40


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("ledger")(ledger)


def ledger(
    context: typer.Context,
    on: Annotated[
        date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="One day, with all that is known.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON; with --on, paper by paper.")] = False,
) -> None:
    """Show what arXiv announced in each category, what of it is here, and what is missing.

    Without --on the last seven days, the newest first.

    Example: digest ledger --on 2026-11-20
    """
    from digest.bootstrap.ledger import open_ledger  # noqa: PLC0415 - keeps --help quick
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    with open_service(read_settings(context.obj)) as service:
        book = open_ledger(service.database, clock=service.clock)
        if book.span is None:
            raise NothingToShowError("The ledger is empty: nothing was asked of arXiv yet. Run: digest daily")
        first, last = book.span
        if on and not first <= on <= last:
            raise NothingToShowError(f"The ledger has nothing of {on}: it goes from {first} to {last}.")
        days = (book.read(on, service.categories),) if on else book.read_last(_DAYS, service.categories)
        arrivals = book.store.find_arrivals(on) if on else {}
    if as_json:
        say_json({"days": [_day_json(day, arrivals) for day in days]})
    elif on:
        _say_day(days[0], details=True)
    else:
        _say_days(days)


def _say_days(days: Sequence[LedgerDay]) -> None:
    for number, day in enumerate(days):
        if number:
            say()
        _say_day(day, details=False)


def _say_day(day: LedgerDay, *, details: bool) -> None:
    say(f"{day.announced_on:%A}, {day.announced_on}: {day.state}")
    if day.state in (BatchState.WEEKEND, BatchState.HOLIDAY) and not details:
        return
    codes = max((len(line.batch.category) for line in day.lines), default=0)
    for line in day.lines:
        say(f"  {line.batch.category:<{codes}}  {line.state:<10}  {_count(line)}".rstrip())
        for text in _details(line) if details else ():
            say(textwrap.fill(text, width=100, initial_indent=" " * 6, subsequent_indent=" " * 8))
    if details and day.archive:
        say(f"  arXiv's archive of records: {_say_asked(day.archive)}")
        if day.archive.problem:
            say(textwrap.fill(day.archive.problem, width=100, initial_indent=" " * 6, subsequent_indent=" " * 8))


def _count(line: Line) -> str:
    """`409 of 412: new 200 of 203, cross-listed 80 of 80, replaced 129 of 129; 2 late, 3 missing`."""
    batch, seen = line.batch, _by_section(line)
    if batch.stated is None:
        return f"{batch.seen:,} of an unknown number" if batch.seen else ""
    if not batch.stated.total:
        return "nothing announced"
    parts = ", ".join(
        f"{words} {seen[section]:,}"
        + (f" of {stated:,}" if (stated := getattr(batch.stated, section)) != seen[section] else "")
        for section, words in _SECTIONS
    )
    lacks = [f"{len(line.late):,} late"] if line.late else []
    short = max(len(batch.missing), batch.stated.total - batch.seen)
    lacks += [f"{short:,} missing"] if short > 0 else []
    return f"{batch.seen:,} of {batch.stated.total:,}: {parts}" + (f"; {', '.join(lacks)}" if lacks else "")


def _by_section(line: Line) -> dict[str, int]:
    seen = {kind: line.seen.get(kind, 0) for kind in AnnounceType}
    replaced = seen[AnnounceType.REPLACE] + seen[AnnounceType.REPLACE_CROSS]
    return {"new": seen[AnnounceType.NEW], "cross": seen[AnnounceType.CROSS], "replace": replaced}


def _details(line: Line) -> Iterator[str]:
    if line.origins:
        yield ", ".join(
            f"{one.announcements:,} {_SOURCES[one.source]} ({_span(one.first_read_at, one.last_read_at)})"
            for one in line.origins
        )
    if line.late:
        yield f"late: {_name(line.late)}"
    if line.batch.missing:
        yield f"missing: {_name([one.paper_id for one in line.batch.missing])}"
    if line.inquiry:
        yield _say_asked(line.inquiry)
        if line.inquiry.problem:
            yield line.inquiry.problem


def _say_asked(asked: Inquiry) -> str:
    again = f", again at {asked.ask_again_at:%d %b %H:%M} UTC" if asked.ask_again_at else ""
    times = "once" if asked.tries == 1 else f"{asked.tries} times"
    return f"asked {times}, last at {asked.asked_at:%d %b %H:%M} UTC{again}"


def _span(first: datetime, last: datetime) -> str:
    begin, end = f"{first:%d %b %H:%M}", f"{last:%d %b %H:%M}"
    return f"{begin} UTC" if begin == end else f"{begin} to {end} UTC"


def _name(ids: Sequence[str]) -> str:
    rest = len(ids) - _MOST_NAMED
    return ", ".join(ids[:_MOST_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _day_json(day: LedgerDay, arrivals: Mapping[str, Sequence[Arrival]]) -> dict[str, Any]:
    """`arrivals` are each paper's, by category: those of one day that was asked for."""
    return {
        "announced_on": day.announced_on,
        "kind": day.kind,
        "state": day.state,
        "batches": [
            {**_line_json(line), "papers": [asdict(one) for one in arrivals.get(line.batch.category, ())]}
            for line in day.lines
        ],
        "archive": asdict(day.archive) if day.archive else None,
    }


def _line_json(line: Line) -> dict[str, Any]:
    batch, asked = line.batch, line.inquiry
    return {
        "category": batch.category,
        "state": line.state,
        "stated": asdict(batch.stated) if batch.stated else None,
        "seen": {kind.value: line.seen.get(kind, 0) for kind in AnnounceType},
        "late": list(line.late),
        "missing": [one.paper_id for one in batch.missing],
        "sources": [asdict(one) for one in line.origins],
        "tries": asked.tries if asked else 0,
        "asked_at": asked.asked_at if asked else None,
        "ask_again_at": asked.ask_again_at if asked else None,
        "problem": asked.problem if asked else "",
    }
