"""Shows what mails that came back report: whom they speak of, and whether for good."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.console import say, say_json
from digest.errors import InputError
from digest.model.report import ReportKind

if TYPE_CHECKING:
    from digest.model.report import Report, ReportedRecipient

_LONGEST = 50_000_000


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("bounces")(bounces)


def bounces(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Mails as saved by a mail program, one a file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the reports as JSON.")] = False,
) -> None:
    """Read bounces, complaints and automatic replies, and say whom each speaks of.

    Permanent means that no mail will arrive there any more. Nothing is changed.

    Example: digest bounces returned.eml
    """
    from digest.deliver.reports.read import read_report  # noqa: PLC0415 - keeps --help quick

    reports = [(file, read_report(_content(file))) for file in files]
    if as_json:
        say_json([_report_json(file, report) for file, report in reports])
    else:
        for file, report in reports:
            _say_report(file, report)


def _content(file: Path) -> bytes:
    if file.is_dir():
        raise InputError(f"Reading {file}: it is a folder. Name the files in it, as in {file / '*.eml'}.")
    try:
        with file.open("rb") as opened:
            return opened.read(_LONGEST)
    except OSError as error:
        raise InputError(f"Reading {file}: {error.strerror or error}. Name a file with one mail in it.") from error


def _say_report(file: Path, report: Report) -> None:
    if report.kind is ReportKind.NONE:
        say(f"{file}: isn't a report")
        return
    say(f"{file}: {report.kind}{'' if report.recipients else ', names nobody'}")
    for recipient in report.recipients:
        say(f"  {recipient.address}  {_lasting(recipient)}  {recipient.status or 'no status code'}")


def _lasting(recipient: ReportedRecipient) -> str:
    return "permanent" if recipient.permanent else "transient"


def _report_json(file: Path, report: Report) -> dict[str, Any]:
    return {
        "file": str(file),
        "kind": report.kind.value,
        "recipients": [
            {"address": one.address, "permanent": one.permanent, "status": one.status} for one in report.recipients
        ],
    }
