"""Subscribers into a table and out of one, from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.asked import remark_unsent
from digest.cli.console import remark, say, say_json
from digest.cli.post import AsJson, State, counted, open_post
from digest.errors import InputError

if TYPE_CHECKING:
    from digest.pipeline.subscriber_table import ImportReport

_MOST_REFUSED = 50


def add_to(subscribers: typer.Typer) -> None:
    """Adds the commands."""
    subscribers.command("import")(import_table)
    subscribers.command("export")(export)


def import_table(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV table with a column address.")],
    vouch: Annotated[
        bool,
        typer.Option(
            "--vouch", help="You have the consent of each: columns consented_at and source tell since when and where."
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring in subscribers from a table; each is asked to confirm unless you vouch for them.

    Example: digest subscribers import readers.csv --dry-run
    """
    text = _read(file)
    with open_post(context) as post:
        report = post.importer().run(text, vouch=vouch, dry_run=dry_run)
        sent = None if vouch or dry_run else post.send_notices(most=None)
    if as_json:
        say_json({**asdict(report), "notices": asdict(sent) if sent else None})
    else:
        _say_imported(report, dry_run=dry_run)
    if sent:
        remark_unsent(sent)
    if report.refused:
        raise typer.Exit(1)


def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; else standard output.")] = None,
    state: State = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write all subscribers as a table that import reads again.

    Example: digest subscribers export --out readers.csv
    """
    from digest.files import write_whole  # noqa: PLC0415 - keeps --help quick
    from digest.pipeline.table import write_table  # noqa: PLC0415

    if out and out.exists() and not force:
        raise InputError(f"Writing {out}: it is there already. Name another file, or write over it with --force.")
    with open_post(context) as post:
        text = "".join(write_table(post.subscribers.find_all(state)))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        write_whole(out, text.encode(), mode=0o600)
    except OSError as error:
        raise InputError(f"Writing {out}: {error.strerror or error}. Choose another place with --out.") from error
    say(f"Wrote {counted(text.count(chr(10)) - 1, 'subscriber')} to {out}")


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"Reading {file}: {error.strerror or error}. Name a CSV file.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"Reading {file}: it is not in UTF-8. Save it as CSV UTF-8.") from error


def _say_imported(report: ImportReport, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    say(f"{report.added:,} {would}added, {report.asked:,} {would}asked to confirm, {report.known:,} known already")
    for note in report.notes:
        remark(f"  note: {note}")
    for one in report.refused[:_MOST_REFUSED]:
        remark(f"  line {one.line} ({one.address or 'no address'}): {one.why}")
    if len(report.refused) > _MOST_REFUSED:
        remark(f"  and {len(report.refused) - _MOST_REFUSED:,} more; --json lists them all")
    if report.refused:
        remark(f"{counted(len(report.refused), 'line')} {'was' if len(report.refused) == 1 else 'were'} refused")
