"""Sends the newest editions to the subscribers who are due."""

from __future__ import annotations

import signal
import threading
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.console import counting, parse_day, remark, say, say_json
from digest.model.delivery import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.model.delivery import DeliveryCounts, Missed, Waiting
    from digest.pipeline.send import SendReport

_STOPPED = {
    "relay": "the mail server could not be reached; what is left goes out with the next run",
    "policy": "the mail server refuses mail like this: mend that, then run digest send; digest serve waits an hour",
    "signal": "stopped; mails that were on their way are settled, and the rest goes out with the next run",
}


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("send")(send)


def send(
    context: typer.Context,
    on: Annotated[
        date | None,
        typer.Option("--on", metavar="DATE", parser=parse_day, help="Begin with the edition of that day, however old."),
    ] = None,
    at_once: Annotated[bool, typer.Option("--now", help="Don't wait for anybody's hour.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say to how many it would go, on a copy of the database.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Send the editions to the subscribers who are due now.

    Example: digest send --dry-run
    """
    from digest.bootstrap.post import Post  # noqa: PLC0415
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415 - keeps --help quick

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_service(read_settings(context.obj), rehearse=dry_run) as service:
        post = Post(service)
        with counting(post.count_due) as sent:
            report = post.send(stop=stop.is_set, dry_run=dry_run, on=on, at_once=at_once, despite_stop=True, sent=sent)
        due, waiting, missed = post.count_due() if dry_run else 0, post.find_waiting(), post.find_missed()
    if as_json:
        say_json({**_as_json(report, due), "waiting": [asdict(one) for one in waiting]})
    else:
        say_sent(report, due=due if dry_run else None)
        _say_later(waiting, missed)
    if report.stopped_by in ("relay", "policy") or not report.adds_up:
        raise typer.Exit(1)


def say_sent(report: SendReport, *, due: int | None = None) -> None:
    """The report in words; `due` is how many would go out, in a rehearsal."""
    for line in (line for counts in report.counts for line in _lines(counts)):
        say(line)
    if due is not None:
        say(f"{due:,} mails would go out now; nothing was sent.")
    elif not report.counts:
        say("Nothing is due.")
    for note in _notes(report):
        remark(f"  note: {note}")


def _say_later(waiting: Iterable[Waiting], missed: Missed | None) -> None:
    for one in waiting:
        moment = f"{one.next_at:%a %d %b %H:%M} UTC"
        if one.state is DeliveryState.DEFERRED:
            say(f"{one.number:,} deferred until {moment}")
        else:
            say(f"{one.number:,} waiting; the next is due {moment}")
    if missed:
        day, moment = missed.edition_on, f"{missed.frozen_at:%H:%M} UTC"
        later = f"{missed.number:,} confirmed since get the next edition, or this one by digest send --on {day}"
        remark(f"  note: the audience of {day} was frozen at {moment}; {later}")


def _notes(report: SendReport) -> Iterator[str]:
    if report.expired:
        yield f"{report.expired:,} mails were too late to be sent"
    again, left = report.recovered["repeated"], report.recovered["uncertain"]
    if again or left:
        yield f"an earlier run ended early: {again:,} mails on their way are sent once more, {left:,} are left to you"
    if report.unwritten:
        yield f"{report.unwritten:,} mails could not be made: {report.problem}"
    if report.stopped_by:
        yield _STOPPED[report.stopped_by] + (f": {report.answer}" if report.answer else "")
    if not report.adds_up:
        yield "the numbers above don't add up, which is a defect; please report it"


def _lines(counts: DeliveryCounts) -> Iterator[str]:
    audience = counts.audience
    yield f"Edition of {audience.edition_on}: {audience.queued:,} of {audience.candidates:,} subscribers queued"
    for reason, number in sorted(audience.excluded.items()):
        yield f"  {number:>9,}  not queued: {reason}"
    for state, number in sorted(counts.states.items()):
        if state.value != "excluded":
            yield f"  {number:>9,}  {state.value}"
    for reason, number in sorted(counts.excluded.items()):
        yield f"  {number:>9,}  excluded: {reason}"


def _as_json(report: SendReport, due: int) -> dict[str, Any]:
    return {**asdict(report), "due": due, "adds_up": report.adds_up}
