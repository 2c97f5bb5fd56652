"""The stages of the day: ingest, publish, and all of them in order."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.console import parse_day, progress, remark, remark_problems, say, say_json
from digest.cli.send import say_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.bootstrap.service import Service
    from digest.pipeline.ingest import IngestReport
    from digest.pipeline.observe import ObserveReport
    from digest.pipeline.publish import PublishReport

On = Annotated[date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="The day of the announcement.")]
Feeds = Annotated[
    Path | None,
    typer.Option("--feeds", metavar="DIR", help="Read arXiv documents saved in a folder in place of the network."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do it on a copy of the database that is thrown away.")]
AsIs = Annotated[bool, typer.Option("--as-is", help="Publish also when much of the day is missing.")]
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
        say_json(_ingest_json(report))
    else:
        _say_ingested(report)


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
        _say_observed(report)


def publish(
    context: typer.Context,
    on: On = None,
    as_is: AsIs = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Rank and group the day's papers and freeze them as an edition.

    Example: digest publish --on 2026-11-20
    """
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    with open_service(read_settings(context.obj), rehearse=dry_run) as service, progress(2) as told:
        report = service.publish().run(service.categories, on=on, as_is=as_is, told=told)
    if as_json:
        say_json(_publish_json(report))
    else:
        _say_published(report)


def daily(
    context: typer.Context,
    on: On = None,
    feeds: Feeds = None,
    as_is: AsIs = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Do the whole day in order: ingest, observe, publish, and send to the subscribers who are due.

    With --feeds no other service is asked.

    Example: digest daily
    """
    from digest.bootstrap.post import Post  # noqa: PLC0415
    from digest.bootstrap.saved import saved_arxiv  # noqa: PLC0415
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415
    from digest.pipeline.daily import Daily  # noqa: PLC0415

    with open_service(read_settings(context.obj), rehearse=dry_run) as service:
        saved = saved_arxiv(feeds, on) if feeds else None
        categories = saved.categories if saved else service.categories
        with progress(len(categories) + 9) as told:
            post = Post(service)
            send = partial(post.send, dry_run=dry_run) if post.has_subscribers() else None
            observe = None if saved else partial(_observe, service, categories, told)
            stages = Daily(service.ingest(saved), service.publish(), observe, send)
            report = stages.run(categories, on=on, as_is=as_is, told=told)
        remark_problems(saved.problems if saved else (), kind="problem")
    if as_json:
        say_json(
            {
                "ingested": _ingest_json(report.ingested),
                "observed": report.observed and asdict(report.observed),
                "published": _publish_json(report.published),
                "sent": report.sent and asdict(report.sent),
            }
        )
    else:
        _say_ingested(report.ingested)
        if report.observed:
            _say_observed(report.observed)
        _say_published(report.published)
        if report.sent:
            say_sent(report.sent)


def _observe(
    service: Service, categories: Sequence[str], told: Callable[[str], None], *, on: date | None = None
) -> ObserveReport:
    from digest.bootstrap.attention import observing  # noqa: PLC0415

    with observing(service) as observe:
        return observe.run(categories, on=on, told=told)


def _say_ingested(report: IngestReport) -> None:
    say(f"Announced on {report.announced_on:%A}, {report.announced_on}:")
    width = max((len(batch.category) for batch in report.batches), default=0)
    for batch in report.batches:
        expected = "?" if batch.expected is None else f"{batch.expected:,}"
        late = f", {len(batch.missing)} not given by arXiv yet" if batch.missing else ""
        say(f"  {batch.category:<{width}}  {batch.state:<10}  {batch.seen:,} of {expected} announcements{late}")
    remark_problems(report.remarks, kind="note")
    remark_problems(report.problems, kind="problem")


def _say_observed(report: ObserveReport) -> None:
    if not report.sources:
        say("No attention source is enabled")
    for one in report.sources:
        left = f", {one.left:,} left for the next run" if one.left else ""
        say(f"{one.source}: {one.asked:,} of {one.wanted:,} papers, {one.observations:,} observations{left}")
        if one.problem:
            remark(f"  note: {one.problem}")


def _say_published(report: PublishReport) -> None:
    edition = report.edition
    verb = "was published before" if report.was_frozen else "published"
    say(
        f"Edition of {edition.announced_on} {verb}: {edition.announced:,} papers in {len(edition.topics)} topics, "
        f"{edition.replaced:,} replacements left out, manifest {edition.manifest[:12]}"
    )
    if report.left_out:
        remark(f"  note: {', '.join(report.left_out)} is not in it; the next edition will have it")
    if edition.unproven:
        remark(f"  note: nothing proves that all of {', '.join(edition.unproven)} is here")


def _ingest_json(report: IngestReport) -> dict[str, Any]:
    return asdict(report)


def _publish_json(report: PublishReport) -> dict[str, Any]:
    edition = report.edition
    return {
        "announced_on": edition.announced_on,
        "manifest": edition.manifest,
        "was_frozen": report.was_frozen,
        "left_out": report.left_out,
        "announced": edition.announced,
        "replaced": edition.replaced,
        "missing": edition.missing,
        "unproven": edition.unproven,
        "topics": [
            {"slug": one.topic.slug, "name": one.topic.name, "kind": one.topic.kind, "announced": one.announced}
            for one in edition.topics
        ],
    }
