"""Checks of the set-up, with a fix for each thing that isn't as it should be."""

from __future__ import annotations

import shutil
import sys
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.console import progress, say, say_json
from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.doctor.finding import Finding

_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failure": ("✗", "red"), "skipped": ("–", "cyan")}
_PLAIN_SIGNS = {"✓": "+", "✗": "x", "–": "-"}


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="EMAIL", help="Send one mail there through the mail server.")] = "",
    selector: Annotated[
        str, typer.Option("--dkim-selector", metavar="NAME", help="The selector that your mails are signed with.")
    ] = "",
    name_server: Annotated[
        str, typer.Option("--name-server", metavar="IP", help="Ask this name server, not the system's.")
    ] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what needs the network.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check the set-up and say how to mend what is wrong with it.

    Settings, folders, database, clock, arXiv, mail server, and what the DNS says about the sender. Nothing is changed.

    Example: digest doctor --to you@example.org
    """
    from digest.bootstrap.doctor import Asked  # noqa: PLC0415 - keeps --help quick
    from digest.bootstrap.doctor import doctor as checks_for  # noqa: PLC0415
    from digest.doctor.examination import examine  # noqa: PLC0415

    if to and offline:
        raise typer.BadParameter("--to sends a mail, which --offline forbids; use one of them")
    asked = Asked(recipient=to, selector=selector, name_server=name_server, offline=offline)
    checks = checks_for(context.obj, asked)
    with progress(len(checks)) as told:
        findings = examine(checks, told=told)
    if as_json:
        say_json([asdict(finding) for finding in findings])
    else:
        _say(findings)
    _end(findings)


def _say(findings: Sequence[Finding]) -> None:
    width = max(len(finding.name) for finding in findings)
    columns = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
    for finding in findings:
        sign, colour = _SIGNS[finding.verdict]
        head = typer.style(f"{_writable(sign)} {finding.verdict:<7}", fg=colour)
        indent = " " * (12 + width)
        lines = textwrap.wrap(finding.what, columns - len(indent), break_long_words=False, break_on_hyphens=False) or [
            ""
        ]
        say(f"{head}  {finding.name:<{width}}  " + f"\n{indent} ".join(lines))
        if finding.fix:
            fix = textwrap.wrap(
                f"Fix: {finding.fix}", columns - len(indent), break_long_words=False, break_on_hyphens=False
            )
            say(f"{indent} " + f"\n{indent}   ".join(fix))


def _writable(sign: str) -> str:
    """The sign, or a plain one where the output can't hold it."""
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return _PLAIN_SIGNS.get(sign, sign)
    return sign


def _end(findings: Sequence[Finding]) -> None:
    failures = [finding.name for finding in findings if finding.verdict == "failure"]
    if failures:
        raise DigestError(f"{len(failures)} of {len(findings)} checks failed: {', '.join(failures)}")
