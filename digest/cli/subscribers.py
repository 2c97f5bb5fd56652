"""Subscribers from the command line: add, list, show, import, export, pause, unsubscribe, suppress, lift, erase."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.console import parse_day, remark, say, say_json
from digest.errors import InputError
from digest.model.subscriber import SubscriberState, SuppressionReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.bootstrap.post import Post
    from digest.pipeline.subscriber_table import ImportReport

_MOST_REFUSED = 50
Address = Annotated[str, typer.Argument(metavar="EMAIL", help="The subscriber's address.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
_OPERATOR = "command"

app = typer.Typer(no_args_is_help=True, help="Add, look up, import, export and remove subscribers.")


def add_to(root: typer.Typer) -> None:
    """Adds the commands."""
    root.add_typer(app, name="subscribers")


@app.command("add")
def add(
    context: typer.Context,
    address: Address,
    wishes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A preference, such as topics=llm-reasoning; may be repeated."),
    ] = None,
) -> None:
    """Ask an address whether it wants the digest; it gets mail once it says yes.

    Example: digest subscribers add reader@example.org --set categories=cs.CL,cs.LG --set hour=7
    """
    with _open(context) as post:
        preferences = post.reader.read(_pairs(wishes or []), base=post.defaults)
        post.subscriptions.ask(address, preferences, source=_OPERATOR)
        report = post.send_notices()
    say(f"Asked {address.strip()} to confirm." if report.sent else f"{address.strip()} will be asked to confirm.")
    if report.later or report.failed:
        remark("  note: the question could not be sent just now; digest serve tries again")


@app.command("list")
def list_all(
    context: typer.Context,
    state: Annotated[
        SubscriberState | None, typer.Option("--state", help="Only those in this state.", show_choices=True)
    ] = None,
    suppressions: Annotated[
        bool, typer.Option("--suppressions", help="Addresses that get no mail, subscribers or not.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List subscribers, one a line.

    Example: digest subscribers list --state confirmed
    """
    with _open(context) as post:
        if suppressions:
            _list_suppressions(post, as_json=as_json)
            return
        found = list(post.subscribers.find_all(state))
    if as_json:
        say_json([asdict(one) for one in found])
        return
    width = max((len(one.address) for one in found), default=0)
    for one in found:
        say(f"{one.address:<{width}}  {one.state.value:<12}  since {one.asked_at:%Y-%m-%d}  by {one.source}")
    remark(f"{len(found):,} subscribers")


@app.command("show")
def show(context: typer.Context, address: Address, as_json: AsJson = False) -> None:
    """Show one subscriber: state, preferences, and what happened when.

    Example: digest subscribers show reader@example.org
    """
    from digest.preferences import write_preferences  # noqa: PLC0415 - keeps --help quick

    with _open(context) as post:
        found = post.subscriptions.find(address)
        events = post.subscribers.find_events(found.key)
    if as_json:
        say_json({**asdict(found), "events": [asdict(one) for one in events]})
        return
    say(f"{found.address}  {found.state.value}{f' until {found.paused_until}' if found.paused_until else ''}")
    for name, value in write_preferences(found.preferences).items():
        say(f"  {name:<17} {value or '-'}")
    for one in events:
        say(f"  {one.at:%Y-%m-%d %H:%M} UTC  {one.what.value} ({one.source})")


@app.command("import")
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
    with _open(context) as post:
        report = post.importer().run(text, vouch=vouch, dry_run=dry_run)
        if not (vouch or dry_run):
            post.send_notices()
    if as_json:
        say_json(asdict(report))
    else:
        _say_imported(report, dry_run=dry_run)
    if report.refused:
        raise typer.Exit(1)


