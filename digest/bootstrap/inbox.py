"""Settings in, ready dealing with mail that comes in out: from a maildir, an IMAP folder and an LMTP port."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import DigestError
from digest.store.incoming import IncomingStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.bootstrap.service import Service
    from digest.deliver.inbound.arrival import Arrival
    from digest.model.subscriber import Preferences
    from digest.pipeline.hear import Hear
    from digest.subscriptions import Subscriptions

_LOG = logging.getLogger("digest.inbox")


@dataclass(frozen=True)
class Inbox:
    """Where mail comes in; who subscribes by mail gets `defaults`."""

    service: Service
    subscriptions: Subscriptions
    defaults: Preferences

    def read(self) -> dict[str, int]:
        """Deals with the mails that wait in the maildir and the IMAP folder of the settings; how many of each kind.

        One that can't be dealt with is counted as `left`, stays where it is, and stops none of the others.
        """
        hear, counted = self._hear(), Counter[str]()
        for arrival in self._arrivals():
            try:
                kind = hear.take(arrival.mail)
            except DigestError as error:
                _LOG.error("A mail that came in is left in the inbox: %s", error)
                counted["left"] += 1
                continue
            counted[kind] += 1
            arrival.settle()
        return dict(counted)

    @contextmanager
    def lmtp(self) -> Iterator[None]:
        """Takes mail on the LMTP port of the settings while the block runs; nothing where none is set."""
        inbox = self.service.settings.inbox
        if not inbox.lmtp_port:
            yield
            return
        from digest.deliver.inbound.lmtp import lmtp_port  # noqa: PLC0415 - what isn't needed isn't imported

        hear = self._hear()
        with lmtp_port(lambda mail: _drop(hear.take(mail)), port=inbox.lmtp_port, host=inbox.lmtp_host):
            yield

    def _hear(self) -> Hear:
        from digest.pipeline.hear import Hear  # noqa: PLC0415

        return Hear(
            incoming=IncomingStore(self.service.database),
            subscriptions=self.subscriptions,
            defaults=self.defaults,
            bounce_address=self.service.sender.bounce_address,
            keys=self.service.keys,
            clock=self.service.clock,
        )

    def _arrivals(self) -> Iterator[Arrival]:
        from digest.deliver.inbound.imap import ImapFolder, read_imap  # noqa: PLC0415
        from digest.deliver.inbound.maildir import read_maildir  # noqa: PLC0415

        inbox = self.service.settings.inbox
        if inbox.maildir:
            yield from read_maildir(Path(inbox.maildir))
        if inbox.imap_host:
            password = inbox.imap_password.get_secret_value()
            yield from read_imap(
                ImapFolder(inbox.imap_host, inbox.imap_username, password, inbox.imap_port, inbox.imap_folder)
            )


def _drop(_kind: str) -> None:
    """LMTP wants to know only that a mail was dealt with."""
