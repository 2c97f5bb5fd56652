"""The command `digest`: its options that come before a command, and how errors end."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import (
    author,
    backfill,
    bounces,
    doctor,
    evaluate,
    init,
    ledger,
    paper,
    preview,
    send,
    serve,
    stages,
    subscribers,
)
from digest.errors import DigestError

if TYPE_CHECKING:
    from types import TracebackType

app = typer.Typer(
    name="digest",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Mails people the day's trending arXiv papers, chosen and grouped for them.\n\n"
    "Try it first: digest preview --sample",
)
preview.add_to(app)
stages.add_to(app)
ledger.add_to(app)
paper.add_to(app)
author.add_to(app)
init.add_to(app)
doctor.add_to(app)
send.add_to(app)
serve.add_to(app)
subscribers.add_to(app)
bounces.add_to(app)
evaluate.add_to(app)
backfill.add_to(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - only this needs it

        typer.echo(f"digest {version('trending-papers-digest')}")
        raise typer.Exit


@app.callback()
def before_any(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Settings to use; also DIGEST_CONFIG, ./digest.toml")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Keeps the name of the settings file for the command."""
    context.obj = config


def main() -> None:
    """Runs the command line; exit status 0 on success, 1 on an explained failure, 2 on wrong usage."""
    sys.excepthook = _explain_defect
    signal.signal(signal.SIGINT, _stop)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a letter gets its number, rather than no output at all.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        # Typer's own call would put its exception hook in place of ours.
        typer.main.get_command(app)()
    except DigestError as error:
        _say_on_stderr(str(error))
        sys.exit(1)
    except OSError as error:
        _say_on_stderr(
            f"{error.filename or 'writing the output'}: {error.strerror or error}. Free space, or try elsewhere."
        )
        _give_up_stdout()
        sys.exit(1)


def _stop(_signal: int, _frame: object) -> None:
    _say_on_stderr("stopped; what was saved stays, and the next run goes on from there")
    sys.exit(130)


def _give_up_stdout() -> None:
    """What could not be written would be tried again, and complained of, when Python closes its output."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say_on_stderr(message: str) -> None:
    with suppress(OSError):
        typer.echo(f"digest: {' '.join(message.split())}", err=True)


def _explain_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if os.environ.get("TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
        return
    _say_on_stderr(
        f"{kind.__name__}: {error}. This is a defect of the program; please report it with what the same command "
        "prints under TRACEBACK=1"
    )