@app.command("export")
def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; else standard output.")] = None,
    state: Annotated[SubscriberState | None, typer.Option("--state", help="Only those in this state.")] = None,
) -> None:
    """Write all subscribers as a table that import reads again.

    Example: digest subscribers export --out readers.csv
    """
    from digest.files import write_whole  # noqa: PLC0415 - keeps --help quick
    from digest.pipeline.subscriber_table import write_table  # noqa: PLC0415

    with _open(context) as post:
        text = "".join(write_table(post.subscribers.find_all(state)))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        write_whole(out, text.encode(), mode=0o600)
    except OSError as error:
        raise InputError(f"Writing {out}: {error.strerror or error}. Choose another place with --out.") from error
    say(f"Wrote {text.count(chr(10)) - 1:,} subscribers to {out}")


@app.command("pause")
def pause(
    context: typer.Context,
    address: Address,
    until: Annotated[
        date | None, typer.Option("--until", metavar="DATE", parser=parse_day, help="The day mail begins again.")
    ] = None,
) -> None:
    """Send nothing to a subscriber for a while.

    Example: digest subscribers pause reader@example.org --until 2027-01-15
    """
    with _open(context) as post:
        key = post.subscriptions.find(address).key
        post.subscriptions.pause(key, until, source=_OPERATOR)
    say(f"{address} is paused{f' until {until}' if until else ''}.")


@app.command("resume")
def resume(context: typer.Context, address: Address) -> None:
    """End a pause, or take back that somebody left.

    Example: digest subscribers resume reader@example.org
    """
    with _open(context) as post:
        post.subscriptions.resume(post.subscriptions.find(address).key, source=_OPERATOR)
    say(f"{address} gets mail again.")


@app.command("unsubscribe")
def unsubscribe(context: typer.Context, address: Address) -> None:
    """Stop the digest for a subscriber.

    Example: digest subscribers unsubscribe reader@example.org
    """
    with _open(context) as post:
        post.subscriptions.unsubscribe(post.subscriptions.find(address).key, source=_OPERATOR)
    say(f"{address} is unsubscribed.")


@app.command("suppress")
def suppress(
    context: typer.Context,
    address: Address,
    why: Annotated[str, typer.Option("--why", help="A word for your records.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Let the address have mail again.")] = False,
) -> None:
    """Never send anything to an address, subscriber or not; or lift that.

    Example: digest subscribers suppress reader@example.org --why "asked by phone"
    """
    with _open(context) as post:
        if lift:
            post.subscriptions.lift(address, source=_OPERATOR)
        else:
            post.subscriptions.suppress(address, SuppressionReason.OPERATOR, detail=why)
    say(f"{address} {'may have mail again' if lift else 'gets no mail'}.")


@app.command("erase")
def erase(
    context: typer.Context,
    address: Address,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Forget a person: everything but a keyed hash that stops a later import.

    Example: digest subscribers erase reader@example.org
    """
    with _open(context) as post:
        found = post.subscriptions.find(address)
        if not yes:
            typer.confirm(f"Erase everything about {found.address}?", abort=True)
        post.subscriptions.erase(found.key)
    say(f"{found.address} is erased.")


@contextmanager
def _open(context: typer.Context) -> Iterator[Post]:
    from digest.bootstrap.post import Post  # noqa: PLC0415 - keeps --help quick
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    with open_service(read_settings(context.obj)) as service:
        yield Post(service)


def _pairs(wishes: list[str]) -> dict[str, str]:
    wrong = [wish for wish in wishes if "=" not in wish]
    if wrong:
        raise typer.BadParameter(f"'{wrong[0]}' is not like topics=llm-reasoning", param_hint="--set")
    return {name.strip(): value for name, _, value in (wish.partition("=") for wish in wishes)}


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
    for one in report.refused[:_MOST_REFUSED]:
        remark(f"  line {one.line} ({one.address or 'no address'}): {one.why}")
    if len(report.refused) > _MOST_REFUSED:
        remark(f"  and {len(report.refused) - _MOST_REFUSED:,} more; --json lists them all")
    if report.refused:
        remark(f"{len(report.refused):,} lines were refused")


def _list_suppressions(post: Post, *, as_json: bool) -> None:
    found = post.suppressions.find_all()
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        say(f"{one.mailbox or '(erased)'}  {one.reason.value}  since {one.since:%Y-%m-%d}  {one.detail}".rstrip())
    remark(f"{len(found):,} addresses get no mail")
