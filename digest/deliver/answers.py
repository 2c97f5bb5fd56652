"""Reads what comes of reaching an SMTP server, and makes one line of whatever a server says."""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiosmtplib import SMTPException, SMTPResponseException

from digest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_TEXT = 300
_CONTROL = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]+")


@contextmanager
def step(doing: str, *, hint: str) -> Iterator[None]:
    """Turns a failure of the step inside into a DeliveryError: what was being done, what was said, what to try.

    It is never permanent: no mail has been spoken of yet.
    """
    try:
        yield
    except SMTPResponseException as error:
        said = one_line(f"the server answered {error.code} {error.message}")
        advice = "Try again later." if 400 <= error.code < 500 else hint
        raise DeliveryError(f"{doing}: {said}. {advice}", permanent=False) from error
    except (SMTPException, OSError, ValueError) as error:
        raise DeliveryError(f"{doing}: {one_line(_problem(error))}. {hint}", permanent=False) from error


def one_line(text: str) -> str:
    """A server's text fit for a log: one line without control characters, at most 300 characters, no full stop."""
    return " ".join(_CONTROL.sub(" ", text).split())[:_LONGEST_TEXT].rstrip(".")


def _problem(error: Exception) -> str:
    """What aiosmtplib or the system said, without the address that its wrapping repeats."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate was refused: {cause.verify_message}"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(error)
