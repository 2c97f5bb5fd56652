"""Reads what comes of talking to an SMTP server: whether it failed for good, and one line that says so."""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiosmtplib import SMTPException, SMTPResponseException

from digest.deliver.receipt import UncertainDeliveryError
from digest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_TEXT = 300
# RFC 4954, section 6 and RFC 3463, section 3.8: who may send, and whether mail like this is welcome.
_LOGIN_CODES = {530, 534, 535, 538}
_POLICY = re.compile(r"5\.7\.\d")
_CONTROL = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]+")


@contextmanager
def step(doing: str, *, hint: str, may_be_final: bool = False, may_have_arrived: bool = False) -> Iterator[None]:
    """Turns a failure of the step inside into a DeliveryError: what was being done, what was said, what to try.

    `may_be_final`: a refusal with 5yz concerns this recipient or mail, so that trying again can't help.
    `may_have_arrived`: when no answer comes, the server may have the mail all the same.
    """
    try:
        yield
    except SMTPResponseException as error:
        said = one_line(f"the server answered {error.code} {error.message}")
        permanent = may_be_final and _is_final(error)
        raise DeliveryError(f"{doing}: {said}. {_advice(error, hint)}", permanent=permanent) from error
    except (SMTPException, OSError, ValueError) as error:
        problem = f"{doing}: {one_line(_problem(error))}."
        if may_have_arrived:
            raise UncertainDeliveryError(f"{problem} It may have arrived: look there before sending again.") from error
        advice = "Try again later." if may_be_final else hint
        raise DeliveryError(f"{problem} {advice}", permanent=False) from error


def is_answer(error: BaseException | None) -> bool:
    """Whether `error` is a proper answer of the server, after which both sides know where they are."""
    return isinstance(error, SMTPResponseException) and 400 <= error.code < 600


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


def _is_final(error: SMTPResponseException) -> bool:
    return 500 <= error.code < 600 and not _is_policy(error)


def _is_policy(error: SMTPResponseException) -> bool:
    return error.code in _LOGIN_CODES or _POLICY.match(error.message) is not None


def _advice(error: SMTPResponseException, hint: str) -> str:
    if 400 <= error.code < 500:
        return "Try again later."
    if _is_policy(error) and error.code not in _LOGIN_CODES:
        return f"{hint} It is a matter of policy or reputation: ask whoever runs the server."
    return hint
