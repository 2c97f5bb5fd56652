"""A mail that waits in a mailbox, and to whom it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.deliver.parts import Part, addresses_in, read_parts
from digest.model.incoming import IncomingMail

if TYPE_CHECKING:
    from collections.abc import Callable

# What the delivering server wrote comes before what the sender did.
_RECIPIENT_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "to")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail, and `settle` to call once it is dealt with: until then it waits, and comes again after a crash."""

    mail: IncomingMail
    settle: Callable[[], None]


def mail_from_mailbox(content: bytes) -> IncomingMail:
    """The mail with its recipients as the headers name them: Delivered-To, X-Original-To, Envelope-To, then To."""
    return IncomingMail(_recipients(read_parts(content)), content)


def _recipients(mail: Part) -> tuple[str, ...]:
    named = (found for name in _RECIPIENT_HEADERS for value in mail.all(name) for found in addresses_in(value))
    return tuple(dict.fromkeys(named))
