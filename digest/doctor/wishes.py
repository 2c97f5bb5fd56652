"""Settings that are valid, each by itself, and yet not what a digest needs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.doctor.finding import failure, ok, warning
from digest.errors import InputError, SettingsError
from digest.links import is_this_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.doctor.finding import Finding


def contact(value: str) -> Finding:
    """Whether arXiv is told whom to write to before it blocks us."""
    if not value.strip():
        return warning(
            "arxiv.contact is empty, so arXiv can only block what disturbs it",
            "Set arxiv.contact to your mail address, or to a page about your digest.",
        )
    return ok(f"arXiv is told to write to {value}")


def base_url(value: str, *, mails_leave: bool) -> Finding:
    """Whether readers can follow the links, safely; `mails_leave` this machine with the transport smtp."""
    parts = urlsplit(value)
    fix = "Set base_url to the https:// address at which readers reach your digest."
    if is_this_machine(parts.hostname or ""):
        if mails_leave:
            return warning(f"{value} is this machine alone: no reader can follow a link, or unsubscribe", fix)
        return ok(f"{value}, this machine")
    if parts.scheme != "https":
        return failure(f"{value} isn't encrypted: a link that lets someone act would travel in the clear", fix)
    return ok(value)


def postal_address(value: str, *, mails_leave: bool) -> Finding:
    """Whether the footer of mails that leave this machine says where the sender lives."""
    if value.strip():
        return ok("it stands in the footer of every mail")
    if mails_leave:
        return failure(
            "mail.postal_address is empty, and mails say so",
            "Set mail.postal_address: the law in many countries wants it in mail to subscribers.",
        )
    return ok("not set; needed before mails go to subscribers")


def forecast(read: Callable[[], str]) -> Finding:
    """Whether the trained forecast can be used; `read` says of which days it is."""
    try:
        return ok(read())
    except (SettingsError, InputError) as error:
        return failure(str(error), "Correct forecast_file: without a forecast no edition is published.")


def listed(read: Callable[[], Sequence[str]], *, of: str, setting: str) -> Finding:
    """How many of a kind the settings name, if `read` finds nothing wrong with any of them."""
    try:
        found = read()
    except SettingsError as error:
        return failure(str(error), f"Correct {setting}.")
    shown = ", ".join(found[:5]) + (" …" if len(found) > 5 else "")
    return ok(f"{len(found)} {of}: {shown}")


def unreadable(problem: str) -> Finding:
    """That the settings can't be used, so that little else can be looked at."""
    return failure(problem, "Correct it there; config/digest.toml tells what each setting means. Then look again.")
