"""The stages of the day: ingest, publish, and all of them in order."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.console import parse_day, progress, remark, remark_problems, say_json
from digest.cli.reports import (
    daily_json,
    ingest_json,
    publish_json,
    raise_for,
    say_daily,
    say_ingested,
    say_observed,
    say_published,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.bootstrap.service import Service
    from digest.pipeline.observe import ObserveReport

On = Annotated[date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="The day of the announcement.")]
Feeds = Annotated[
    Path | None,
    typer.Option("--feeds", metavar="DIR", help="Read arXiv documents saved in a folder in place of the network."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do it on a copy of the database that is thrown away.")]
AsIs = Annotated[bool, typer.Option("--as-is", help="Don't wait for proof: publish what there is.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("ingest")(ingest)
    app.command("observe")(observe)
    app.command("publish")(publish)
    app.command("daily")(daily)


def ingest(
    context: typer.Context, on: On = None, feeds: Feeds = None, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Bring arXiv's newest announcement into the store.

    Example: digest ingest
    """
    from digest.bootstrap.saved import saved_arxiv  # noqa: PLC0415 - keeps --help quick
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    with open_service(read_settings(context.obj), rehearse=dry_run) as service:
        saved = saved_arxiv(feeds, on) if feeds else None
        categories = saved.categories if saved else service.categories
        with progress(len(categories) + 2) as told:
            report = service.ingest(saved).run(categories, on=on, told=told)
        remark_problems(saved.problems if saved else (), kind="problem")
    if as_json:
        say_json(ingest_json(report))
    else:
        say_ingested(report)


def observe(context: typer.Context, on: On = None, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Ask other services how much attention the papers of the last weeks get.

    A service that doesn't answer is told in the report and stops nothing.

    Example: digest observe
    """
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    with open_service(read_settings(context.obj), rehearse=dry_run) as service, progress(6) as told:
        report = _observe(service, service.categories, told, on=on)
    if as_json:
        say_json(asdict(report))
    else:
        say_observed(report)


def publish(
    context: typer.Context,
    on: On = None,
    as_is: AsIs = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Rank and group the day's papers and freeze them as an edition.

    It waits for proof that all is here, as digest daily does.

    Example: digest publish --on 2026-11-20
    """
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    with open_service(read_settings(context.obj), rehearse=dry_run) as service, progress(2) as told:
        if not as_is:
            _check_proven(service, on)
        report = service.publish().run(service.categories, on=on, told=told)
    if as_json:
        say_json(publish_json(report))
    else:
        say_published(report)


def daily(
    context: typer.Context,
    on: On = None,
    feeds: Feeds = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Ask again until the day is proven to be here, or its deadline has come.")
    ] = False,
    as_is: AsIs = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Do the whole day in order: ingest, observe, publish, and send to the subscribers who are due.

    Days that were missed, however many, are brought back first and in order. With --feeds no other service is asked.

    Example: digest daily --wait
    """
    from digest.bootstrap.daily import make_daily  # noqa: PLC0415
    from digest.bootstrap.ledger import policy  # noqa: PLC0415
    from digest.bootstrap.post import Post  # noqa: PLC0415
    from digest.bootstrap.saved import saved_arxiv  # noqa: PLC0415
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    with open_service(read_settings(context.obj), rehearse=dry_run) as service:
        saved = saved_arxiv(feeds, on) if feeds else None
        categories = saved.categories if saved else service.categories
        with progress(len(categories) + 9) as told:
            post = Post(service)
            send = partial(post.send, dry_run=dry_run) if post.has_subscribers() else None
            observe = None if saved else partial(_observe, service, categories, told)
            stages = make_daily(
                service, saved=saved, observe=observe, send=send, warn=remark, tells=not (saved or dry_run)
            )
            report = stages.run(categories, on=saved.on if saved else on, as_is=as_is, wait=wait, told=told)
        remark_problems(saved.problems if saved else (), kind="problem")
        newest = service.editions.find_newest() if not report.advanced.published else None
    if as_json:
        say_json(daily_json(report))
    else:
        say_daily(report, newest)
    raise_for(report, policy(service.settings))


def _check_proven(service: Service, on: date | None) -> None:
    """IncompleteDayError where the edition has to wait; one that is frozen already is shown without a question."""
    from digest.bootstrap.ledger import open_ledger, policy  # noqa: PLC0415
    from digest.pipeline.proof import check_proven  # noqa: PLC0415

    book = open_ledger(service.database, clock=service.clock)
    day = on or service.announcements.find_newest_day()
    if day and day not in service.editions.find_days() and service.announcements.find_batches(day):
        read = book.read(day, service.categories).only(service.categories)
        check_proven(read, policy(service.settings), now=service.clock())


def _observe(
    service: Service, categories: Sequence[str], told: Callable[[str], None], *, on: date | None = None
) -> ObserveReport:
    from digest.bootstrap.attention import observing  # noqa: PLC0415

    with observing(service) as observe:
        return observe.run(categories, on=on, told=told)
