"""Bring the past into the store, from arXiv's archive of records or from files."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.console import counting, parse_day, progress, remark, remark_problems, say, say_json, split_list
from digest.errors import SourceError

if TYPE_CHECKING:
    from digest.bootstrap.service import Service
    from digest.pipeline.backfill import BackfillReport, DumpReport

Since = Annotated[
    date | None, typer.Option("--from", metavar="DATE", parser=parse_day, help="The first day, e.g. 2025-11-01.")
]
Until = Annotated[
    date | None, typer.Option("--until", metavar="DATE", parser=parse_day, help="The last day; without it, today.")
]
Categories = Annotated[
    str, typer.Option("--categories", metavar="A,B", help="Categories or archives in place of those in the settings.")
]
Files = Annotated[
    list[Path] | None, typer.Option("--file", metavar="FILE", help="Papers as JSON lines, in place of the network.")
]
MoreFiles = Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More files, after --file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("backfill")(backfill)


def backfill(
    context: typer.Context,
    more_files: MoreFiles = None,
    since: Since = None,
    until: Until = None,
    categories: Categories = "",
    files: Files = None,
    as_json: AsJson = False,
) -> None:
    """Bring papers of the past into the store, so that new ones are compared with them.

    Without --file, arXiv's archive of records is asked for those that last changed in these days, at its pace: some
    minutes a category and year. A run that was stopped is gone on with by the next one. With --file, --from, --until
    and --categories choose among the papers of the files.

    Example: digest backfill --from 2026-01-01
    """
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415 - keeps --help quick

    given = [*(files or ()), *(more_files or ())]
    if not files and (more_files or since is None):
        raise typer.BadParameter("say from which day on with --from DATE, or which files with --file FILE")
    with open_service(read_settings(context.obj)) as service:
        _check_days(service, since, until)
        if given:
            _load(service, given, since, until, split_list(categories), as_json=as_json)
        elif since:
            _ask(service, since, until, split_list(categories), as_json=as_json)


def _check_days(service: Service, since: date | None, until: date | None) -> None:
    today = service.clock().date()
    for option, day in (("--from", since), ("--until", until)):
        if day and day > today:
            raise typer.BadParameter(f"{day} lies in the future; the past ends today, {today}", param_hint=option)
    if since and until and since > until:
        raise typer.BadParameter(f"{since} is after {until}; the first day comes with --from", param_hint="--from")


def _ask(service: Service, since: date, until: date | None, categories: tuple[str, ...], *, as_json: bool) -> None:
    from digest.bootstrap.backfill import backfilling, not_before_the_archive, sets_of  # noqa: PLC0415

    sets, reading = sets_of(service, categories), backfilling(service)
    first = not_before_the_archive(reading, since)
    last = max(until or service.clock().date(), first)
    with progress(len(reading.plan(sets, since=first, until=last))) as told:
        report = reading.run(sets, since=first, until=last, told=told)
    if until and until < service.clock().date() and not report.tally.failures:
        remark(
            f"  note: papers of these days whose record changed after {until} are not in; leave out --until for them"
        )
    if as_json:
        say_json(asdict(report))
    else:
        _say_read(report)
    if report.tally.failures:
        failure = report.tally.failures[0]
        left = f"{report.left} {'window is' if report.left == 1 else 'windows are'} still to be read"
        raise SourceError(failure.where, f"{failure.what}; {left}", hint="What was read is kept; run it again later.")


def _say_read(report: BackfillReport) -> None:
    tally = report.tally
    what = f"from {report.since} to {report.until}"
    if not tally.pages and not tally.failures:
        say(f"Everything {what} was read before")
        return
    say(f"Read {tally.papers:,} papers {what} in {tally.pages:,} pages, {tally.new_papers:,} of them new to the store")
    for count, meaning in ((tally.deleted, "deleted by arXiv"), (tally.undated, "without a day of announcement")):
        if count:
            say(f"  {count:,} {meaning}")
    remark_problems(tally.problems, kind="problem")


def _load(
    service: Service,
    files: list[Path],
    since: date | None,
    until: date | None,
    categories: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    from digest.bootstrap.backfill import loading  # noqa: PLC0415
    from digest.sources.dump import read_dump  # noqa: PLC0415

    wanted = service.check_categories(categories)
    with counting(lambda: 0) as told:
        papers = chain.from_iterable(map(read_dump, files))
        report = loading(service).run(papers, since=since, until=until, categories=wanted, told=told)
    if as_json:
        say_json(asdict(report))
    else:
        _say_loaded(report)


def _say_loaded(report: DumpReport) -> None:
    days = f", announced from {report.first_on} to {report.last_on}" if report.first_on else ""
    say(f"Read {report.papers:,} papers{days}, {report.new_papers:,} of them new to the store")
    if report.left_out:
        say(f"  {report.left_out:,} of other days or categories left out")
