"""Mail that came in, and what a person asks for by mail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A mail as it came; `recipients` are the addresses of ours that it came to, as far as they are known.

    `sender` is that of its envelope, empty for the null path, None where nobody knows it.
    """

    recipients: tuple[str, ...]
    content: bytes
    sender: str | None = None


class CommandVerb(StrEnum):
    """What a person can ask for by mail."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    PAUSE = "pause"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Command:
    """What the person at `sender`, an address that anybody can forge, asks for.

    A pause ends on the date `pause_until` or after `pause_for`; with neither it lasts until they come back.
    """

    verb: CommandVerb
    sender: str
    pause_until: date | None = None
    pause_for: timedelta | None = None
