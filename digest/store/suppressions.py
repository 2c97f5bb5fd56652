"""Addresses that get no mail, known by a keyed hash, so that an erased person's is not kept."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from digest.model.subscriber import Suppression, SuppressionReason
from digest.store.mail_schema import suppressions
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Row

    from digest.store.database import Database


class SuppressionStore:
    """Saves, finds and lifts suppressions; the first of `keys` makes the hashes, all of them find."""

    def __init__(self, database: Database, keys: Sequence[str]) -> None:
        self._database = database
        self._keys = tuple(keys)

    def save(self, mailbox: str, reason: SuppressionReason, *, detail: str, now: datetime) -> None:
        """Suppresses a mailbox; for an erased person only the hash is kept, whatever was known before."""
        is_erased = reason is SuppressionReason.ERASED
        row = {
            "mailbox_hash": _hash(mailbox, self._keys[0]),
            "mailbox": None if is_erased else mailbox,
            "reason": reason.value,
            "since": now,
            "detail": detail,
        }
        with self._database.write() as connection:
            upsert(
                connection,
                suppressions,
                [row],
                update=lambda new: {name: new[name] for name in ("mailbox", "reason", "since", "detail")},
            )

    def find(self, mailbox: str) -> Suppression | None:
        """The suppression of a mailbox, under whatever key it was saved."""
        hashes = [_hash(mailbox, key) for key in self._keys]
        with self._database.read() as connection:
            row = connection.execute(select(suppressions).where(suppressions.c.mailbox_hash.in_(hashes))).first()
            return None if row is None else _suppression(row)

    def find_all(self) -> tuple[Suppression, ...]:
        """Every suppression, the newest first."""
        statement = select(suppressions).order_by(suppressions.c.since.desc(), suppressions.c.mailbox_hash)
        with self._database.read() as connection:
            return tuple(_suppression(row) for row in connection.execute(statement))

    def lift(self, mailbox: str) -> bool:
        """Lets a mailbox have mail again; False when it wasn't suppressed."""
        hashes = [_hash(mailbox, key) for key in self._keys]
        with self._database.write() as connection:
            gone = connection.execute(delete(suppressions).where(suppressions.c.mailbox_hash.in_(hashes)))
            return bool(gone.rowcount)


def _hash(mailbox: str, key: str) -> str:
    return hmac.digest(key.encode(), f"suppression\n{mailbox}".encode(), hashlib.sha256).hex()


def _suppression(row: Row[tuple[Any, ...]]) -> Suppression:
    return Suppression(row.mailbox, SuppressionReason(row.reason), row.since, row.detail)
