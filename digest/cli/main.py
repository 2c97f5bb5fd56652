"""The command `digest`: its options that come before a command, and how errors end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import init, paper, preview, stages
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
paper.add_to(app)
init.add_to(app)


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
    try:
        app()
    except DigestError as error:
        typer.echo(f"digest: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("digest: stopped; what was saved stays, and the next run goes on from there", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has had enough; Python would complain again when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _explain_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if os.environ.get("TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
        return
    one_line = " ".join(str(error).split())
    typer.echo(
        f"digest: {kind.__name__}: {one_line}. This is a defect of the program; please report it with what "
        "the same command prints under TRACEBACK=1",
        err=True,
    )
