"""One paper: what the store knows of it, and how its score came about."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.console import say, say_json
from digest.errors import InputError, NothingToShowError

if TYPE_CHECKING:
    from datetime import date

    from digest.model.edition import Entry
    from digest.model.paper import Paper


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("paper")(paper)


def paper(
    context: typer.Context,
    paper_id: Annotated[str, typer.Argument(metavar="ID", help="An arXiv id or link.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show a paper and how its score came about.

    Example: digest paper 2501.00001
    """
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415 - keeps --help quick
    from digest.model.paper import ArxivId  # noqa: PLC0415

    parsed = ArxivId.parse(paper_id)
    if parsed is None:
        raise InputError(f"'{paper_id}' is not an arXiv id. One looks like 2501.00001 or hep-th/9901001.")
    with open_service(read_settings(context.obj)) as service:
        found = service.papers.find(parsed.key)
        placed = service.editions.find_entry(parsed.key)
    if found is None:
        raise NothingToShowError(f"The store has no paper {parsed.key}. It has what digest ingest brought.")
    if as_json:
        say_json(_as_json(found, placed))
    else:
        _say(found, placed)


def _as_json(found: Paper, placed: tuple[date, Entry] | None) -> dict[str, Any]:
    entry = None if placed is None else {"edition": placed[0], **asdict(placed[1])}
    return {"paper": asdict(found), "entry": entry}


def _say(found: Paper, placed: tuple[date, Entry] | None) -> None:
    say(f"{found.id}v{found.version}  {' '.join(found.categories)}")
    say(found.title)
    say(textwrap.fill(", ".join(author.name for author in found.authors) or "no authors named", width=100))
    for label, value in _facts(found):
        say(f"{label}: {value}")
    say()
    say(textwrap.fill(found.abstract, width=100))
    say()
    if placed is None:
        say("It is in no edition.")
    else:
        _say_entry(*placed)


def _facts(found: Paper) -> list[tuple[str, str]]:
    facts = (
        ("Submitted", f"{found.submitted_at:%Y-%m-%d %H:%M} UTC" if found.submitted_at else None),
        ("Comments", found.comment),
        ("Journal", found.journal_ref),
        ("DOI", found.doi),
        ("Licence", found.license),
        ("Link", f"https://arxiv.org/abs/{found.id}"),
    )
    return [(label, value) for label, value in facts if value]


def _say_entry(day: date, entry: Entry) -> None:
    say(f"Edition of {day}: rank {entry.rank}, score {entry.score.total:.1f} of 100, topic {entry.topic}")
    say(f"Why: {entry.why}")
    for one in entry.score.contributions:
        compared = f", {one.sample_size:,} papers looked at" if one.sample_size else ""
        say(
            f"  {one.signal:<8} {one.points:5.1f} points: {one.value:g}, percentile {100 * one.percentile:.0f} among "
            f"{one.field_size:,} ({one.field}); weight {one.weight:g}; {one.source}{compared}"
        )
