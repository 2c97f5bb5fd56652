"""What is done after the answer has gone out, where nobody can be told any more that it failed."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from digest.errors import DigestError
from digest.web.site import Site

_log = logging.getLogger(__name__)


class Later:
    """Works off what the answers left to do, in one thread of its own.

    Those that answer pages are never lent to it: whatever the mail server does, the pages go on. Who comes while a
    round waits to begin is served by that round.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._thread = ThreadPoolExecutor(1, "later")
        self._lock = Lock()
        self._waits = False

    async def work_off(self) -> None:
        """Takes the questions that were written down, and sends the notices that wait."""
        with self._lock:
            if self._waits:
                return
            self._waits = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._round)

    def _round(self) -> None:
        with self._lock:
            self._waits = False
        try:
            self._site.subscriptions.take_questions()
        except DigestError as error:
            # Its words may hold the address.
            _log.error("A question for the digest can't be taken now, and waits (%s)", type(error).__name__)
        try:
            self._site.notify()
        except DigestError as error:
            _log.error("Sending the notices that wait: %s", error)
