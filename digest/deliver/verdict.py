"""Decides what a server's answer, or its silence, means for a mail."""

from __future__ import annotations

import re
from enum import Enum

from digest.deliver.answers import one_line
from digest.model.delivery import Outcome, Result

CLOSING = 421
_GO_ON = 354
_TOO_LARGE = 552
# RFC 5321, section 4.2.2 and RFC 4954, section 6: commands out of order, and who may send. None speaks of an address.
_NOT_ABOUT_THE_ADDRESS = {503, 530, 534, 535, 538}
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")
# RFC 3463: 5.7.x is security and policy (section 3.8); 5.1.7 and 5.1.8 find fault with the sender (section 3.2), which
# servers often say only at RCPT.
_ABOUT_US = re.compile(r"5\.(?:7\.\d+|1\.[78])")


class Phase(Enum):
    """How far a mail has come: the command that was sent last."""

    RESET = "RSET"
    SENDER = "MAIL"
    RECIPIENT = "RCPT"
    TEXT = "DATA"
    END = "the final dot"

    def is_welcomed_by(self, code: int) -> bool:
        """Whether the answer lets the mail go on (RFC 5321, section 4.3.2)."""
        return code == _GO_ON if self is Phase.TEXT else code // 100 == 2


def judge(phase: Phase, code: int, text: str) -> Result:
    """How the mail ends with this answer; `text` is the answer without its code.

    4yz is `deferred` wherever it comes. 5yz is `policy` where it speaks of the sender, of permission or of mail like
    ours: by its enhanced status code (5.7.x, 5.1.7, 5.1.8), by a reply code for logins, or because it answers MAIL.
    Words are not read for it. Any other 5yz is `refused`, and concerns the recipient when it answers RCPT. A 5yz whose
    status says 4.x.x is `deferred`: giving an address up for nothing is worse than asking twice. An answer that is
    neither asked for nor a refusal ends as if the connection had broken off.
    """
    status = find_status(text)
    outcome = _outcome(phase, code, status)
    return Result(
        outcome,
        one_line(f"{code} {text}"),
        code,
        status,
        concerns_recipient=outcome is Outcome.REFUSED and phase is Phase.RECIPIENT,
    )


def break_off(phase: Phase, problem: str) -> Result:
    """How the mail ends when no proper answer came: only after the final dot may the server have it (RFC 1047)."""
    if phase is Phase.END:
        return Result(Outcome.UNCERTAIN, one_line(f"{problem}, when the server had been given all of the mail"))
    return Result(Outcome.DEFERRED, one_line(f"{problem}, before the server had all of the mail ({phase.value})"))


def find_status(text: str) -> str | None:
    """The enhanced status code that an answer's text begins with, such as `5.1.1` (RFC 2034), or None."""
    found = _STATUS.match(text)
    return found[1] if found else None


def _outcome(phase: Phase, code: int, status: str | None) -> Outcome:
    match code // 100:
        case 2 if phase is Phase.END:
            return Outcome.SENT
        case 4:
            return Outcome.DEFERRED
        case 5:
            return _refusal(phase, code, status or "")
    return Outcome.UNCERTAIN if phase is Phase.END else Outcome.DEFERRED


def _refusal(phase: Phase, code: int, status: str) -> Outcome:
    if status.startswith("4"):
        return Outcome.DEFERRED
    if _ABOUT_US.fullmatch(status) or code in _NOT_ABOUT_THE_ADDRESS:
        return Outcome.POLICY
    # RFC 1870, section 6.1: 552 to MAIL finds the mail too large, not the sender wrong.
    return Outcome.POLICY if phase is Phase.SENDER and code != _TOO_LARGE else Outcome.REFUSED
