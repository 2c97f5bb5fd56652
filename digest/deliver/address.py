"""Checks what goes into a mail's headers and envelope: addresses, one-line texts, links and the list's id."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import idna

from digest.errors import InputError

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_LINK = re.compile(r"https?://[!-;=?-~]+")
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
# RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3: 64 characters, and 256 for a path with its angle brackets.
LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254


class Address(NamedTuple):
    """A mail address as it travels: ASCII, the domain in its IDNA form."""

    local_part: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"


def checked_address(text: str, *, what: str) -> Address:
    """The address in `text`, an internationalised domain turned into ASCII (RFC 5891, with UTS 46's mapping).

    InputError when it is no address, or one that needs SMTPUTF8 (RFC 6531) or quotes; `what` names it there.
    """
    text = checked_line(text, what=what)
    local_part, _, domain = text.rpartition("@")
    if not local_part.isascii():
        raise InputError(
            f"Using {text!r} as {what}: letters beyond ASCII before the @ need SMTPUTF8, which isn't supported. "
            "Use another address of this mailbox."
        )
    if not _LOCAL_PART.fullmatch(local_part) or len(local_part) > LONGEST_LOCAL_PART:
        raise _no_address(text, what)
    address = Address(local_part, _ascii_domain(domain, text, what))
    if len(str(address)) > _LONGEST_ADDRESS:
        raise _no_address(text, what)
    return address


def checked_recipient(text: str) -> str:
    """The recipient's address as it travels; letters beyond ASCII before the @ stay, and need SMTPUTF8 (RFC 6531).

    InputError when it is no address, or one that needs quotes.
    """
    local_part, _, domain = text.rpartition("@")
    if local_part.isascii():
        return str(checked_address(text, what="the recipient's address"))
    what = "the recipient's address"
    folded = "".join("x" if letter.isalnum() or unicodedata.combining(letter) else letter for letter in local_part)
    checked = checked_address(f"{folded}@{domain}", what=what)
    if len(local_part.encode()) > LONGEST_LOCAL_PART:
        raise _no_address(text, what)
    return f"{unicodedata.normalize('NFC', local_part)}@{checked.domain}"


def checked_line(text: str, *, what: str) -> str:
    """`text` as it came; InputError when it has a character that ends a line or controls something."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise InputError(f"Using {text!r} as {what}: it must be one line without control characters.")
    return text


def checked_link(text: str, *, what: str) -> str:
    """`text` as it came; InputError when it is no http(s) link that a header can hold between angle brackets."""
    if not _LINK.fullmatch(text):
        raise InputError(f"Using {text!r} as {what}: it must be one absolute link in ASCII letters, without spaces.")
    return text


def checked_list_id(text: str) -> str:
    """A List-Id such as `digest.example.org` (RFC 2919) in ASCII, as its domain may be international; or InputError."""
    try:
        list_id = _in_ascii(text)
    except idna.IDNAError:
        list_id = ""
    if not _LIST_ID.fullmatch(list_id):
        raise InputError(f"Using {text!r} as the list's id: write it like digest.example.org (RFC 2919).")
    return list_id


def _ascii_domain(domain: str, text: str, what: str) -> str:
    try:
        domain = _in_ascii(domain)
    except idna.IDNAError as error:
        raise _no_address(text, what) from error
    if not _DOMAIN.fullmatch(domain):
        raise _no_address(text, what)
    return domain.lower()


def _in_ascii(domain: str) -> str:
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")


def _no_address(text: str, what: str) -> InputError:
    return InputError(f"Using {text!r} as {what}: it isn't a mail address. Write it like reader@example.org.")
