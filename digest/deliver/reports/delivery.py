"""Finds which of our deliveries a mail that came in speaks of, by the signed return path that it came back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.deliver.address import checked_address
from digest.deliver.identity import verify_return_path
from digest.errors import InputError

if TYPE_CHECKING:
    from digest.model.incoming import IncomingMail


def find_delivery_key(mail: IncomingMail, *, bounce_address: str, secret: str) -> str | None:
    """The key of the delivery that the mail came back from; None when no recipient is a return path that we signed.

    InputError when `bounce_address` is no address.
    """
    checked_address(bounce_address, what="the address for bounces")
    for recipient in mail.recipients:
        try:
            return verify_return_path(recipient, bounce_address=bounce_address, secret=secret)
        except InputError:
            continue
    return None
