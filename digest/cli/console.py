"""How commands speak: results on standard output, remarks and progress on standard error."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from digest.model.announcement import Problem

_MOST_PROBLEMS = 10


def say(text: str = "") -> None:
    """A line of the result."""
    typer.echo(text)


def remark(text: str) -> None:
    """A line that isn't part of the result."""
    typer.echo(text, err=True)


def say_json(value: object) -> None:
    """The result for a program: one JSON document; dates and times in ISO 8601."""
    has_every_letter = "utf" in (sys.stdout.encoding or "").lower()
    typer.echo(json.dumps(value, ensure_ascii=not has_every_letter, indent=2, default=_iso))


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")


def remark_problems(problems: Iterable[Problem], *, kind: str) -> None:
    """The problems, a line each, the first ten of them and the count of the rest."""
    found = list(problems)
    for one in found[:_MOST_PROBLEMS]:
        where = f"{one.where}: " if not one.what.startswith(one.where) else ""
        remark(f"  {kind}: {where}{_shorten(one.what)}")
    if len(found) > _MOST_PROBLEMS:
        remark(f"  and {len(found) - _MOST_PROBLEMS} more")


def _shorten(text: str, longest: int = 300) -> str:
    return text if len(text) <= longest else f"{text[:longest]} …"


@contextmanager
def progress(steps: int) -> Iterator[Callable[[str], None]]:
    """A function to call at each of the steps with what is being done: a bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=steps)
        started = False

        def told(what: str) -> None:
            nonlocal started
            bar.update(task, description=what, advance=1 if started else 0)
            started = True

        yield told


@contextmanager
def counting(count_all: Callable[[], int]) -> Iterator[Callable[[int], None]]:
    """A function to call with how many of all are done: a bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(done: int) -> None:
            bar.update(task, completed=done, total=done + count_all() if done % 100 == 1 else None)

        yield told


def parse_day(text: str) -> date:
    """The value of a date option; a usage error when it isn't like 2026-11-20."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is not a date like 2026-11-20") from error


def split_list(text: str) -> tuple[str, ...]:
    """The words of a comma-separated option; an empty option gives none."""
    return tuple(word.strip() for word in text.split(",") if word.strip())
