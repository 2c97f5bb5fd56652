"""Setting up: a commented settings file and an empty database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.console import say
from digest.errors import InputError
from digest.files import write_whole


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("init")(init)


def init(
    context: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Write the settings file anew if there is one.")] = False,
) -> None:
    """Write a commented digest.toml here and create the database.

    Example: digest init
    """
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415 - keeps --help quick
    from digest.settings.load import own_file  # noqa: PLC0415
    from digest.settings.starter import starter_file  # noqa: PLC0415

    file = own_file(context.obj, os.environ)
    if _is_there(file) and not force:
        say(f"{file} is there already and stays as it is (--force writes it anew)")
    else:
        _write(file, starter_file())
        say(f"Wrote {file}: say in it which categories to read and how to send mail")
    settings = read_settings(file)
    with open_service(settings) as service:
        say(f"The database is ready: {service.database.name}")
    say("Next: digest daily, then digest preview --open")


def _is_there(file: Path) -> bool:
    try:
        if file.is_dir():
            raise _unwritable(file, "it is a folder")
        return file.exists()
    except OSError as error:
        raise _unwritable(file, str(error.strerror)) from error


def _write(file: Path, content: str) -> None:
    try:
        write_whole(file, content.encode())
    except OSError as error:
        raise _unwritable(file, str(error.strerror)) from error


def _unwritable(file: Path, problem: str) -> InputError:
    return InputError(f"Writing {file}: {problem}. Name a file that may be written to: digest --config FILE init")
