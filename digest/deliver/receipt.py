"""How handing over a mail can end: a receipt, or not knowing."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mail was taken over: `where` is a file or `host:port`, `answer` what the server said, in one line."""

    where: str
    answer: str


class RelayError(DeliveryError):
    """The mail server can't be reached, or takes nothing like ours: no matter of this mail, and no attempt at it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False)


class UncertainDeliveryError(DeliveryError):
    """The mail was being sent when the connection broke off: the server may have taken it or not (RFC 1047).

    Sending it again may bring it twice, so settle it as uncertain.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False)
