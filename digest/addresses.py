"""Reads mail addresses as people type them, and tells which of them are the same mailbox."""

from __future__ import annotations

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from digest.errors import InputError


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address in its normal form; `mailbox` is the same for every spelling of it, `domain` is in ASCII (IDNA)."""

    address: str
    mailbox: str
    domain: str


def read_address(text: str) -> MailAddress:
    """The address in `text`, which may be international (RFC 6531); nothing is looked up in the DNS.

    Case differs in the letters before the @ for no mail provider worth the name, so that it makes no other mailbox.
    InputError when it isn't an address that can get mail.
    """
    text = text.strip()
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise InputError(f"Reading the address {_shown(text)}: {error} Write it like reader@example.org.") from error
    return MailAddress(found.normalized, found.normalized.casefold(), found.ascii_domain)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:79]}…")
