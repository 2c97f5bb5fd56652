"""Subscribers from the command line: add, set, list, show, pause, resume, unsubscribe, suppress, lift, erase."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import subscriber_tables
from digest.cli.asked import refuse_unasked, remark_unread, remark_unsent
from digest.cli.console import parse_day, remark, say, say_json
from digest.cli.post import (
    OPERATOR,
    Address,
    AsJson,
    State,
    Wishes,
    check_shown,
    counted,
    open_post,
    read_pairs,
)
from digest.errors import InputError
from digest.model.subscriber import Asked, Frequency, SubscriberState, SuppressionReason

if TYPE_CHECKING:
    from digest.bootstrap.post import Post

app = typer.Typer(no_args_is_help=True, help="Add, look up, import, export and remove subscribers.")


def add_to(root: typer.Typer) -> None:
    """Adds the commands."""
    subscriber_tables.add_to(app)
    root.add_typer(app, name="subscribers")


@app.command("add")
def add(
    context: typer.Context,
    address: Address,
    wishes: Wishes = None,
) -> None:
    """Ask an address whether it wants the digest; it gets mail once it says yes.

    Example: digest subscribers add reader@example.org --set categories=cs.CL,cs.LG --set hour=7
    """
    with open_post(context) as post:
        preferences = post.reader.read(read_pairs(wishes), base=post.defaults)
        asked = post.subscriptions.ask(address, preferences, source=OPERATOR, by_operator=True)
        refuse_unasked(asked, address.strip(), post)
        report = post.send_notices()
        if asked is Asked.CONFIRM:
            remark_unread(preferences, post)
    if asked is Asked.ALREADY:
        say(f"{address.strip()} has the digest already, and is told so; nothing was changed.")
        if wishes:
            remark(
                f"  To change what they get: digest subscribers set {address.strip()} --set {' --set '.join(wishes)}"
            )
    else:
        say(f"{'Asked' if report.is_all else 'Will ask'} {address.strip()} to confirm.")
    remark_unsent(report)


@app.command("set")
def set_wishes(context: typer.Context, address: Address, wishes: Wishes = None) -> None:
    """Change what a subscriber gets, and when.

    Example: digest subscribers set reader@example.org --set hour=9 --set categories=cs.CL,math
    """
    if not wishes:
        raise typer.BadParameter("name what to change, such as hour=9", param_hint="--set")
    with open_post(context) as post:
        found = post.subscriptions.find(address)
        if found.state is SubscriberState.UNCONFIRMED:
            raise InputError(
                f"Changing {found.address}: they never confirmed, and get what their question says. Ask once more: "
                f"digest subscribers add {found.address} --set {' --set '.join(wishes)}"
            )
        preferences = post.reader.read(read_pairs(wishes), base=found.preferences)
        post.subscriptions.change(found.key, preferences, source=OPERATOR)
        remark_unread(preferences, post)
    say(f"{found.address} gets that from the next mail on.")


@app.command("list")
def list_all(
    context: typer.Context,
    state: State = None,
    suppressions: Annotated[
        bool, typer.Option("--suppressions", help="Addresses that get no mail, subscribers or not.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List subscribers, one a line.

    Example: digest subscribers list --state confirmed
    """
    with open_post(context) as post:
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
    remark(counted(len(found), "subscriber"))


@app.command("show")
def show(context: typer.Context, address: Address, as_json: AsJson = False) -> None:
    """Show one subscriber: state, preferences, and what happened when.

    Example: digest subscribers show reader@example.org
    """
    from digest.preferences import write_preferences  # noqa: PLC0415 - keeps --help quick

    with open_post(context) as post:
        found = post.subscriptions.find(address)
        events = post.subscribers.find_events(found.key)
    if as_json:
        say_json({**asdict(found), "events": [asdict(one) for one in events]})
        return
    say(f"{found.address}  {found.state.value}{f' until {found.paused_until}' if found.paused_until else ''}")
    told = write_preferences(found.preferences)
    if found.preferences.schedule.frequency is not Frequency.WEEKLY:
        del told["weekday"]
    for name, value in told.items():
        say(f"  {name:<17} {value or '-'}")
    for one in events:
        say(f"  {one.at:%Y-%m-%d %H:%M} UTC  {one.what.value} ({one.source})")


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
    with open_post(context) as post:
        key = post.subscriptions.find(address).key
        post.subscriptions.pause(key, until, source=OPERATOR)
    say(f"{address} is paused{f' until {until}' if until else ''}.")


@app.command("resume")
def resume(context: typer.Context, address: Address) -> None:
    """End a pause, or take back that somebody left.

    Example: digest subscribers resume reader@example.org
    """
    with open_post(context) as post:
        found = post.subscriptions.find(address)
        if found.state is not SubscriberState.SUPPRESSED and found.confirmed_at is None:
            raise InputError(
                f"Resuming {found.address}: they never confirmed. Ask them: digest subscribers add {found.address}"
            )
        post.subscriptions.resume(found.key, source=OPERATOR)
    say(f"{address} gets mail again.")


@app.command("unsubscribe")
def unsubscribe(context: typer.Context, address: Address) -> None:
    """Stop the digest for a subscriber.

    Example: digest subscribers unsubscribe reader@example.org
    """
    with open_post(context) as post:
        post.subscriptions.unsubscribe(post.subscriptions.find(address).key, source=OPERATOR)
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
    with open_post(context) as post:
        if lift:
            post.subscriptions.lift(address, source=OPERATOR)
        else:
            post.subscriptions.suppress(address, SuppressionReason.OPERATOR, detail=check_shown(why, what="--why"))
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
    with open_post(context) as post:
        found = post.subscriptions.find(address)
        if not yes:
            typer.confirm(f"Erase everything about {found.address}?", abort=True)
        post.subscriptions.erase(found.key)
    say(f"{found.address} is erased.")


def _list_suppressions(post: Post, *, as_json: bool) -> None:
    found = post.suppressions.find_all()
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        say(f"{one.mailbox or '(erased)'}  {one.reason.value}  since {one.since:%Y-%m-%d}  {one.detail}".rstrip())
    remark(f"{len(found):,} address{' gets' if len(found) == 1 else 'es get'} no mail")
