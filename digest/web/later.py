"""What is done after the answer has gone out, where nobody can be told any more that it failed."""

from __future__ import annotations

import logging

from digest.errors import DigestError
from digest.model.subscriber import Preferences
from digest.web.site import Site

_log = logging.getLogger(__name__)


def ask(site: Site, address: str, preferences: Preferences) -> None:
    """Takes a question for the digest, and sends the mail that answers it."""
    try:
        site.subscriptions.ask(address, preferences, source="web")
    except DigestError as error:
        # Its words may hold the address.
        _log.error("A question for the digest was answered, but could not be taken (%s)", type(error).__name__)
        return
    notify(site)


def notify(site: Site) -> None:
    """Sends the notices that wait; those that can't be sent go on waiting."""
    try:
        site.notify()
    except DigestError as error:
        _log.error("Sending the notices that wait: %s", error)
