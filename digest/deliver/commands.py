"""Reads what a person asks for by mail: subscribe, unsubscribe, pause, help."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from digest.deliver.address import checked_recipient
from digest.deliver.parts import addresses_everywhere, read_parts
from digest.deliver.reports.read import read_report
from digest.errors import InputError
from digest.model.incoming import Command, CommandVerb
from digest.model.report import ReportKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.deliver.parts import Part

_MOST_LINES = 50
_LONGEST_PAUSE = 3650
_ANSWER = re.compile(r"(?:(?:re|aw|sv|antw|fwd?)\s{0,3}:\s{0,3})+", re.IGNORECASE)
_VERB = re.compile(r"(subscribe|unsubscribe|pause|help)\b[.!]?\s*(.*)", re.IGNORECASE | re.DOTALL)
_UNTIL = re.compile(r"(?:until\s+)?(\d{4}-\d{2}-\d{2})[.!]?", re.IGNORECASE)
_FOR = re.compile(r"(?:for\s+)?(\d{1,4})(?:\s*(day|week)s?)?[.!]?", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7}
# A name in quotes may look like an address, and isn't one; one in front of the @ belongs to the address.
_QUOTED_NAME = re.compile(r'"[^"]*"(?!@)')
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
# A mail with any of these came through a list or from a newsletter.
_LIST_HEADERS = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-loop")


def read_command(content: bytes) -> Command | None:
    """What the mail asks for, in its subject or else the first line of its text that isn't quoted; or None.

    None as well for whatever no person wrote to us alone, so that two programs never answer each other: reports,
    automatic replies (RFC 3834), lists, a null return path; and for a sender that isn't exactly one address.
    """
    mail = read_parts(content)
    if not _is_personal(mail) or read_report(content).kind is not ReportKind.NONE:
        return None
    sender = _sender(mail)
    if sender is None:
        return None
    commands = (_read_line(line, sender) for line in (_subject(mail), _first_line(mail)))
    return next((command for command in commands if command), None)


def _is_personal(mail: Part) -> bool:
    is_bulk = any(value.strip().lower() in _BULK for value in mail.all("precedence"))
    is_list = any(name in _LIST_HEADERS for name, _ in mail.headers)
    has_null_path = any(value.strip() in ("<>", "") for value in mail.all("return-path"))
    return not (is_bulk or is_list or has_null_path)


def _sender(mail: Part) -> str | None:
    """The only address in the only From; None when there are more, or one that could carry a line of its own."""
    given = mail.all("from")
    if len(given) != 1 or re.search(r"[\r\n\0]", given[0]):
        return None
    unquoted = _QUOTED_NAME.sub("", given[0])
    found = {address.lower() for address in addresses_everywhere(unquoted)}
    address = _bracketed(unquoted)
    if "=?" in address:
        # Whoever decodes it may find the end of a line in it.
        return None
    try:
        return checked_recipient(address) if found == {address.lower()} else None
    except InputError:
        return None


def _bracketed(sender: str) -> str:
    start, end = sender.find("<"), sender.rfind(">")
    return (sender[start + 1 : end] if 0 <= start < end else sender).strip()


def _subject(mail: Part) -> str:
    return _ANSWER.sub("", " ".join(mail.first("subject").split()), count=1)


def _first_line(mail: Part) -> str:
    return next(_own_lines(mail), "")


def _own_lines(mail: Part) -> Iterator[str]:
    for leaf in mail.leaves():
        if leaf.content_type in ("text/plain", "text/html"):
            for line in leaf.text().split("\n", _MOST_LINES)[:_MOST_LINES]:
                if line.strip() and not line.lstrip().startswith(">"):
                    yield " ".join(line.split())
            return


def _read_line(line: str, sender: str) -> Command | None:
    found = _VERB.fullmatch(line.strip())
    if not found:
        return None
    verb, rest = CommandVerb(found[1].lower()), found[2].strip()
    if verb is CommandVerb.PAUSE and rest:
        return _pause(rest, sender)
    return None if rest else Command(verb, sender)


def _pause(rest: str, sender: str) -> Command | None:
    if found := _UNTIL.fullmatch(rest):
        try:
            return Command(CommandVerb.PAUSE, sender, pause_until=date.fromisoformat(found[1]))
        except ValueError:
            return None
    found = _FOR.fullmatch(rest)
    days = int(found[1]) * _DAYS[(found[2] or "day").lower()] if found else 0
    return Command(CommandVerb.PAUSE, sender, pause_for=timedelta(days=days)) if 0 < days <= _LONGEST_PAUSE else None
