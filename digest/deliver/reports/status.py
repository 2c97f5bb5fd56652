"""What a status code means for the next mail: permanent or transient (RFC 3463, RFC 3464).

The code decides, and the word beside it (`failed`, `delayed`) only where there is none. A 4.x.x is transient even when
the server has given up: 4.4.7 says that its time ran out, not that the address is wrong. A 5.7.x is about the sender's
policy or reputation, so it must not suppress the reader: transient as well, with its code for the operator to see.
"""

from __future__ import annotations

import re

_CODE = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
# In running text a code stands after a reply's three digits, after # (qmail) or in brackets; elsewhere it is a version.
_CODE_IN_TEXT = re.compile(r"(?:#|\b[245]\d\d[ -]{1,3}(?:\[|\()?)([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([245])\d\d\b(?!\.)")
_UNDEFINED = ".0.0"


def read_status(text: str) -> str | None:
    """The enhanced status code that a Status field begins with (RFC 3463); None when it holds another thing."""
    found = _CODE.match(text)
    return found[1] if found else None


def find_status(text: str) -> str | None:
    """The first enhanced status code in a server's words; None when there is none."""
    found = _CODE_IN_TEXT.search(text)
    return found[1] if found else None


def sharper_status(status: str | None, diagnostic: str) -> str | None:
    """The code in `diagnostic` where it says more than `status`: that is missing, or undefined in the same class."""
    said = find_status(diagnostic)
    if said and (status is None or (status.endswith(_UNDEFINED) and said[0] == status[0])):
        return said
    return status


def is_permanent(status: str | None, *, otherwise: bool) -> bool:
    """Whether mail to that recipient will never arrive; `otherwise` where there is no code."""
    if status is None:
        return otherwise
    return status.startswith("5") and not status.startswith("5.7.")


def reply_class(text: str) -> str:
    """The first digit of the first SMTP reply (RFC 5321) in a server's words: 2, 4, 5 or empty."""
    found = _REPLY.search(text)
    return found[1] if found else ""
