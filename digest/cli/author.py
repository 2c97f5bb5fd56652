"""One author: who bears the name, what each wrote, and how it is known that these papers are one person's."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.console import say, say_json, split_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.author import Decision, Figures, Profile
    from digest.pipeline.authors import Authors, Namesakes

_WIDTH = 100
_MOST_PAPERS = 10
_MOST_PROFILES = 5


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("author")(author)


def author(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name as on papers; an initial finds full names too.")],
    split: Annotated[
        str, typer.Option("--split", metavar="PAPERS", help="Decide: these papers, a,b, are another person's.")
    ] = "",
    merge: Annotated[
        str,
        typer.Option("--merge", metavar="PAPERS", help="Decide: those who wrote these papers, a,b, are one person."),
    ] = "",
    undo: Annotated[int | None, typer.Option("--undo", metavar="NUMBER", help="Take back a decision.")] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why you decide so.")] = "",
    show_all: Annotated[bool, typer.Option("--all", help="Show every person and every paper.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show who bears a name, with their papers, figures and co-authors, and why these papers are one person's.

    Example: digest author "Jane Smith"
    """
    from digest.bootstrap.authors import make_authors  # noqa: PLC0415 - keeps --help quick
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    if sum((bool(split), bool(merge), undo is not None)) > 1:
        raise typer.BadParameter("--split, --merge and --undo are decisions of their own: give one of them")
    if note and not (split or merge):
        raise typer.BadParameter("--note goes with --split or --merge")
    with open_service(read_settings(context.obj)) as service:
        authors = make_authors(service)
        _decide(authors, name, split=_papers(split), merge=_papers(merge), undo=undo, note=note)
        found = authors.find(name)
    if as_json:
        say_json(asdict(found))
    else:
        _say(found, most_profiles=None if show_all else _MOST_PROFILES, most_papers=None if show_all else _MOST_PAPERS)


def _papers(text: str) -> tuple[str, ...]:
    from digest.model.paper import ArxivId  # noqa: PLC0415 - keeps --help quick

    named = []
    for paper in split_list(text):
        bare, mark, position = paper.partition("#")
        parsed = ArxivId.parse(bare)
        if parsed is None:
            raise typer.BadParameter(f"'{paper}' is not an arXiv id. Give ids as in 2501.00001,2501.00002")
        named.append(f"{parsed.key}{mark}{position}")
    if text and not named:
        raise typer.BadParameter("no paper is named. Give ids as in 2501.00001,2501.00002")
    return tuple(named)


def _decide(
    authors: Authors, name: str, *, split: tuple[str, ...], merge: tuple[str, ...], undo: int | None, note: str
) -> None:
    if split:
        authors.split(name, split, note=note)
    elif merge:
        authors.merge(name, merge, note=note)
    elif undo is not None:
        authors.undo(name, undo)


def _count(some: Sequence[object], noun: str) -> str:
    return f"{len(some):,} {noun}{'s' * (len(some) != 1)}"


def _say(found: Namesakes, *, most_profiles: int | None, most_papers: int | None) -> None:
    certain = [one for one in found.profiles if one.person.standing != "unclear"]
    unclear = [one for one in found.profiles if one.person.standing == "unclear"]
    if len(found.profiles) > 1:
        told = f"{_count(certain, 'person')} may be" if certain else "nobody is known to be"
        say(f"As far as can be told, {told} {found.name}.")
        say()
    shown = [*certain, *unclear] if most_profiles is None else (certain or unclear)[:most_profiles]
    for number, profile in enumerate(shown, start=1):
        _say_profile(profile, f"{number}. " if len(found.profiles) > 1 else "", most_papers)
        say()
    _say_rest([one for one in certain if one not in shown], "more persons (--all)")
    in_doubt = [one for one in unclear if one not in shown]
    _say_rest(in_doubt, f"paper{'s' * (len(in_doubt) != 1)} that can't be told from a namesake's")
    for decision in found.decisions:
        say(_decision(decision))


def _say_profile(profile: Profile, number: str, most_papers: int | None) -> None:
    also = f"  (also {', '.join(profile.other_names)})" if profile.other_names else ""
    say(f"{number}{profile.name}{also}")
    for label, value in _facts(profile):
        say(textwrap.fill(f"{label:<13}{value}", width=_WIDTH, initial_indent="   ", subsequent_indent=" " * 16))
    papers = profile.person.authorships[::-1]
    for one in papers[:most_papers]:
        category = one.categories[0] if one.categories else ""
        say(f"   {one.mark.paper_id:<12} {category:<9} {textwrap.shorten(one.title, width=72, placeholder=' …')}")
    if len(papers) > len(papers[:most_papers]):
        say(f"   and {len(papers[most_papers:]):,} more (--all)")


def _facts(profile: Profile) -> list[tuple[str, str]]:
    papers = len(profile.person.authorships)
    place = profile.place
    facts = [
        ("Papers", f"{papers:,} in this store; {_field(profile)}"),
        ("Works at", f"{place.name} ({place.source}{f', {place.as_of}' if place.as_of else ''})" if place else ""),
        *(("Figures", _figures(one)) for one in profile.figures),
        *(("No figures", why) for why in profile.withheld),
        (
            "Score",
            f"{profile.score.value:.1f} of 100, mean over {_entries(profile.score.entries)}" if profile.score else "",
        ),
        (
            "Novelty",
            f"{profile.novelty.value:.0%}, mean over {_entries(profile.novelty.entries)}" if profile.novelty else "",
        ),
        ("Co-authors", ", ".join(f"{name} ({number})" for name, number in profile.coauthors)),
        ("One person", _why(profile)),
    ]
    return [(label, value) for label, value in facts if value]


def _field(profile: Profile) -> str:
    return f"mostly {profile.main_category} ({profile.main_share:.0%})" if profile.main_category else "no category"


def _entries(number: int) -> str:
    return f"{number:,} edition entr{'ies' if number != 1 else 'y'}"


def _figures(one: Figures) -> str:
    from digest.authors.reasons import source_name  # noqa: PLC0415 - keeps --help quick

    told = {"h-index": one.h_index, "citations": one.citations, "papers": one.papers}
    counts = ", ".join(f"{name} {number:,}" for name, number in told.items() if number is not None)
    return f"{counts} ({source_name(one.source)} {one.key}, {one.observed_at:%Y-%m-%d})"


def _why(profile: Profile) -> str:
    because = "; ".join(profile.person.because)
    match profile.person.standing:
        case "settled":
            return because or "the only paper under that name"
        case "apart":
            return f"{because or 'an ORCID'}; other papers under that name may be theirs too"
        case _:
            return "it can't be told from a namesake's papers"


def _say_rest(profiles: list[Profile], what: str) -> None:
    if not profiles:
        return
    papers = [one.mark.paper_id for profile in profiles for one in profile.person.authorships]
    listed = textwrap.shorten(", ".join(papers), width=300, placeholder=" …")
    say(textwrap.fill(f"{len(profiles):,} {what}: {listed}", width=_WIDTH, subsequent_indent="   "))
    say()


def _decision(decision: Decision) -> str:
    papers = ", ".join(mark.paper_id for mark in decision.members)
    said = "are another person's" if decision.kind == "split" else "are one person's"
    note = f" ({decision.note})" if decision.note else ""
    undone = f"; undone {decision.undone_at:%Y-%m-%d}" if decision.undone_at else ""
    short = textwrap.shorten(papers, width=200, placeholder=" …")
    return f"Decision {decision.number} of {decision.decided_at:%Y-%m-%d}: {short} {said}{note}{undone}"
