"""Reads mail addresses as people type them, and tells which of them are the same mailbox."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from digest.errors import InputError

# Where dots before the @ make no other mailbox: https://support.google.com/mail/answer/7436150
_DOTLESS = ("gmail.com", "googlemail.com")
_LONGEST_LOCAL_PART = 64


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address in its normal form; `mailbox` is the same for every spelling of it, `domain` is in ASCII (IDNA)."""

    address: str
    mailbox: str
    domain: str

    @property
    def inbox(self) -> str:
        """Where its mail probably ends: tags after a plus, and Gmail's dots, can be typed without end for one person.

        No more than a name to count by, because at some providers they are other people.
        """
        local_part, _, domain = self.mailbox.rpartition("@")
        local_part = local_part.partition("+")[0] or local_part
        return f"{local_part.replace('.', '') if domain in _DOTLESS else local_part}@{domain}"


def read_address(text: str) -> MailAddress:
    """The address in `text`, which may be international (RFC 6531); nothing is looked up in the DNS.

    Case differs in the letters before the @ for no mail provider worth the name, so that it makes no other mailbox.
    Letters that only count as equal, such as ß and ss, do: `faß.de` and `fass.de` are two domains.
    InputError when it isn't an address that can get mail.
    """
    text = text.strip()
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise InputError(f"Reading the address {_shown(text)}: {error} Write it like reader@example.org.") from error
    if not _can_be_mailed(found.local_part):
        problem = ValueError("No mail can be sent to it.")
        raise InputError(
            f"Reading the address {_shown(text)}: {problem} Write it like reader@example.org."
        ) from problem
    return MailAddress(found.normalized, f"{found.local_part.lower()}@{found.domain}", found.ascii_domain)


def _can_be_mailed(local_part: str) -> bool:
    """Whether it is short enough (RFC 5321, section 4.5.3.1.1), and of letters where it isn't ASCII."""
    letters = (one for one in local_part if not one.isascii())
    return len(local_part.encode()) <= _LONGEST_LOCAL_PART and all(
        one.isalnum() or unicodedata.combining(one) for one in letters
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:79]}…")
