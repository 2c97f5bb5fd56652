"""What the stages say of themselves, in words and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from digest.cli.console import remark, remark_problems, say
from digest.cli.send import say_sent
from digest.errors import IncompleteDayError

if TYPE_CHECKING:
    from digest.model.edition import Edition
    from digest.pipeline.advance import Advanced
    from digest.pipeline.daily import DailyReport
    from digest.pipeline.ingest import IngestReport
    from digest.pipeline.observe import ObserveReport
    from digest.pipeline.proof import Policy
    from digest.pipeline.publish import PublishReport


def say_daily(report: DailyReport, newest: Edition | None) -> None:
    """The day in words; `newest` is the last edition where this run made none."""
    if report.ingested:
        say_ingested(report.ingested)
    if report.observed:
        say_observed(report.observed)
    _say_days(report.advanced)
    for one in report.advanced.published:
        say_published(one)
    if newest and not report.advanced.notes:
        say(f"Edition of {newest.announced_on} was published before: {newest.announced:,} papers")
    if report.sent:
        say_sent(report.sent)


def _say_days(advanced: Advanced) -> None:
    if advanced.caught_up:
        days = ", ".join(str(day) for day in advanced.caught_up)
        say(f"Read from arXiv's archive, as nobody read them in time: {days}")
    for day in advanced.nothing:
        say(f"{day.announced_on:%A}, {day.announced_on}: arXiv announced nothing ({day.state})")
    for note in advanced.notes:
        say(f"Note for {note.announced_on} published: arXiv announced nothing that day")


def daily_json(report: DailyReport) -> dict[str, Any]:
    """The day for a program; `published` is the newest edition that was made, `editions` are all."""
    advanced = report.advanced
    editions = [publish_json(one) for one in advanced.published]
    return {
        "ingested": report.ingested and ingest_json(report.ingested),
        "observed": report.observed and asdict(report.observed),
        "published": editions[-1] if editions else None,
        "editions": editions,
        "notes": [note.announced_on for note in advanced.notes],
        "caught_up": advanced.caught_up,
        "nothing": [{"announced_on": day.announced_on, "state": day.state} for day in advanced.nothing],
        "waiting": advanced.waiting and advanced.waiting.announced_on,
        "failures": advanced.failures,
        "sent": report.sent and asdict(report.sent),
    }


def raise_for(report: DailyReport, policy: Policy) -> None:
    """The error with which the command ends: what could not be had in time, what still waits, or what hindered."""
    from digest.pipeline.proof import explain_wait  # noqa: PLC0415 - keeps --help quick

    advanced = report.advanced
    if advanced.failures:
        first = f" ({report.problem})" if report.problem else ""
        told = "; ".join(advanced.failures)
        raise IncompleteDayError(f"{told}{first}. It is asked for again with each run; see: digest ledger")
    if report.problem:
        raise report.problem
    if advanced.waiting:
        raise IncompleteDayError(explain_wait(advanced.waiting, policy))


def say_ingested(report: IngestReport) -> None:
    """What was announced, a line a category."""
    say(f"Announced on {report.announced_on:%A}, {report.announced_on}:")
    width = max((len(line.batch.category) for line in report.lines), default=0)
    for line in report.lines:
        batch = line.batch
        expected = "?" if batch.expected is None else f"{batch.expected:,}"
        missing = f", {len(batch.missing)} not given by arXiv yet" if batch.missing else ""
        say(f"  {batch.category:<{width}}  {line.state:<10}  {batch.seen:,} of {expected} announcements{missing}")
    remark_problems(report.remarks, kind="note")
    remark_problems(report.problems, kind="problem")


def say_observed(report: ObserveReport) -> None:
    """What was observed, a line a source."""
    if not report.sources:
        say("No attention source is enabled")
    for one in report.sources:
        left = f", {one.left:,} left for the next run" if one.left else ""
        say(f"{one.source}: {one.asked:,} of {one.wanted:,} papers, {one.observations:,} observations{left}")
        if one.problem:
            remark(f"  note: {one.problem}")


def say_published(report: PublishReport) -> None:
    """The edition in a line."""
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


def ingest_json(report: IngestReport) -> dict[str, Any]:
    """The report for a program."""
    return {
        "announced_on": report.announced_on,
        "batches": [
            {
                "category": line.batch.category,
                "announced_on": line.batch.announced_on,
                "state": line.state,
                "stated": line.batch.stated and asdict(line.batch.stated),
                "expected": line.batch.expected,
                "seen": line.batch.seen,
                "missing": [asdict(one) for one in line.batch.missing],
            }
            for line in report.lines
        ],
        "problems": [asdict(one) for one in report.problems],
        "remarks": [asdict(one) for one in report.remarks],
    }


def publish_json(report: PublishReport) -> dict[str, Any]:
    """The report for a program."""
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
