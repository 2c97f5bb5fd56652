"""A mail: what is written in it, and to whom it goes."""

from __future__ import annotations

from dataclasses import dataclass

# Mail programs clip longer HTML parts: Gmail at about 102 KB as encoded.
CLIPPED_FROM = 100_000


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's texts; `omitted` counts the entries left out so that no mail program clips it."""

    subject: str
    text: str
    html: str
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class MailLinks:
    """The addresses in a mail's footer and headers; `unsubscribe_mailto` is an address, not a link."""

    edition: str
    preferences: str
    unsubscribe: str
    unsubscribe_mailto: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail is from, as the operator's settings say."""

    title: str
    address: str
    postal_address: str
    bounce_address: str
    list_id: str


class DotSafe(bytes):
    """Text of which no line begins with a dot, by the word of its writer: a transport need not look for one."""


@dataclass(frozen=True, slots=True)
class Message:
    """A finished mail: the envelope's two addresses and the bytes between DATA and the final dot, CRLF line ends."""

    return_path: str
    recipient: str
    message_id: str
    content: bytes
