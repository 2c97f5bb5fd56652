"""What the commands about subscribers share: opening, reading what was typed, and counting in words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from digest.errors import InputError
from digest.model.subscriber import SubscriberState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.bootstrap.post import Post

# Where what is done on the command line comes from, in subscribers' records.
OPERATOR = "command"


def parse_state(text: str) -> SubscriberState:
    """The value of an option that names a state; a usage error when there is none such."""
    try:
        return SubscriberState(text)
    except ValueError as error:
        states = ", ".join(state.value for state in SubscriberState)
        raise typer.BadParameter(f"there is no state '{text}'. There are: {states}") from error


State = Annotated[
    SubscriberState | None, typer.Option("--state", metavar="STATE", parser=parse_state, help="Only those in it.")
]
Address = Annotated[str, typer.Argument(metavar="EMAIL", help="The subscriber's address.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
Wishes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A preference, such as topics=llm-reasoning; may be repeated."),
]


@contextmanager
def open_post(context: typer.Context) -> Iterator[Post]:
    """Everything that has to do with subscribers, by the settings of the command line."""
    from digest.bootstrap.post import Post  # noqa: PLC0415 - keeps --help quick
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    with open_service(read_settings(context.obj)) as service:
        yield Post(service)


def read_pairs(wishes: list[str] | None) -> dict[str, str]:
    """The values of --set by their names; a usage error when one has no name, or two have the same."""
    found: dict[str, str] = {}
    for wish in wishes or []:
        name, equals, value = wish.partition("=")
        if not equals:
            raise typer.BadParameter(f"'{wish}' is not like topics=llm-reasoning", param_hint="--set")
        if name.strip() in found:
            raise typer.BadParameter(
                f"'{name.strip()}' is named twice; write all in one: {name.strip()}=A,B", param_hint="--set"
            )
        found[name.strip()] = value
    return found


def check_shown(text: str, *, what: str) -> str:
    """`text` as it came; InputError when it has a character that can't be kept and shown again."""
    if text.isprintable():
        return text
    raise InputError(f"Reading {what}: it has a character that can't be shown. Type it anew, in UTF-8.")


def counted(number: int, noun: str) -> str:
    """`1 subscriber`, `1,312 subscribers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
